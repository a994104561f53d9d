//! Cursors are sealed: what they carry is read and made by servers of this installation alone. A cursor
//! holds keys of rows that its reader may not see, and conditions that nobody else is to write.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ApiError, ApiResult};

/// What the key is derived for, so that no other use of the same secret has the same key.
pub const PURPOSE: &[u8] = b"nq57 cursors 1";
/// Cursors are as long as the next multiple of this: their length tells nothing of a name.
const BLOCK: usize = 64;

/// The keys that open cursors; the first one seals. Cheap to clone.
#[derive(Clone)]
pub struct CursorKeys(Arc<[LessSafeKey]>);

/// Without the keys.
impl std::fmt::Debug for CursorKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CursorKeys").finish_non_exhaustive()
    }
}

impl CursorKeys {
    /// The keys made of these secrets. Servers that share the first one understand each other.
    ///
    /// # Errors
    /// When the library refuses a secret, which it does not of this length.
    pub fn new(secrets: &[[u8; 32]]) -> anyhow::Result<Self> {
        let key = |secret: &[u8; 32]| {
            let key = UnboundKey::new(&AES_256_GCM_SIV, secret);
            key.map(LessSafeKey::new).map_err(|_| anyhow::anyhow!("a key for cursors is refused"))
        };
        let keys: anyhow::Result<Arc<[LessSafeKey]>> = secrets.iter().map(key).collect();
        Ok(Self(keys?))
    }

    /// Seals the JSON of a cursor for the list of this digest.
    ///
    /// The nonce is the list's, so that the same page has the same cursor, and the same entity tag, on
    /// every server. This mode is made for that: all that a repeated nonce tells is that two cursors of a
    /// list are the same.
    pub(super) fn seal(&self, list: &[u8; 32], mut json: Vec<u8>) -> ApiResult<String> {
        let refused = || ApiError::internal(anyhow::anyhow!("a cursor cannot be sealed"));
        let key = self.0.first().ok_or_else(refused)?;
        // Blanks after JSON mean nothing.
        json.resize(json.len().next_multiple_of(BLOCK), b' ');
        key.seal_in_place_append_tag(nonce(list), Aad::from(list), &mut json)
            .map_err(|_| refused())?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }

    /// The JSON of a cursor that was sealed for this list; `None` for anything else.
    pub(super) fn open(&self, list: &[u8; 32], text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        self.0.iter().find_map(|key| {
            let mut sealed = sealed.clone();
            let json = key.open_in_place(nonce(list), Aad::from(list), &mut sealed).ok()?;
            Some(json.to_vec())
        })
    }
}

fn nonce(list: &[u8; 32]) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    for (to, from) in nonce.iter_mut().zip(list) {
        *to = *from;
    }
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_opened_by_the_same_key_for_the_same_list_alone() {
        let (list, other) = ([1; 32], [2; 32]);
        let keys = CursorKeys::new(&[[7; 32]]).expect("keys");
        let sealed = keys.seal(&list, b"[\"Do Quang Vinh\"]".to_vec()).expect("sealed");
        assert_eq!(keys.seal(&list, b"[\"Do Quang Vinh\"]".to_vec()).expect("sealed"), sealed);
        let opened = keys.open(&list, &sealed).expect("opened");
        assert_eq!(opened.trim_ascii_end(), b"[\"Do Quang Vinh\"]");
        assert_eq!(keys.open(&other, &sealed), None);
        assert_eq!(CursorKeys::new(&[[8; 32]]).expect("keys").open(&list, &sealed), None);
        let after = CursorKeys::new(&[[8; 32], [7; 32]]).expect("keys");
        assert!(after.open(&list, &sealed).is_some(), "a former key still opens");
        let short = keys.seal(&list, b"[1]".to_vec()).expect("sealed");
        assert_eq!(short.len(), sealed.len(), "the length tells nothing");
    }
}
