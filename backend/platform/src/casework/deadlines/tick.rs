//! Finds deadlines that are near or have passed and tells the owners of their subjects, once each:
//! the mark and the message are one transaction, and only one server gets to set a mark.

use nq57_core::time::{Timestamp, end_of_vietnam_day, vietnam_date};

use super::table::deadline::Model;
use super::{Deadline, DeadlineNotice, store};
use crate::error::ApiResult;
use crate::outbox::{self, Push};
use crate::persistence::transaction;
use crate::state::AppState;

/// Working days before the deadline at which the holder is reminded.
const REMIND_DAYS: u32 = 1;
/// Deadlines of each kind of notice in one transaction; what comes between them waits no longer.
const SLICE: u16 = 200;

/// Reminds and reports.
///
/// # Errors
/// Failures of the database; the next run makes up for it.
pub async fn tick(state: AppState) -> ApiResult<()> {
    let now = state.clock.now();
    let snapshot = state.reference.snapshot();
    let soon = snapshot.calendar().add_working_days(vietnam_date(now), REMIND_DAYS);
    let soon = end_of_vietnam_day(soon);
    if !store::is_any_due(&state.db, now, soon).await? {
        return Ok(());
    }
    while tell_some(&state, now, soon).await? {}
    Ok(())
}

/// One transaction of bounded size; whether there may be more.
async fn tell_some(state: &AppState, now: Timestamp, soon: Timestamp) -> ApiResult<bool> {
    transaction::write(&state.db, async |tx| {
        let breached = store::mark_breached(tx, now, SLICE).await?;
        let reminded = store::mark_reminded(tx, now, soon, SLICE).await?;
        let is_more = breached.len().max(reminded.len()) >= usize::from(SLICE);
        let breached = breached.into_iter().map(|row| (row, DeadlineNotice::Breached));
        let reminded = reminded.into_iter().map(|row| (row, DeadlineNotice::Soon));
        let mut messages = Vec::new();
        for (row, notice) in breached.chain(reminded) {
            let name = format!("{}.deadline", row.subject_type);
            let topic = state.registry.topic(&name).map(|topic| topic.name);
            match topic {
                Some(topic) => messages.push(message(topic, &row, notice)?),
                None => tracing::error!(id = %row.id, name, "nobody is told about this deadline"),
            }
        }
        outbox::push(tx, &state.clock, messages).await?;
        Ok(is_more)
    })
    .await
}

/// A paused and resumed deadline may be near once more: the key names the day.
fn message(topic: &'static str, row: &Model, notice: DeadlineNotice) -> ApiResult<Push> {
    let word = match notice {
        DeadlineNotice::Soon => "soon",
        DeadlineNotice::Breached => "breached",
    };
    let key = format!("{}:{word}:{}", row.id, vietnam_date(row.due_at));
    let deadline = Deadline {
        id: row.id,
        subject_id: row.subject_id,
        kind: row.kind.clone(),
        due_at: row.due_at,
        notice,
    };
    Push::new(topic, key, &deadline)
}
