//! Takes changes of the lists over into memory.

use super::{TOPIC, store};
use crate::error::ApiResult;
use crate::state::AppState;

/// Takes over what another server has changed.
///
/// # Errors
/// Failures of the database; the lists stay as they were.
pub async fn refresh(state: AppState) -> ApiResult<()> {
    if store::revision(&state.db).await? != state.reference.snapshot().revision() {
        reload(&state).await?;
    }
    Ok(())
}

pub(super) async fn reload(state: &AppState) -> ApiResult<()> {
    state.reference.replace(store::load(&state.db).await?);
    state.public_cache.invalidate_now(TOPIC);
    Ok(())
}
