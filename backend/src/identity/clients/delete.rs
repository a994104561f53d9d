//! Ending a client for good.

use actix_web::{HttpRequest, HttpResponse, delete};
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::ApiClientAction;
use nq57_shared::ids::ApiClientId;

use super::enter::{Entered, enter};
use super::store;
use super::subject::subject_of;

/// Delete a client.
///
/// By a manager of its organisation or an administrator. Its keys and secrets end at once; nothing brings it back.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(("id" = ApiClientId, Path, description = "The client"), IfMatchHeader),
    responses((status = 204, description = "There is no such client any more")),
)]
#[delete("/api-clients/{id}")]
pub async fn delete_api_client(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ApiClientId>,
    seen: IfMatch,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    transaction::write(&state.db, async |tx| {
        let Entered { before, permit, .. } =
            enter(tx, by.actor, ApiClientAction::Delete, id, Some(&seen)).await?;
        let now = state.clock.now();
        let mut client = before.clone();
        client.deleted_at = Some(now);
        store::update(tx, &state.clock, permit, &before, &mut client).await?;
        store::revoke(tx, id, None, now).await?;
        state.clients.forget(tx);
        audit::record(tx, &state.clock, by.entry("api_client.deleted", subject_of(id))).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
