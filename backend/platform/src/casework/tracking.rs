//! A case as whoever knows its code and secret sees it. What every kind shows comes from register and history;
//! the slice whose series the code is of adds what is its own.

use nq57_core::tracking::{TrackRequest, TrackedCase};

use super::{cases, codes, history};
use crate::error::ApiResult;
use crate::state::AppState;

/// The case of this code, for who knows its secret. An unknown code and a wrong secret take the same way to the
/// same answer.
///
/// # Errors
/// Failures of the database.
pub async fn track(state: &AppState, asked: &TrackRequest) -> ApiResult<Option<TrackedCase>> {
    let tracked = state.registry.tracked(&asked.code);
    let opened = codes::opened_by(&state.db, &asked.code, &asked.secret).await?;
    let (Some(tracked), Some(opened)) = (tracked, opened) else { return Ok(None) };
    if tracked.kind != opened.kind {
        return Ok(None);
    }
    let Some(case) = cases::find(state, tracked.kind, opened.case_id).await? else {
        return Ok(None);
    };
    let common = TrackedCase {
        kind: case.kind,
        code: opened.code,
        title: case.title,
        state: case.state,
        holder: case.holder,
        due_at: case.due_at,
        working_days_left: None,
        submitted_at: case.submitted_at,
        id: None,
        timeline: history::told(&state.db, tracked.kind, opened.case_id).await?,
    };
    let shown = match tracked.show {
        Some(show) => show(state.clone(), opened.case_id, common).await?,
        None => common,
    };
    let working_days_left = cases::working_days_left(state, shown.due_at);
    Ok(Some(TrackedCase { working_days_left, ..shown }))
}
