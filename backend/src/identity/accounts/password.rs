//! Password hashing: argon2id with the parameters that OWASP recommends, off the event loop and
//! limited in number. Knows nothing of accounts; a password or hash is never printed.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use nq57_platform::config;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_shared::accounts::is_own_address;
use nq57_shared::problem::{FieldCode, ProblemCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// KiB of memory for one hash.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Longest wait for one's turn; a longer queue is better answered than kept.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Passwords that others try first: `backend/data/README.md` says from where.
const COMMON: &str = include_str!("../../../data/common-passwords.txt");

/// Refuses a password that is in every list of guesses.
///
/// # Errors
/// `guessable` at this place of the body.
pub fn require_uncommon(pointer: &str, password: &str) -> ApiResult<()> {
    static LIST: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.lines().collect());
    if LIST.contains(password.trim().to_lowercase().as_str()) {
        return Err(ApiError::field(pointer, FieldCode::Guessable));
    }
    Ok(())
}

/// Refuses the own address as a password.
///
/// # Errors
/// `guessable` at this place of the body.
pub fn require_not_own(pointer: &str, password: &str, email: &str) -> ApiResult<()> {
    if is_own_address(password, email) {
        return Err(ApiError::field(pointer, FieldCode::Guessable));
    }
    Ok(())
}

/// A salted hash in PHC form.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash as it was kept.
    #[must_use]
    pub const fn from_kept(text: String) -> Self {
        Self(text)
    }

    /// The text to keep.
    #[must_use]
    pub fn as_kept(&self) -> &str {
        &self.0
    }
}

/// The right to hash or verify now. Few exist at once: they bound memory, and they bound how many
/// guesses can run between the check of the back-off and the record of their failure.
pub struct HashPermit {
    permit: OwnedSemaphorePermit,
}

/// Waits for a permit. The limit is one for the whole process: the first configuration counts.
///
/// # Errors
/// 503 when the queue is too long.
pub async fn hash_permit(config: &config::Accounts) -> ApiResult<HashPermit> {
    static PERMITS: OnceLock<Arc<Semaphore>> = OnceLock::new();
    let permits = PERMITS.get_or_init(|| Arc::new(Semaphore::new(config.hashing_at_once.max(1))));
    match tokio::time::timeout(LONGEST_WAIT, permits.clone().acquire_owned()).await {
        Ok(permit) => Ok(HashPermit { permit: permit.map_err(ApiError::internal)? }),
        Err(_) => Err(ProblemCode::Unavailable.into()),
    }
}

impl HashPermit {
    /// Hashes a new password.
    ///
    /// # Errors
    /// Only when the machine fails.
    pub async fn hash(&self, password: &str) -> ApiResult<PasswordHash> {
        let password = password.to_owned();
        tokio::task::spawn_blocking(move || hash(&password)).await.map_err(ApiError::internal)?
    }

    /// Whether the password is the one that was hashed. Without a hash the same work is done for
    /// nothing, so that the time of the answer does not tell whether an account exists.
    ///
    /// # Errors
    /// Only when the machine fails.
    pub async fn verify(&self, password: &str, kept: Option<PasswordHash>) -> ApiResult<bool> {
        let password = password.to_owned();
        tokio::task::spawn_blocking(move || {
            // Made in both cases: else the first unknown address would take longer than a known one.
            let dummy = dummy()?;
            let matches = verify(&password, kept.as_ref().unwrap_or(dummy))?;
            Ok(matches && kept.is_some())
        })
        .await
        .map_err(ApiError::internal)?
    }

    /// Lets the next one in before the rest of the request is done.
    pub fn end(self) {
        drop(self.permit);
    }
}

fn hasher() -> ApiResult<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| ApiError::internal(anyhow::anyhow!("argon2 parameters: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> ApiResult<PasswordHash> {
    let hash = hasher()?
        .hash_password(password.as_bytes())
        .map_err(|error| ApiError::internal(anyhow::anyhow!("hashing a password: {error}")))?;
    Ok(PasswordHash(hash.to_string()))
}

fn verify(password: &str, kept: &PasswordHash) -> ApiResult<bool> {
    let kept = phc::PasswordHash::new(&kept.0)
        .map_err(|error| ApiError::internal(anyhow::anyhow!("a kept password hash: {error}")))?;
    Ok(hasher()?.verify_password(password.as_bytes(), &kept).is_ok())
}

/// A hash of nothing anybody knows.
fn dummy() -> ApiResult<&'static PasswordHash> {
    static DUMMY: OnceLock<PasswordHash> = OnceLock::new();
    if let Some(dummy) = DUMMY.get() {
        return Ok(dummy);
    }
    let made = hash(super::secret_token::SecretToken::new()?.as_text())?;
    Ok(DUMMY.get_or_init(|| made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for common in
            ["12345678", "Password", "password1", "matkhau123", "nq57-demo", " qwertyuiop "]
        {
            let refused = require_uncommon("/password", common).expect_err(common);
            assert_eq!(refused.code(), ProblemCode::ValidationFailed);
        }
        assert!(require_uncommon("/password", "trâu chậm uống nước đục").is_ok());
        assert!(COMMON.lines().is_sorted(), "the list stays sorted, so that changes can be read");
    }

    #[test]
    fn a_hash_is_salted_argon2id_and_verifies_only_its_password() {
        let first = hash("một câu để nhớ").unwrap();
        let second = hash("một câu để nhớ").unwrap();
        assert_ne!(first.as_kept(), second.as_kept());
        assert!(first.as_kept().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("một câu để nhớ", &first).unwrap());
        assert!(!verify("một câu để quên", &first).unwrap());
    }
}
