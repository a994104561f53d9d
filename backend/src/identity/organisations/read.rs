//! One organisation, for everybody.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::error::ApiResult;
use nq57_platform::http::{Caller, FromPath, conditional};
use nq57_platform::state::AppState;
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::Organisation;

use super::store;

/// Read an organisation.
///
/// Everybody may: it holds no personal data.
#[utoipa::path(
    tag = "organisations",
    params(("id" = OrganisationId, Path, description = "The organisation")),
    responses(
        (status = 200, description = "The organisation", body = Organisation,
            headers(("ETag" = String, description = "The revision"))),
        (status = 304, description = "Not changed since `If-None-Match`"),
    ),
)]
#[get("/organisations/{id}")]
pub async fn read_organisation(
    state: AppState,
    request: HttpRequest,
    _caller: Caller,
    FromPath(id): FromPath<OrganisationId>,
) -> ApiResult<HttpResponse> {
    let organisation = store::find(&state.db, id).await?;
    let revision = store::revision_of(&organisation);
    Ok(conditional::representation(&request, revision, &organisation))
}
