//! Confirming, suspending and resuming a client.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::ApiClientAction;
use nq57_shared::access::{Role, Scope};
use nq57_shared::clients::{ApiClient, ApiClientEvent, SendApiClientEvent};
use nq57_shared::ids::ApiClientId;
use nq57_shared::problem::ProblemCode;

use super::enter::{Entered, enter};
use super::store::{self, ClientRecord};
use super::subject::subject_of;
use super::{present, tell};

/// Whether the client can take the event, whoever sends it.
pub fn is_possible(event: ApiClientEvent, client: &ClientRecord) -> bool {
    match event {
        ApiClientEvent::Confirm => client.awaits_confirmation,
        ApiClientEvent::Suspend => client.suspended_at.is_none(),
        ApiClientEvent::Resume => client.suspended_at.is_some(),
    }
}

/// Send an event to a client.
///
/// `confirm`, by an administrator of the platform: the client may have all that it asks for, as it was looked at.
/// `suspend` and `resume`, by a manager of its organisation or an administrator: it holds at once; what an
/// administrator has suspended only an administrator resumes.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(("id" = ApiClientId, Path, description = "The client"), IfMatchHeader),
    request_body = SendApiClientEvent,
    responses(
        (status = 200, description = "As it is now", body = ApiClient,
            headers(("ETag" = String, description = "The revision"))),
        (status = 409, description = "`event_not_possible`: nothing waits for a confirmation; it is suspended, or is not"),
    ),
)]
#[post("/api-clients/{id}/events")]
pub async fn post_api_client_event(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ApiClientId>,
    seen: IfMatch,
    body: ValidJson<SendApiClientEvent>,
) -> ApiResult<HttpResponse> {
    let client = transaction::write(&state.db, async |tx| {
        send(tx, &state, By::request(caller.actor(), &request), id, &seen, &body).await
    })
    .await?;
    Ok(current(client.revision, &client))
}

async fn send(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: ApiClientId,
    seen: &IfMatch,
    body: &SendApiClientEvent,
) -> ApiResult<ApiClient> {
    let action = ApiClientAction::Send(body.event);
    let Entered { before, standing, permit } = enter(tx, by.actor, action, id, Some(seen)).await?;
    // What is confirmed is what was looked at.
    if body.event == ApiClientEvent::Confirm && matches!(seen, IfMatch::Any) {
        return Err(ProblemCode::RevisionRequired.into());
    }
    let is_of_platform = by.actor.has_role_for(Role::Administrator, Scope::default());
    // What the organisation has suspended itself it could resume.
    let is_taken_over =
        body.event == ApiClientEvent::Suspend && is_of_platform && !before.suspended_by_platform;
    if !is_taken_over && !is_possible(body.event, &before) {
        return Err(ProblemCode::EventNotPossible.into());
    }
    let now = state.clock.now();
    let mut client = before.clone();
    let action = match body.event {
        ApiClientEvent::Confirm => {
            client.confirm(now);
            tell::confirmed(tx, state, &client).await?;
            "api_client.confirmed"
        }
        ApiClientEvent::Suspend => {
            client.suspended_at = Some(now);
            client.suspended_by_platform = is_of_platform;
            client.suspension_reason = body.reason.clone();
            tell::suspended(tx, state, &client).await?;
            "api_client.suspended"
        }
        ApiClientEvent::Resume => {
            client.suspended_at = None;
            client.suspended_by_platform = false;
            client.suspension_reason = None;
            "api_client.resumed"
        }
    };
    store::update(tx, &state.clock, permit, &before, &mut client).await?;
    state.clients.forget(tx);
    let entry = by
        .entry(action, subject_of(id))
        .changed("confirmed", &before.confirmed.0, &client.confirmed.0)
        .changed("suspension_reason", &before.suspension_reason, &client.suspension_reason)
        .changed("is_suspended", before.suspended_at.is_some(), client.suspended_at.is_some());
    audit::record(tx, &state.clock, entry).await?;
    present::to_response(tx, state, &standing, &client).await
}
