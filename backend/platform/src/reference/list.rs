//! Names the lists.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::reference::ReferenceLists;

use super::TOPIC;
use crate::error::ApiResult;
use crate::http::public_cache::PublicBody;
use crate::state::AppState;

/// List the reference lists.
///
/// Each with its version, title, source and number of entries. Codes in other operations come from
/// these lists.
#[utoipa::path(
    tag = "reference",
    responses((status = 200, description = "The lists", body = ReferenceLists,
        headers(("ETag" = String, description = "Of the content"))))
)]
#[get("/reference")]
pub async fn list_reference_lists(
    state: AppState,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    state
        .public_cache
        .answer(&request, TOPIC, async {
            let items = state.reference.snapshot().summaries().collect();
            PublicBody::json(&ReferenceLists { items })
        })
        .await
}
