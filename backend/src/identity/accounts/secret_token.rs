//! Secrets that are handed out once: 256 random bits as text, kept only as their SHA-256.
//! Never printed: there is no `Debug`.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nq57_platform::error::{ApiError, ApiResult};
use sha2::{Digest, Sha256};

/// A secret on its way to the one who will present it.
pub struct SecretToken(String);

impl SecretToken {
    /// A new one.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn new() -> ApiResult<Self> {
        let mut bits = [0_u8; 32];
        rand::fill(&mut bits)
            .map_err(|_| ApiError::internal(anyhow::anyhow!("the machine gave no randomness")))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bits)))
    }

    /// The text for the cookie or the mail: 43 characters, safe in addresses.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.0
    }

    /// What is kept.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.0)
    }
}

/// The kept form of a presented text, whatever it is.
#[must_use]
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_found_by_their_digest() {
        let (one, other) = (SecretToken::new().unwrap(), SecretToken::new().unwrap());
        assert_ne!(one.as_text(), other.as_text());
        assert_eq!(one.as_text().len(), 43);
        assert_eq!(one.digest(), digest(one.as_text()));
        assert_eq!(one.digest().len(), 64);
    }
}
