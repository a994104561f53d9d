//! What the interface must know before anything else: the name, the version, whether it is a demonstration.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::language::Language;
use nq57_core::site::Site;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::error::ApiResult;
use crate::http::public_cache::{PublicBody, Topic};
use crate::registry::Slice;
use crate::state::AppState;

/// Topic of the public cache.
const TOPIC: Topic = Topic::all("site");

/// What this module brings.
pub const SLICE: Slice =
    Slice { tags: &[("site", "What this platform is.")], routes, ..Slice::EMPTY };

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes.service(read_site);
}

/// Read what this platform is.
///
/// Its name, its version, its languages, who runs it, and whether it is a demonstration with invented content.
#[utoipa::path(tag = "site", responses((status = 200, description = "The platform", body = Site,
    headers(("ETag" = String, description = "Of the content")))))]
#[get("/site")]
pub async fn read_site(state: AppState, request: HttpRequest) -> ApiResult<HttpResponse> {
    state
        .public_cache
        .answer(&request, TOPIC, async {
            PublicBody::json(&Site {
                name: state.config.name.clone(),
                demo: state.config.demo,
                operator: state.config.operator.shown(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                languages: Language::ALL.to_vec(),
            })
        })
        .await
}
