//! Keys and secrets of clients as texts: `nq57_`, eight characters by which the row is found, `_`, 256 random bits, and a
//! checksum by which a mistyped one is refused without asking the database. Never printed: there is no `Debug`.

use std::borrow::Cow;

use actix_web::http::Uri;
use aws_lc_rs::{constant_time, rand};
use flate2::Crc;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ApiResult};

/// What every key begins with: scanners of source code and logs recognise it.
const PREFIX: &str = "nq57_";
const LOOKUP: usize = 8;
/// Characters of base 62 for 256 bits.
const RANDOM: usize = 43;
const CHECKSUM: usize = 6;
/// Bytes of a whole key.
const LENGTH: usize = PREFIX.len() + LOOKUP + 1 + RANDOM + CHECKSUM;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key that was presented and is not mistyped.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ApiKey {
    lookup: String,
    digest: String,
}

impl ApiKey {
    /// Reads a key; nothing for what is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (body, checksum) = text.split_at_checked(LENGTH - CHECKSUM)?;
        let (lookup, random) = body.strip_prefix(PREFIX)?.split_once('_')?;
        let is_ours = lookup.len() == LOOKUP
            && random.len() == RANDOM
            && [lookup, random].iter().all(|part| part.bytes().all(|b| DIGITS.contains(&b)));
        let is_whole = is_ours && checksum == self::checksum(body);
        is_whole.then(|| Self { lookup: lookup.to_owned(), digest: digest(text) })
    }

    /// Whether the text is meant to be a key, well typed or not.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// The first key in an address.
    #[must_use]
    pub fn in_address(uri: &Uri) -> Option<Self> {
        let address = uri.path_and_query()?.as_str();
        let plain: Cow<'_, str> = match address.contains('%') {
            true => decoded(address).into(),
            false => address.into(),
        };
        plain.match_indices(PREFIX).find_map(|(at, _)| Self::parse(plain.get(at..at + LENGTH)?))
    }

    /// By what the row is found.
    #[must_use]
    pub fn lookup(&self) -> &str {
        &self.lookup
    }

    /// Whether this is the key whose digest is kept.
    #[must_use]
    pub fn is(&self, digest: &str) -> bool {
        let (one, other) = (self.digest.as_bytes(), digest.as_bytes());
        constant_time::verify_slices_are_equal(one, other).is_ok()
    }
}

/// A new key on its way to whoever will present it.
pub struct NewKey {
    text: String,
    lookup: String,
}

impl NewKey {
    /// A key that nobody has.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn new() -> ApiResult<Self> {
        let lookup = random_digits(LOOKUP)?;
        let mut text = format!("{PREFIX}{lookup}_{}", random_digits(RANDOM)?);
        text.push_str(&checksum(&text));
        Ok(Self { text, lookup })
    }

    /// The whole text, to be shown once.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// By what the row is found.
    #[must_use]
    pub fn lookup(&self) -> &str {
        &self.lookup
    }

    /// What is kept. The key has 256 random bits: no slow hash makes it harder to guess.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.text)
    }
}

/// What somebody sees of a key by which to tell it from others.
#[must_use]
pub fn beginning(lookup: &str) -> String {
    format!("{PREFIX}{lookup}")
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Digits of base 62, each as likely as any other.
fn random_digits(count: usize) -> ApiResult<String> {
    let mut digits = String::with_capacity(count);
    let mut bytes = [0_u8; 64];
    while digits.len() < count {
        rand::fill(&mut bytes)
            .map_err(|_| ApiError::internal(anyhow::anyhow!("the machine gave no randomness")))?;
        // 248 is the last multiple of 62 in a byte.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        let some = fair.filter_map(|byte| DIGITS.get(usize::from(*byte) % DIGITS.len()));
        digits.extend(some.take(count - digits.len()).map(|digit| char::from(*digit)));
    }
    Ok(digits)
}

/// CRC-32 of what stands before it, in base 62.
fn checksum(body: &str) -> String {
    let mut crc = Crc::new();
    crc.update(body.as_bytes());
    let mut rest = usize::try_from(crc.sum()).unwrap_or_default();
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS.get(rest % DIGITS.len()).copied().unwrap_or(b'0');
        rest /= DIGITS.len();
    }
    digits.iter().copied().map(char::from).collect()
}

/// The text behind `%5F` and the like; what is none stays.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte.filter(u8::is_ascii), part.get(2..)) {
            (Some(byte), Some(rest)) => {
                plain.push(char::from(byte));
                plain.push_str(rest);
            }
            _ => {
                plain.push('%');
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_lookup_and_known_by_its_digest() {
        let (one, other) = (NewKey::new().unwrap(), NewKey::new().unwrap());
        assert_ne!(one.text(), other.text());
        assert_eq!(one.text().len(), LENGTH);
        let read = ApiKey::parse(one.text()).expect("a key");
        assert_eq!(read.lookup(), one.lookup());
        assert!(read.is(&one.digest()) && !read.is(&other.digest()));
        assert!(one.text().starts_with(&beginning(one.lookup())));
    }

    #[test]
    fn whatever_letter_is_mistyped_it_is_no_key() {
        let key = NewKey::new().unwrap();
        for at in 0..LENGTH {
            for wrong in ['A', 'b', '7', '_'] {
                let mut text: Vec<char> = key.text().chars().collect();
                if std::mem::replace(&mut text[at], wrong) != wrong {
                    let text: String = text.into_iter().collect();
                    assert!(ApiKey::parse(&text).is_none(), "{at}");
                }
            }
        }
        for text in ["", "nq57_", "nq57_ắ", &key.text()[1..], &format!("{}0", key.text())] {
            assert!(ApiKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_is_found_wherever_it_stands_in_an_address() {
        let key = NewKey::new().unwrap();
        let text = key.text();
        for address in [
            format!("/api/v1/products?key={text}"),
            format!("/api/v1/products?q=ca&x=nq57_&token=Bearer%20{text}&y=1"),
            format!("/{}?a=%C6%B0%zz", text.replace('_', "%5F").replace('q', "%71")),
        ] {
            let found = ApiKey::in_address(&address.parse().expect("an address"));
            assert!(found.is_some_and(|found| found.is(&key.digest())), "{address}");
        }
        let without = "/api/v1/products?q=nq57_&province=92".parse().expect("an address");
        assert!(ApiKey::in_address(&without).is_none());
    }

    #[test]
    fn the_digits_are_even() {
        let text = random_digits(62 * 400).unwrap();
        for digit in DIGITS {
            let count = text.bytes().filter(|byte| byte == digit).count();
            assert!((250..=550).contains(&count), "{digit}: {count}");
        }
    }
}
