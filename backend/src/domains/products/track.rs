//! Following a product by code and secret, for the tracking slice.

use nq57_platform::casework;
use nq57_platform::error::ApiResult;
use nq57_platform::state::AppState;
use nq57_shared::tracking::{TrackRequest, TrackedCase};

use super::cards::Turn;
use super::{history, store, versions};

/// The product of this code, for who knows its secret. An unknown code and a wrong secret take the
/// same way to the same answer.
///
/// # Errors
/// Failures of the database.
pub(super) async fn track(state: AppState, asked: TrackRequest) -> ApiResult<Option<TrackedCase>> {
    let db = &state.db;
    let found = store::find_by_code(db, &asked.code).await?;
    let kept = found.as_ref().and_then(|product| product.secret_hash.as_deref());
    let is_right = casework::is_secret(&asked.code, &asked.secret, kept);
    let Some(product) = found.filter(|_| is_right) else { return Ok(None) };
    let (holder, due_at) = product.told_turn();
    let turn = Turn::new(&state, holder, due_at);
    Ok(Some(TrackedCase {
        kind: "product".into(),
        code: asked.code.clone(),
        timeline: history::all(db, product.id).await?.into_iter().map(Into::into).collect(),
        title: versions::submitted_title(db, &product).await?,
        state: product.state.as_str().to_owned(),
        holder: turn.holder.map(|holder| holder.as_str().to_owned()),
        due_at: turn.due_at,
        working_days_left: turn.working_days_left,
        submitted_at: product.submitted_at,
        id: product.public_version.map(|_| product.id.0),
    }))
}
