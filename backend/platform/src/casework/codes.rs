//! Public codes such as `SP-2026-000123`, and the secrets that let their holders follow a case without an
//! account. A secret is shown once; only its digest is kept.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use chrono::Datelike;
use nq57_core::time::{Timestamp, vietnam_date};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, EntityTrait};
use sha2::{Digest, Sha256};

use super::table::code::{ActiveModel, Column, Entity};
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;

/// Letters and digits that are not taken for one another when read aloud: 32 of them, 5 bits each.
const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
/// Characters of a secret: 60 bits, behind a strict rate limit.
const SECRET_LENGTH: usize = 12;

/// The next code of a series in this year in Vietnam. Numbers ascend; a rolled back submission leaves a gap.
///
/// # Errors
/// Failures of the database.
pub async fn next_code(tx: &Tx, series: &'static str, now: Timestamp) -> ApiResult<String> {
    let year = vietnam_date(now).year();
    let first = ActiveModel { series: Set(series.to_owned()), year: Set(year), last: Set(1) };
    let count = OnConflict::columns([Column::Series, Column::Year])
        .value(Column::Last, Expr::col((Entity, Column::Last)).add(1))
        .to_owned();
    let row = Entity::insert(first).on_conflict(count).exec_with_returning(tx).await?;
    Ok(format!("{series}-{year}-{:06}", row.last))
}

/// A new secret such as `k7m2-9qpd-x4tw`.
///
/// # Errors
/// When the system gives no random bytes.
pub fn new_secret() -> ApiResult<String> {
    let mut bytes = [0_u8; SECRET_LENGTH];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| ApiError::internal(anyhow::anyhow!("the system gives no random bytes")))?;
    let mut secret = String::with_capacity(SECRET_LENGTH + 2);
    for (i, byte) in bytes.into_iter().enumerate() {
        if i > 0 && i % 4 == 0 {
            secret.push('-');
        }
        let letter = ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or(b'2');
        secret.push(char::from(letter));
    }
    Ok(secret)
}

/// What is kept of a secret.
#[must_use]
pub fn digest(code: &str, secret: &str) -> String {
    let letters: String = secret.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    hex::encode(Sha256::digest(format!("{code}:{letters}")))
}

/// Whether this is the secret of the code. An unknown code takes as long as a wrong secret.
#[must_use]
pub fn is_secret(code: &str, secret: &str, kept: Option<&str>) -> bool {
    let given = digest(code, secret);
    let nobodys = "0".repeat(given.len());
    let kept = kept.unwrap_or(&nobodys);
    verify_slices_are_equal(given.as_bytes(), kept.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_its_own_code_however_it_is_grouped() {
        let secret = new_secret().expect("random bytes");
        assert_eq!(secret.len(), 14);
        assert_ne!(secret, new_secret().expect("random bytes"));
        let kept = digest("SP-2026-000001", &secret);
        assert!(is_secret("SP-2026-000001", &secret, Some(&kept)));
        assert!(is_secret("SP-2026-000001", &secret.replace('-', " "), Some(&kept)));
        assert!(!is_secret("SP-2026-000002", &secret, Some(&kept)));
        assert!(!is_secret("SP-2026-000001", "2222-2222-2222", Some(&kept)));
        assert!(!is_secret("SP-2026-000001", &secret, None));
    }
}
