//! One client.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::access::allow;
use nq57_platform::error::ApiResult;
use nq57_platform::http::{FromPath, SignedIn, conditional};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::ApiClientAction;
use nq57_shared::clients::ApiClient;
use nq57_shared::ids::ApiClientId;

use super::enter::ClientStanding;
use super::{present, store};

/// Read a client.
///
/// For the managers of its organisation, administrators and auditors: what it may do, what of it waits for a
/// confirmation, and its keys and secrets without their texts.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(("id" = ApiClientId, Path, description = "The client")),
    responses((status = 200, description = "The client", body = ApiClient,
        headers(("ETag" = String, description = "The revision")))),
)]
#[get("/api-clients/{id}")]
pub async fn read_api_client(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ApiClientId>,
) -> ApiResult<HttpResponse> {
    let record = store::load(&state.db, id).await?;
    let standing = ClientStanding::of(&state.db, caller.actor(), record.organisation_id).await?;
    allow(standing.may(ApiClientAction::Read, &record))?;
    let client = present::to_response(&state.db, &state, &standing, &record).await?;
    Ok(conditional::representation(&request, record.revision, &client))
}
