//! The Ed25519 keys that sign and verify access tokens. Made at the first start, readable by the owner alone.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use aws_lc_rs::hkdf;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Duration;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use nq57_core::ids::{AccountId, ApiClientId, ApiSecretId, SessionId};
use nq57_core::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::config::Config;

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub sub: AccountId,
    pub sid: SessionId,
    pub iat: i64,
    pub exp: i64,
    pub jti: Uuid,
}

/// For whom the mark of a known browser is meant: no access token carries an audience.
const DEVICE: &str = "device";

/// What the mark of a known browser says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceClaims {
    pub iss: String,
    pub aud: String,
    /// Digest of the address that signed in.
    pub sub: String,
    pub exp: i64,
    pub jti: Uuid,
}

/// For whom the token of a client is meant.
const CLIENT: &str = "client";
/// How long the token of a client is good.
pub const CLIENT_TOKEN_SECONDS: i64 = 600;

/// What the token of a client says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientClaims {
    pub iss: String,
    pub aud: String,
    pub sub: ApiClientId,
    /// The secret for which it was given: the token ends with it.
    pub sec: ApiSecretId,
    /// Separated by blanks.
    pub scope: String,
    pub iat: i64,
    pub exp: i64,
    pub jti: Uuid,
}

/// One public key, as `/.well-known/jwks.json` lists it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicKey {
    pub kty: &'static str,
    pub crv: &'static str,
    #[serde(rename = "use")]
    pub usage: &'static str,
    pub alg: &'static str,
    pub kid: String,
    /// The public key, base64url.
    pub x: String,
}

/// The published keys.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicKeys {
    pub keys: Vec<PublicKey>,
}

struct Verifier {
    kid: String,
    x: String,
    key: DecodingKey,
}

/// The key that signs, and those that verify.
pub struct SigningKeys {
    issuer: String,
    signing: EncodingKey,
    kid: String,
    verifiers: Vec<Verifier>,
    /// One of each key pair, in the same order, to derive other secrets from.
    roots: Vec<hkdf::Prk>,
    lifetime: Duration,
}

impl SigningKeys {
    /// Loads the configured keys; makes the signing key when there is none yet.
    ///
    /// # Errors
    /// When a key cannot be read, made or understood.
    pub fn load(config: &Config) -> anyhow::Result<Self> {
        let path = config
            .accounts
            .signing_key_file
            .clone()
            .unwrap_or_else(|| config.data_dir.join("keys").join("signing-ed25519.pem"));
        if !path.exists() {
            make_key(&path).with_context(|| format!("cannot make the key {}", path.display()))?;
        }
        let pair = read_key(&path)?;
        let first = verifier(&pair)?;
        let signing = EncodingKey::from_ed_der(pair.to_pkcs8v1()?.as_ref());
        let kid = first.kid.clone();
        let mut verifiers = vec![first];
        let mut roots = vec![root(&pair)?];
        for former in &config.accounts.former_key_files {
            let pair = read_key(former)?;
            verifiers.push(verifier(&pair)?);
            roots.push(root(&pair)?);
        }
        let lifetime = Duration::minutes(config.accounts.access_token_minutes);
        Ok(Self { issuer: config.public_url(), signing, kid, verifiers, roots, lifetime })
    }

