//! The devices on which somebody is signed in.

use actix_web::{HttpRequest, HttpResponse, delete, get};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::{FromPath, SignedIn};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::accounts::Session;
use nq57_shared::ids::SessionId;
use nq57_shared::page::Page;

use super::sessions;

/// List one's own sessions.
///
/// The devices on which one is signed in, last used first; always one page.
#[utoipa::path(
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = 200, description = "The sessions", body = Page<Session>)),
)]
#[get("/me/sessions")]
pub async fn list_sessions(state: AppState, caller: SignedIn) -> ApiResult<HttpResponse> {
    let now = state.clock.now();
    let items = sessions::list(&state.db, caller.account_id(), caller.session(), now).await?;
    Ok(HttpResponse::Ok().json(Page { items, next_cursor: None, total: None }))
}

/// End one of one's own sessions.
///
/// Its access token stops working at once.
#[utoipa::path(
    tag = "accounts",
    security(("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 204, description = "The session is over")),
)]
#[delete("/me/sessions/{id}")]
pub async fn revoke_session(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<SessionId>,
) -> ApiResult<HttpResponse> {
    let account = caller.account_id();
    transaction::write(&state.db, async |tx| {
        if !sessions::revoke(tx, account, id, state.clock.now()).await? {
            return Err(ApiError::not_found());
        }
        state.callers.forget_session(tx, id);
        let entry = Entry::by(caller.actor(), "session.revoked").on("account", account.0);
        let entry = entry.with("session", id.to_string()).during(&request);
        audit::record(tx, &state.clock, entry).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
