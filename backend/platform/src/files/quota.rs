//! How much one account may upload: so many at the same time, so many bytes in all.

use std::time::Duration;

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use nq57_core::ids::AccountId;
use nq57_core::problem::ProblemCode;
use sea_orm::ConnectionTrait;

use super::store;
use crate::config::Config;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use crate::turns::Turn;

/// Waits for a place among the uploads of an account.
///
/// # Errors
/// 429 when none becomes free within the time that a body may take.
pub async fn enter(state: &AppState, account: AccountId) -> ApiResult<Turn> {
    let waits = state.uploads.enter(account, state.config.files.uploads_at_once);
    let patience = Duration::from_secs(state.config.http.body_seconds);
    let turn = tokio::time::timeout(patience, waits).await;
    turn.unwrap_or_else(|_| {
        let soon = HeaderValue::from_static("5");
        Err(ApiError::problem(ProblemCode::TooManyUploads).header(RETRY_AFTER, soon))
    })
}

/// Whether the account may keep `more` bytes beside what it keeps already. Two uploads at the same moment
/// may pass together: the quota is exceeded by no more than those under way.
///
/// # Errors
/// 409 when it may not.
pub async fn require_room(
    db: &impl ConnectionTrait,
    config: &Config,
    account: AccountId,
    more: u64,
) -> ApiResult<()> {
    let kept = store::bytes_of(db, account).await?;
    if kept.saturating_add(more) <= config.files.max_bytes_per_account {
        return Ok(());
    }
    Err(ProblemCode::FileQuotaReached.into())
}