    /// How long a new token is valid.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// A new access token for this session.
    ///
    /// # Errors
    /// When signing fails, which it does not with a key that was loaded.
    pub fn sign(
        &self,
        account: AccountId,
        session: SessionId,
        id: Uuid,
        now: Timestamp,
    ) -> anyhow::Result<String> {
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: account,
            sid: session,
            iat: now.timestamp(),
            exp: (now + self.lifetime).timestamp(),
            jti: id,
        };
        self.encode(&claims)
    }

    /// A new token for a client that has shown this secret.
    ///
    /// # Errors
    /// When signing fails, which it does not with a key that was loaded.
    pub fn sign_client(
        &self,
        (client, secret): (ApiClientId, ApiSecretId),
        scope: String,
        id: Uuid,
        now: Timestamp,
    ) -> anyhow::Result<String> {
        self.encode(&ClientClaims {
            iss: self.issuer.clone(),
            aud: CLIENT.to_owned(),
            sub: client,
            sec: secret,
            scope,
            iat: now.timestamp(),
            exp: now.timestamp() + CLIENT_TOKEN_SECONDS,
            jti: id,
        })
    }

    /// The claims of a client's token that is ours; whether it has expired is for the caller to look at.
    #[must_use]
    pub fn verify_client(&self, token: &str) -> Option<ClientClaims> {
        let mut validation = self.validation();
        validation.set_audience(&[CLIENT]);
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        self.decode(token, &validation)
    }

    fn encode(&self, claims: &impl Serialize) -> anyhow::Result<String> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        Ok(jsonwebtoken::encode(&header, claims, &self.signing)?)
    }

    /// The claims of a token that is ours and has not expired.
    #[must_use]
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let mut validation = self.validation();
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        let claims: Claims = self.decode(token, &validation)?;
        (claims.exp > now.timestamp()).then_some(claims)
    }

    /// A new mark of a known browser.
    ///
    /// # Errors
    /// When signing fails, which it does not with a key that was loaded.
    pub fn sign_device(
        &self,
        subject: String,
        id: Uuid,
        until: Timestamp,
    ) -> anyhow::Result<String> {
        let claims = DeviceClaims {
            iss: self.issuer.clone(),
            aud: DEVICE.to_owned(),
            sub: subject,
            exp: until.timestamp(),
            jti: id,
        };
        self.encode(&claims)
    }

    /// The claims of a mark that is ours and has not expired.
    #[must_use]
    pub fn verify_device(&self, mark: &str, now: Timestamp) -> Option<DeviceClaims> {
        let mut validation = self.validation();
        validation.set_audience(&[DEVICE]);
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        let claims: DeviceClaims = self.decode(mark, &validation)?;
        (claims.exp > now.timestamp()).then_some(claims)
    }

    /// The time is the injected one: it is compared by whoever decodes.
    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.set_issuer(&[&self.issuer]);
        validation
    }

    fn decode<T: DeserializeOwned>(&self, token: &str, validation: &Validation) -> Option<T> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let verifier = self.verifiers.iter().find(|verifier| verifier.kid == kid)?;
        Some(jsonwebtoken::decode::<T>(token, &verifier.key, validation).ok()?.claims)
    }

    /// Secrets for another purpose, derived from the keys: that of the signing key, then those of former
    /// ones. Every server that has the keys has them.
    ///
    /// # Errors
    /// When the library refuses, which it does not for this length.
    pub fn secrets(&self, purpose: &[u8]) -> anyhow::Result<Vec<[u8; 32]>> {
        let secret = |root: &hkdf::Prk| {
            let mut secret = [0; 32];
            root.expand(&[purpose], hkdf::HKDF_SHA256)
                .and_then(|derived| derived.fill(&mut secret))
                .map_err(|_| anyhow!("no secret can be derived"))?;
            Ok(secret)
        };
        self.roots.iter().map(secret).collect()
    }

    /// What others need to verify our tokens.
    #[must_use]
    pub fn published(&self) -> PublicKeys {
        let keys = self.verifiers.iter().map(|verifier| PublicKey {
            kty: "OKP",
            crv: "Ed25519",
            usage: "sig",
            alg: "EdDSA",
            kid: verifier.kid.clone(),
            x: verifier.x.clone(),
        });
        PublicKeys { keys: keys.collect() }
    }
}

fn verifier(pair: &Ed25519KeyPair) -> anyhow::Result<Verifier> {
    let public = pair.public_key().as_ref();
    let x = URL_SAFE_NO_PAD.encode(public);
    let digest = Sha256::digest(public);
    let kid = URL_SAFE_NO_PAD.encode(digest).chars().take(16).collect();
    Ok(Verifier { kid, key: DecodingKey::from_ed_components(&x)?, x })
}

fn root(pair: &Ed25519KeyPair) -> anyhow::Result<hkdf::Prk> {
    let secret = pair.to_pkcs8v1()?;
    Ok(hkdf::Salt::new(hkdf::HKDF_SHA256, b"nq57").extract(secret.as_ref()))
}

