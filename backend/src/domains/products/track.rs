//! A product that is followed by its code: what its submitter is told, and its page once that is public.

use futures_util::FutureExt;
use nq57_platform::error::ApiResult;
use nq57_platform::registry::Tracked;
use nq57_platform::state::AppState;
use nq57_shared::products::workflow::Holder;
use nq57_shared::tracking::TrackedCase;
use uuid::Uuid;

use super::store;
use super::subject::{KIND, SERIES};

/// How products are followed.
pub(super) const TRACKED: Tracked = Tracked {
    show: Some(|state, id, case| show(state, id, case).boxed_local()),
    ..Tracked::new(SERIES, KIND)
};

/// What happens inside of evaluations moves neither holder nor day.
async fn show(state: AppState, id: Uuid, case: TrackedCase) -> ApiResult<TrackedCase> {
    let product = store::load(&state.db, id.into()).await?;
    let (holder, due_at) = product.told_assignment();
    let holder = holder.map(|holder| Holder::as_str(holder).to_owned());
    Ok(TrackedCase { holder, due_at, id: product.public_version.map(|_| id), ..case })
}
