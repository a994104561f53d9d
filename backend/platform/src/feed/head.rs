//! The end of the order: one row. Whoever gives numbers, or begins a generation, holds its lock.

use sea_orm::sea_query::LockType;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};

use super::table::head::{Column, Entity, Model};
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;

/// The only row.
pub(super) const HEAD: i32 = 1;

fn missing() -> ApiError {
    ApiError::internal(anyhow::anyhow!("the feed has no head"))
}

/// The head, locked until the transaction ends.
pub(super) async fn lock(tx: &Tx) -> ApiResult<Model> {
    let row = Entity::find_by_id(HEAD).lock(LockType::Update).one(tx).await?;
    row.ok_or_else(missing)
}

/// The last number that was given.
pub(super) async fn seq(db: &impl ConnectionTrait) -> ApiResult<i64> {
    let seq: Option<i64> =
        Entity::find_by_id(HEAD).select_only().column(Column::Seq).into_tuple().one(db).await?;
    seq.ok_or_else(missing)
}