fn read_key(path: &Path) -> anyhow::Result<Ed25519KeyPair> {
    let mode = fs::metadata(path)
        .with_context(|| format!("cannot read the key {}", path.display()))?
        .permissions()
        .mode();
    // Whoever reads it can sign in as anybody.
    anyhow::ensure!(
        mode & 0o077 == 0,
        "others can read the key {} (mode {:o}): chmod 600, and make a new one if they may have",
        path.display(),
        mode & 0o777
    );
    let pem = fs::read_to_string(path)
        .with_context(|| format!("cannot read the key {}", path.display()))?;
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(text.trim()).ok();
    der.and_then(|der| Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).ok())
        .ok_or_else(|| anyhow!("{} is not an Ed25519 private key in PEM", path.display()))
}

/// Writes beside the target and links it into place: of two servers that start at once, one wins
/// and both read the same whole key.
fn make_key(path: &PathBuf) -> anyhow::Result<()> {
    let folder = path.parent().context("the key needs a folder")?;
    fs::create_dir_all(folder)?;
    let document = Ed25519KeyPair::generate()?.to_pkcs8v1()?;
    let text = STANDARD.encode(document.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
    let draft = path.with_extension(format!("{}.new", Uuid::new_v4()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &Path) -> Config {
        Config { data_dir: folder.to_owned(), ..Config::default() }
    }

    fn now() -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::days(20_000)
    }

    fn token(keys: &SigningKeys) -> String {
        let id = Uuid::nil();
        keys.sign(AccountId(id), SessionId(id), id, now()).expect("signed")
    }

    #[test]
    fn the_key_is_made_once_for_the_owner_alone_and_its_tokens_expire() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = SigningKeys::load(&config(folder.path())).expect("made");
        let again = SigningKeys::load(&config(folder.path())).expect("read");
        let file = folder.path().join("keys/signing-ed25519.pem");
        let mode = fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path().join("keys")).expect("a folder").count(), 1);

        let token = token(&first);
        assert!(again.verify(&token, now()).is_some());
        assert!(again.verify(&token, now() + first.lifetime()).is_none());
        let (head, signature) = token.rsplit_once('.').expect("three parts");
        let other = if signature.starts_with('A') { "B" } else { "A" };
        assert!(again.verify(&format!("{head}.{other}{}", &signature[1..]), now()).is_none());
        assert!(again.verify(&format!("{head}."), now()).is_none());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        SigningKeys::load(&config(folder.path())).expect("made");
        let file = folder.path().join("keys/signing-ed25519.pem");
        for mode in [0o640, 0o604, 0o666] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("changed");
            let error = SigningKeys::load(&config(folder.path())).err().expect("refused");
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn tokens_of_people_and_of_clients_and_marks_of_browsers_do_not_stand_in_for_each_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = SigningKeys::load(&config(folder.path())).expect("made");
        let until = now() + Duration::days(1);
        let mark = keys.sign_device("somebody".into(), Uuid::nil(), until).expect("signed");
        assert_eq!(keys.verify_device(&mark, now()).expect("ours").sub, "somebody");
        assert!(keys.verify_device(&mark, until).is_none());
        assert!(keys.verify(&mark, now()).is_none() && keys.verify_client(&mark).is_none());
        let person = token(&keys);
        assert!(keys.verify_device(&person, now()).is_none());
        assert!(keys.verify_client(&person).is_none());
        let ids = (ApiClientId(Uuid::nil()), ApiSecretId(Uuid::max()));
        let client =
            keys.sign_client(ids, "cases:read".into(), Uuid::nil(), now()).expect("signed");
        let claims = keys.verify_client(&client).expect("ours");
        assert_eq!((claims.sec, claims.scope.as_str()), (ids.1, "cases:read"));
        assert_eq!(claims.exp - claims.iat, CLIENT_TOKEN_SECONDS);
        assert!(
            keys.verify(&client, now()).is_none() && keys.verify_device(&client, now()).is_none()
        );
    }

    #[test]
    fn a_former_key_still_verifies_and_a_foreign_one_does_not() {
        let [old, new] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let former = SigningKeys::load(&config(old.path())).expect("made");
        let mut config = config(new.path());
        let without = SigningKeys::load(&config).expect("made");
        assert!(without.verify(&token(&former), now()).is_none());
        config.accounts.former_key_files = vec![old.path().join("keys/signing-ed25519.pem")];
        let with = SigningKeys::load(&config).expect("made");
        assert!(with.verify(&token(&former), now()).is_some());
        assert_eq!(with.published().keys.len(), 2);
    }
}
