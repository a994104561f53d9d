//! Shows one list.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::reference::ReferenceList;

use super::TOPIC;
use crate::error::{ApiError, ApiResult};
use crate::http::FromPath;
use crate::http::public_cache::PublicBody;
use crate::state::AppState;

/// Read a reference list.
///
/// All entries in the order in which they are offered. Expired entries stay in the list, so that old
/// records can be read: `valid_from` and `valid_to` say on which days an entry may be chosen.
#[utoipa::path(
    tag = "reference",
    params(("list" = String, Path, description = "Name of the list", example = "provinces")),
    responses(
        (status = 200, description = "The list", body = ReferenceList,
            headers(("ETag" = String, description = "The revision of the list")))
    )
)]
#[get("/reference/{list}")]
pub async fn read_reference_list(
    state: AppState,
    request: HttpRequest,
    FromPath(list): FromPath<String>,
) -> ApiResult<HttpResponse> {
    state
        .public_cache
        .answer(&request, TOPIC, async {
            let snapshot = state.reference.snapshot();
            let body = snapshot.list(&list).ok_or_else(ApiError::not_found)?;
            let revision = snapshot.list_revision(&list).unwrap_or_default();
            Ok(PublicBody::json(body)?.revision(revision))
        })
        .await
}
