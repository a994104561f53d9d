//! The chain: every entry's hash covers the entry and the hash before it. Sealing takes the head row,
//! so that one server at a time extends the chain; verifying reads it from its first entry.

use nq57_core::time::Timestamp;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement, Value,
};
use sha2::{Digest, Sha256};

use super::table::{entry, head};
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::{self, Tx};
use crate::state::AppState;

/// The only head row.
const HEAD: i32 = 1;
/// Entries sealed in one transaction.
const BATCH: u64 = 500;
/// Entries held in memory while verifying.
const PAGE: u64 = 1000;

/// Seals what was committed since the last time.
///
/// # Errors
/// Failures of the database; what was not sealed is sealed the next time.
pub async fn seal(state: AppState) -> ApiResult<()> {
    seal_all(&state.db).await
}

/// Seals everything that is committed.
///
/// # Errors
/// Failures of the database.
pub async fn seal_all(db: &DatabaseConnection) -> ApiResult<()> {
    while seal_batch(db).await? == BATCH {}
    Ok(())
}

/// How many entries were sealed.
async fn seal_batch(db: &DatabaseConnection) -> ApiResult<u64> {
    let waiting = unsealed().limit(1).one(db).await?;
    if waiting.is_none() {
        return Ok(0);
    }
    transaction::write(db, async |tx| {
        let head = head::Entity::find_by_id(HEAD)
            .lock(LockType::Update)
            .one(tx)
            .await?
            .ok_or_else(|| ApiError::internal(anyhow::anyhow!("the audit has no head")))?;
        let entries = unsealed().order_by_asc(entry::Column::Id).limit(BATCH).all(tx).await?;
        let (mut sequence, mut hash) = (head.sequence, head.hash);
        let mut values = Vec::with_capacity(entries.len() * 3);
        for row in &entries {
            sequence += 1;
            hash = digest(&hash, sequence, row)?;
            values.extend([row.id.into(), sequence.into(), hash.clone().into()]);
        }
        write_seals(tx, values).await?;
        head::Entity::update_many()
            .col_expr(head::Column::Sequence, Expr::value(sequence))
            .col_expr(head::Column::Hash, Expr::value(&hash))
            .filter(head::Column::Id.eq(HEAD))
            .exec(tx)
            .await?;
        Ok(u64::try_from(entries.len()).unwrap_or_default())
    })
    .await
}

/// Writes id, sequence and hash of many entries in one statement.
async fn write_seals(tx: &Tx, values: Vec<Value>) -> ApiResult<()> {
    if values.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = (0..values.len() / 3)
        .map(|row| format!("(${}, ${}, ${})", row * 3 + 1, row * 3 + 2, row * 3 + 3))
        .collect();
    let sql = format!(
        "UPDATE audit_entries SET sequence = sealed.column2, hash = sealed.column3 \
         FROM (VALUES {}) AS sealed WHERE audit_entries.id = sealed.column1",
        rows.join(", ")
    );
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

fn unsealed() -> sea_orm::Select<entry::Entity> {
    entry::Entity::find().filter(entry::Column::Hash.is_null())
}

/// SHA-256 over the previous hash, a line end, and the entry as a JSON array in a fixed order.
fn digest(previous: &str, sequence: i64, row: &entry::Model) -> ApiResult<String> {
    let content = serde_json::to_string(&(
        sequence,
        row.id,
        row.at.timestamp_micros(),
        &row.actor,
        row.actor_id,
        &row.action,
        &row.subject_type,
        row.subject_id,
        row.case_id,
        &row.detail,
        &row.request_id,
    ))
    .map_err(ApiError::internal)?;
    let mut hasher = Sha256::new();
    hasher.update(previous.as_bytes());
    hasher.update(b"\n");
    hasher.update(content.as_bytes());
    Ok(hex::encode(hasher.finalize()))
}

/// The end of the chain: whoever keeps it elsewhere can show later that nothing before it was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub sequence: i64,
    pub hash: String,
}

/// The end of the chain now.
///
/// # Errors
/// Failures of the database.
pub async fn head(db: &impl ConnectionTrait) -> ApiResult<Head> {
    let row = head::Entity::find_by_id(HEAD).one(db).await?;
    let row = row.ok_or_else(|| ApiError::internal(anyhow::anyhow!("the audit has no head")))?;
    Ok(Head { sequence: row.sequence, hash: row.hash })
}

/// Whether the chain still leads through what was once its end.
///
/// # Errors
/// Failures of the database.
pub async fn leads_through(db: &impl ConnectionTrait, known: &Head) -> ApiResult<bool> {
    if known.sequence == 0 {
        return Ok(true);
    }
    let found = entry::Entity::find()
        .filter(entry::Column::Sequence.eq(known.sequence))
        .filter(entry::Column::Hash.eq(&known.hash))
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Writes the end of the chain to the log, which is kept elsewhere: a database that went back in time
/// looks whole to itself.
///
/// # Errors
/// Failures of the database.
pub async fn tell_head(state: AppState) -> ApiResult<()> {
    let head = head(&state.db).await?;
    tracing::info!(sequence = head.sequence, hash = head.hash, "the audit's head");
    Ok(())
}

/// The first place where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    pub sequence: i64,
    /// When the entry at this place says it was written; nothing when the entry is missing.
    pub at: Option<Timestamp>,
    pub reason: &'static str,
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Entries that were read in the chain, up to the first break.
    pub rows: u64,
    /// Entries that wait for their seal.
    pub unsealed: u64,
    pub first_break: Option<Break>,
}

/// Reads the whole chain and says whether it holds. Memory does not grow with it.
///
/// # Errors
/// Failures of the database.
pub async fn verify(db: &impl ConnectionTrait) -> ApiResult<Verification> {
    let head = head::Entity::find_by_id(HEAD).one(db).await?;
    let unsealed = unsealed().count(db).await?;
    let mut rows = 0;
    let mut sequence = 0_i64;
    let mut hash = "0".repeat(64);
    let broken = |rows, sequence, at, reason| {
        Ok(Verification { rows, unsealed, first_break: Some(Break { sequence, at, reason }) })
    };
    let Some(head) = head else { return broken(0, 0, None, "the head of the chain is missing") };
    loop {
        let page = entry::Entity::find()
            .filter(entry::Column::Sequence.gt(sequence))
            .filter(entry::Column::Sequence.lte(head.sequence))
            .order_by_asc(entry::Column::Sequence)
            .limit(PAGE)
            .all(db)
            .await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let expected = sequence + 1;
            if row.sequence != Some(expected) {
                return broken(rows, expected, None, "an entry is missing");
            }
            let computed = digest(&hash, expected, &row)?;
            if row.hash.as_deref() != Some(computed.as_str()) {
                return broken(rows, expected, Some(row.at), "the entry was changed");
            }
            (sequence, hash) = (expected, computed);
            rows += 1;
        }
    }
    if sequence != head.sequence {
        return broken(rows, sequence + 1, None, "entries are missing at the end");
    }
    if hash != head.hash {
        return broken(rows, sequence, None, "the head does not match the last entry");
    }
    Ok(Verification { rows, unsealed, first_break: None })
}
