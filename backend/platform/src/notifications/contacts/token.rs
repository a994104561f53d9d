//! The token in the letters to a contact: its id, and a tag that only servers with the keys can make. Nothing is
//! kept, so that each letter can carry it.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::error::ApiResult;
use crate::http::signing_keys::SigningKeys;

/// What the keys are derived for.
const LINKS: &[u8] = b"nq57 letters about cases 1";
const ADDRESSES: &[u8] = b"nq57 addresses of letters 1";
const ID_BYTES: usize = 16;

fn keys(keys: &SigningKeys, purpose: &[u8]) -> anyhow::Result<Vec<Key>> {
    let secrets = keys.secrets(purpose)?;
    Ok(secrets.iter().map(|secret| Key::new(HMAC_SHA256, secret)).collect())
}

fn tag(keys: &[Key], of: &[u8]) -> anyhow::Result<hmac::Tag> {
    let key = keys.first().ok_or_else(|| anyhow::anyhow!("there is no key"))?;
    Ok(hmac::sign(key, of))
}

/// The token of this contact.
pub(super) fn make(signing: &SigningKeys, id: Uuid) -> ApiResult<String> {
    let mut bytes = id.as_bytes().to_vec();
    bytes.extend_from_slice(tag(&keys(signing, LINKS)?, id.as_bytes())?.as_ref());
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whose token this is; nothing for one that was made up. Those made with former keys still open.
pub(super) fn read(signing: &SigningKeys, presented: &str) -> ApiResult<Option<Uuid>> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(presented) else { return Ok(None) };
    let Some((id, tag)) = bytes.split_at_checked(ID_BYTES) else { return Ok(None) };
    let keys = keys(signing, LINKS)?;
    let is_ours = keys.iter().any(|key| hmac::verify(key, id, tag).is_ok());
    Ok(Uuid::from_slice(id).ok().filter(|_| is_ours))
}

/// Stands for an address where it is counted: nobody finds the address in it without the keys.
pub(super) fn digest(signing: &SigningKeys, email: &str) -> ApiResult<String> {
    Ok(hex::encode(tag(&keys(signing, ADDRESSES)?, email.as_bytes())?))
}
