//! What the data of each type look like.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::access::ClientScope;
use nq57_core::feed::{ChangeSchemas, TypeSchema, VERSION};

use crate::error::ApiResult;
use crate::http::public_cache::{PublicBody, Topic};
use crate::state::AppState;

/// Never changes while the program runs.
const TOPIC: Topic = Topic::all("change schemas");

/// Read the schemas of the changes.
///
/// A JSON Schema of `data` for each type, also of those that the caller may not read. Members and values of enumerations
/// may be added: ignore what you do not know.
#[utoipa::path(
    tag = "changes",
    extensions(("x-required-scope" = json!(ClientScope::ChangesRead))),
    responses((status = 200, description = "The types", body = ChangeSchemas,
        headers(("ETag" = String, description = "Of the content"))))
)]
#[get("/changes/schema")]
pub async fn read_change_schemas(state: AppState, request: HttpRequest) -> ApiResult<HttpResponse> {
    state
        .public_cache
        .answer(&request, TOPIC, async {
            let types = state.registry.feed().map(|kind| TypeSchema {
                kind: kind.name.to_owned(),
                is_public: kind.is_public,
                has_province: kind.has_province,
                schema: (kind.schema)(),
            });
            PublicBody::json(&ChangeSchemas { feed: VERSION, types: types.collect() })
        })
        .await
}
