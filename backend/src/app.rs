//! The services of the application, put together from what the platform has and the slices bring.

use actix_web::{HttpRequest, HttpResponse, get, web};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::{documentation, observability, openapi};
use nq57_platform::state::AppState;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::spa;

/// All services of the application.
pub fn configure(services: &mut web::ServiceConfig, state: &AppState) {
    services
        .app_data(state.clone())
        .service(observability::livez)
        .service(observability::readyz)
        .service(documentation::read_openapi)
        .service(read_public_keys)
        .configure(documentation::configure)
        .service(
            utoipa_actix_web::scope::scope(openapi::BASE)
                .configure(|routes: &mut ServiceConfig| state.registry.routes(routes))
                .default_service(web::to(unknown_operation)),
        )
        .default_service(web::to(unknown_path));
}

/// The public keys that verify access tokens.
#[get("/.well-known/jwks.json")]
async fn read_public_keys(state: AppState) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=300"))
        .json(state.keys.published())
}

/// A path of the interface that no operation has. The frame has answered methods that a path lacks.
async fn unknown_operation() -> ApiResult<HttpResponse> {
    Err(ApiError::not_found())
}

async fn unknown_path(request: HttpRequest) -> ApiResult<HttpResponse> {
    spa::serve(&request)
}
