//! Removes contents that no row names: those of deleted files at once, through the outbox, and those
//! that a crash left behind, by a daily look at what was uploaded in the last month.

use std::collections::HashSet;

use chrono::Duration;

use super::removal::{REMOVE, Removal};
use super::store;
use crate::error::ApiResult;
use crate::outbox::{Message, Topic};
use crate::state::AppState;

/// Uploads that began in these days before today are looked at; younger ones may still be at work.
const FIRST_DAY: i64 = 2;
const LAST_DAY: i64 = 31;
/// Keys asked about in one query.
const BATCH: usize = 500;

/// Who removes contents.
pub(super) const TOPICS: &[Topic] =
    &[Topic { name: REMOVE, handler: |state, message| Box::pin(remove(state, message)) }];

async fn remove(state: AppState, message: Message) -> ApiResult<()> {
    let removal: Removal = message.read()?;
    state.files.remove(&removal.key).await
}

/// Removes what a crash left behind.
///
/// # Errors
/// Failures of the store or of the database; the next run goes on.
pub async fn sweep(state: AppState) -> ApiResult<()> {
    let now = state.clock.now();
    for days in FIRST_DAY..=LAST_DAY {
        let keys = state.files.keys_of_day(now - Duration::days(days)).await?;
        for some in keys.chunks(BATCH) {
            let known = store::known_keys(&state.db, some).await?;
            let known: HashSet<&str> = known.iter().map(String::as_str).collect();
            for orphan in some.iter().filter(|key| !known.contains(key.as_str())) {
                state.files.remove(orphan).await?;
                tracing::info!(key = orphan, "a content without a row was removed");
            }
        }
    }
    Ok(())
}
