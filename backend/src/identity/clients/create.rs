//! Making a client.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::access::{allow, permit};
use nq57_platform::audit::{self, By};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::idempotency::{self, Answer};
use nq57_platform::http::openapi::{self, IdempotencyKeyHeader};
use nq57_platform::http::{FromPath, IdempotencyKey, SignedIn, ValidJson};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::ApiClientAction;
use nq57_shared::clients::{ApiClient, ApiClientDraft, CLIENTS_MAX};
use nq57_shared::ids::OrganisationId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::vietnam_date;

use super::enter::ClientStanding;
use super::subject::subject_of;
use super::{check, present, store, tell};
use crate::identity::organisations;

/// Make a client of an organisation.
///
/// By a manager of the organisation, which an administrator has confirmed, or an administrator. The client has no key
/// yet: `create_api_secret` makes one. What goes beyond what is public and beyond the organisation itself is in force
/// once an administrator of the platform has confirmed it.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(("id" = OrganisationId, Path, description = "The organisation"), IdempotencyKeyHeader),
    request_body = ApiClientDraft,
    responses(
        (status = 201, description = "The client", body = ApiClient, headers(
            ("Location" = String, description = "Where it is"),
            ("ETag" = String, description = "The revision"),
        )),
        (status = 409, description = "`organisation_unconfirmed`; `organisation_ended`; `too_many_clients`; or the key is in use"),
    ),
)]
#[post("/organisations/{id}/api-clients")]
pub async fn create_api_client(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OrganisationId>,
    key: IdempotencyKey,
    body: ValidJson<ApiClientDraft>,
) -> ApiResult<HttpResponse> {
    let may_again = async |tx: &Tx| {
        let standing = ClientStanding::of(tx, caller.actor(), id).await?;
        allow(standing.may_with_all(ApiClientAction::Create))
    };
    idempotency::once(&state, &caller, &key, body.bytes(), may_again, async |tx| {
        let client = create(tx, &state, &request, &caller, id, (*body).clone()).await?;
        let location = format!("{}/api-clients/{}", openapi::BASE, client.id);
        Answer::created(location, client.revision, &client)
    })
    .await
}

async fn create(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    id: OrganisationId,
    draft: ApiClientDraft,
) -> ApiResult<ApiClient> {
    let organisation = organisations::find(tx, id).await?;
    let standing = ClientStanding::of(tx, caller.actor(), id).await?;
    let permit = permit(standing.may_with_all(ApiClientAction::Create))?;
    let now = state.clock.now();
    if organisation.has_ended(vietnam_date(now)) {
        return Err(ProblemCode::OrganisationEnded.into());
    }
    if !organisation.is_verified {
        return Err(ProblemCode::OrganisationUnconfirmed.into());
    }
    let taken = store::count_of(tx, id).await?;
    if usize::try_from(taken).map_err(ApiError::internal)? >= CLIENTS_MAX {
        return Err(ProblemCode::TooManyClients.into());
    }
    let draft = check::draft(tx, state, draft, None).await?;
    let by = (id, caller.account_id());
    let record = store::create(tx, &state.clock, permit, by, draft).await?;
    if record.awaits_confirmation {
        tell::awaits(tx, state, &organisation, &record).await?;
    }
    let entry = By::request(caller.actor(), request)
        .entry("api_client.created", subject_of(record.id))
        .with("organisation", id.to_string())
        .changed("access", None, Some(&record.wanted.0))
        .changed("networks", None, Some(&record.networks.0))
        .changed("expires_at", None, record.expires_at);
    audit::record(tx, &state.clock, entry).await?;
    present::to_response(tx, state, &standing, &record).await
}
