//! Changing a client.

use actix_web::{HttpRequest, HttpResponse, patch};
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::ApiClientAction;
use nq57_shared::clients::{ApiClient, ApiClientPatch};
use nq57_shared::ids::ApiClientId;
use nq57_shared::validate::Validate;

use super::enter::{Entered, enter};
use super::subject::subject_of;
use super::{check, present, store, tell};
use crate::identity::organisations;

/// Change a client.
///
/// A merge patch by a manager of its organisation or an administrator: absent members stay, lists are replaced, `null`
/// empties. Less holds at once; more than was confirmed waits for the confirmation, and what it has goes on.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(("id" = ApiClientId, Path, description = "The client"), IfMatchHeader),
    request_body = ApiClientPatch,
    responses((status = 200, description = "As it is now", body = ApiClient,
        headers(("ETag" = String, description = "The revision")))),
)]
#[patch("/api-clients/{id}")]
pub async fn edit_api_client(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ApiClientId>,
    seen: IfMatch,
    body: ValidJson<ApiClientPatch>,
) -> ApiResult<HttpResponse> {
    let client = transaction::write(&state.db, async |tx| {
        edit(tx, &state, By::request(caller.actor(), &request), id, &seen, &body).await
    })
    .await?;
    Ok(current(client.revision, &client))
}

async fn edit(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: ApiClientId,
    seen: &IfMatch,
    patch: &ApiClientPatch,
) -> ApiResult<ApiClient> {
    let Entered { before, standing, permit } =
        enter(tx, by.actor, ApiClientAction::Edit, id, Some(seen)).await?;
    let mut draft = patch.clone().applied_to(before.draft());
    draft.normalise();
    draft.violations().into_result()?;
    let draft = check::draft(tx, state, draft, before.expires_at).await?;
    let mut record = before.clone();
    record.take(draft);
    store::update(tx, &state.clock, permit, &before, &mut record).await?;
    state.clients.forget(tx);
    if record.awaits_confirmation && record.wanted != before.wanted {
        let organisation = organisations::find(tx, record.organisation_id).await?;
        tell::awaits(tx, state, &organisation, &record).await?;
    }
    let entry = by
        .entry("api_client.edited", subject_of(id))
        .fields(&before.draft(), &record.draft())?
        .changed("access", &before.wanted.0, &record.wanted.0)
        .changed("networks", &before.networks.0, &record.networks.0)
        .changed("expires_at", before.expires_at, record.expires_at);
    audit::record(tx, &state.clock, entry).await?;
    present::to_response(tx, state, &standing, &record).await
}
