//! What writers leave in their own transaction: the object as it is from the commit on. Writers and the sequencer never
//! wait for each other.

use nq57_core::time::Timestamp;
use sea_orm::{ActiveValue::NotSet, ActiveValue::Set, EntityTrait};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::kind::Entry;
use super::table::inbox;
use crate::error::ApiResult;
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;

static WAKE: Notify = Notify::const_new();

/// Puts objects into the feed as they are from this transaction on. The rows that they are about were locked before:
/// so their numbers follow their revisions.
///
/// # Errors
/// Failures of the database.
pub async fn put(
    tx: &Tx,
    now: Timestamp,
    entries: impl IntoIterator<Item = Entry>,
) -> ApiResult<()> {
    let rows: ApiResult<Vec<inbox::ActiveModel>> =
        entries.into_iter().map(|entry| row_of(now, entry)).collect();
    let rows = rows?;
    if rows.is_empty() {
        return Ok(());
    }
    for some in bounded::rows(rows) {
        inbox::Entity::insert_many(some).exec_without_returning(tx).await?;
    }
    tx.on_commit(|| WAKE.notify_waiters());
    Ok(())
}

fn row_of(now: Timestamp, entry: Entry) -> ApiResult<inbox::ActiveModel> {
    Ok(inbox::ActiveModel {
        n: NotSet,
        kind: Set(entry.kind.to_owned()),
        audiences: Set(entry.audiences.json()?),
        object_id: Set(entry.id),
        cause: Set(entry.cause),
        revision: Set(entry.revision),
        line: Set(entry.line),
        updated_at: Set(entry.updated_at),
        at: Set(now),
    })
}

/// Resolves when something was left after this call.
pub(super) fn woken() -> Notified<'static> {
    WAKE.notified()
}
