//! What the interface must know before anything else: the name, the version, whether it is a demonstration.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_shared::language::Language;
use nq57_shared::site::Site;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::AppState;
use crate::error::ApiResult;
use crate::http::public_cache::{self, PublicBody, Topic};

/// Topic of the public cache.
const TOPIC: Topic = Topic::all("site");

/// The operations of this module.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(read_site);
}

/// Read what this platform is.
///
/// Its name, its version, its languages, who runs it, and whether it is a demonstration with invented content.
#[utoipa::path(tag = "site", responses((status = 200, description = "The platform", body = Site,
    headers(("ETag" = String, description = "Of the content")))))]
#[get("/site")]
pub async fn read_site(state: AppState, request: HttpRequest) -> ApiResult<HttpResponse> {
    public_cache::answer(&state, &request, TOPIC, async {
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
