//! Since when the feed is the same history. A database that was restored goes on where it was; whoever read beyond must
//! not go on as if that were the same. Nobody needs to remember a command: each start begins a generation, and so does
//! a head that is below what was seen.

use nq57_core::time::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::head;
use super::hub::Feed;
use super::table::generation;
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::persistence::transaction;

/// Begins a generation after the head.
///
/// # Errors
/// Failures of the database.
pub async fn begin(db: &DatabaseConnection, clock: &Clock, feed: &Feed) -> ApiResult<()> {
    let head = transaction::write(db, async |tx| {
        let head = head::lock(tx).await?.seq;
        let row = generation::ActiveModel {
            from_seq: Set(head + 1),
            nonce: Set(Uuid::new_v4().simple().to_string()),
            at: Set(clock.now()),
        };
        // Nothing was read of one that begins where another one would: it may have another name.
        let renamed = OnConflict::column(generation::Column::FromSeq)
            .update_columns([generation::Column::Nonce, generation::Column::At])
            .to_owned();
        generation::Entity::insert(row).on_conflict(renamed).exec_without_returning(tx).await?;
        Ok(head)
    })
    .await?;
    feed.reset(head);
    Ok(())
}

/// The head now. One that is below what was seen begins a generation.
///
/// # Errors
/// Failures of the database.
pub(super) async fn look(db: &DatabaseConnection, clock: &Clock, feed: &Feed) -> ApiResult<i64> {
    let seen = feed.seen();
    let head = head::seq(db).await?;
    if head < seen {
        tracing::warn!(seen, head, "the feed is behind what was seen: the database was restored");
        begin(db, clock, feed).await?;
    }
    feed.advance(head);
    Ok(head)
}

/// The name of the history in which this number was given; empty before the first generation.
pub(super) async fn covering(db: &impl ConnectionTrait, seq: i64) -> ApiResult<String> {
    let nonce: Option<String> = generation::Entity::find()
        .select_only()
        .column(generation::Column::Nonce)
        .filter(generation::Column::FromSeq.lte(seq))
        .order_by_desc(generation::Column::FromSeq)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(nonce.unwrap_or_default())
}

/// Forgets generations of which no cursor is taken any more.
pub(super) async fn forget(db: &DatabaseConnection, before: Timestamp) -> ApiResult<()> {
    let newest: Option<i64> = generation::Entity::find()
        .select_only()
        .column(generation::Column::FromSeq)
        .filter(generation::Column::At.lt(before))
        .order_by_desc(generation::Column::FromSeq)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    let Some(newest) = newest else { return Ok(()) };
    // The newest of them may still cover the head.
    transaction::write(db, async |tx| {
        let old = generation::Entity::delete_many().filter(generation::Column::FromSeq.lt(newest));
        Ok(old.exec(tx).await?)
    })
    .await?;
    Ok(())
}
