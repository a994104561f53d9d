//! Marks messages of one's own inbox as read. Needs no policy: nobody else's can be named.

use actix_web::{post, web};
use nq57_core::notifications::{MarkRead, Unread};

use super::store;
use crate::error::ApiResult;
use crate::http::{SignedIn, ValidJson};
use crate::persistence::transaction;
use crate::state::AppState;

/// Mark notifications as read.
///
/// Some by id, or all with `all: true`. Ids that are not in your inbox are ignored; marking twice
/// changes nothing. The answer says how many are still unread.
#[utoipa::path(
    tag = "notifications",
    request_body = MarkRead,
    responses((status = 200, description = "What is still unread", body = Unread)),
    security(("bearer" = []))
)]
#[post("/notifications/read")]
pub async fn mark_notifications_read(
    state: AppState,
    caller: SignedIn,
    which: ValidJson<MarkRead>,
) -> ApiResult<web::Json<Unread>> {
    let account = caller.account_id();
    transaction::write(&state.db, async |tx| {
        store::mark_read(tx, account, state.clock.now(), &which).await
    })
    .await?;
    let unread = store::unread(&state.db, account).await?;
    Ok(web::Json(Unread { unread }))
}
