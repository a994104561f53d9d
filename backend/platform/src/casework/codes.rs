//! Public codes such as `SP-2026-000123`, issued by series, and the secrets that let their holders follow a case
//! without an account. A secret is shown once; only its digest is stored, beside the code.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use chrono::Datelike;
use nq57_core::time::{Timestamp, vietnam_date};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::table::code::{ActiveModel, Column, Entity, Model};
use super::table::series;
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;
use crate::subject::Subject;

/// Letters and digits that are not taken for one another when read aloud: 32 of them, 5 bits each.
const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
/// Characters of a secret: 60 bits, behind a strict rate limit.
const SECRET_LENGTH: usize = 12;

/// A code with its secret, which is shown to the sender and stored nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    pub code: String,
    pub secret: String,
}

/// Issues the next code of the series for the case, with a secret.
///
/// # Errors
/// Failures of the database, 409 when the case has a code.
pub async fn issue_code(
    tx: &Tx,
    clock: &Clock,
    series: &'static str,
    case: Subject,
) -> ApiResult<Issued> {
    let code = next_code(tx, series, clock.now()).await?;
    let secret = new_secret()?;
    let row = ActiveModel {
        code: Set(code.clone()),
        kind: Set(case.kind.to_owned()),
        case_id: Set(case.id),
        secret_hash: Set(digest(&code, &secret)),
        issued_at: Set(clock.now()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(Issued { code, secret })
}

/// A new secret for the code of the case; the old one ends. Nothing when the case has no code.
///
/// # Errors
/// Failures of the database.
pub async fn renew_secret(tx: &Tx, case: Subject) -> ApiResult<Option<Issued>> {
    let of_case = Column::CaseId.eq(case.id).and(Column::Kind.eq(case.kind));
    let Some(row) = Entity::find().filter(of_case).one(tx).await? else { return Ok(None) };
    let secret = new_secret()?;
    Entity::update_many()
        .col_expr(Column::SecretHash, Expr::value(digest(&row.code, &secret)))
        .filter(Column::Code.eq(row.code.as_str()))
        .exec(tx)
        .await?;
    Ok(Some(Issued { code: row.code, secret }))
}

/// What the code stands for, for who knows its secret. An unknown code takes as long as a wrong secret.
pub(super) async fn opened_by(
    db: &impl ConnectionTrait,
    code: &str,
    secret: &str,
) -> ApiResult<Option<Model>> {
    let row = Entity::find_by_id(code).one(db).await?;
    let is_right = is_secret(code, secret, row.as_ref().map(|row| row.secret_hash.as_str()));
    Ok(row.filter(|_| is_right))
}

/// The next code of a series in this year in Vietnam. Numbers ascend; a rolled back submission leaves a gap.
async fn next_code(tx: &Tx, series: &'static str, now: Timestamp) -> ApiResult<String> {
    use series::{ActiveModel, Column, Entity};
    let year = vietnam_date(now).year();
    let first = ActiveModel { series: Set(series.to_owned()), year: Set(year), last: Set(1) };
    let count = OnConflict::columns([Column::Series, Column::Year])
        .value(Column::Last, Expr::col((Entity, Column::Last)).add(1))
        .to_owned();
    let row = Entity::insert(first).on_conflict(count).exec_with_returning(tx).await?;
    Ok(format!("{series}-{year}-{:06}", row.last))
}

/// A new secret such as `k7m2-9qpd-x4tw`.
fn new_secret() -> ApiResult<String> {
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

/// What is stored of a secret.
fn digest(code: &str, secret: &str) -> String {
    let letters: String = secret.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    hex::encode(Sha256::digest(format!("{code}:{letters}")))
}

/// Whether this is the secret of the code; compared in constant time, also with nothing.
fn is_secret(code: &str, secret: &str, kept: Option<&str>) -> bool {
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
