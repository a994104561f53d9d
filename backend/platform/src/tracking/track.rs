//! Showing where a tracked thing stands, to who knows its secret.

use actix_web::{HttpRequest, post, web};
use nq57_core::tracking::{TrackRequest, TrackedCase};

use crate::casework;
use crate::error::{ApiError, ApiResult};
use crate::http::client_address::client_network;
use crate::http::rate_limit::Class;
use crate::http::{Caller, ValidJson};
use crate::state::AppState;

/// Follow something by code and secret.
///
/// For who has no account, with the code and the secret that the first submission answered. A wrong
/// secret and an unknown code are the same 404. Few attempts per minute are possible.
#[utoipa::path(
    tag = "tracking",
    request_body = TrackRequest,
    responses(
        (status = 200, description = "Where it stands, and its way so far", body = TrackedCase),
        (status = 404, description = "No such code, or not its secret"),
    ),
)]
#[post("/tracking")]
pub async fn track(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    body: ValidJson<TrackRequest>,
) -> ApiResult<web::Json<TrackedCase>> {
    let network = client_network(caller.address()).to_string();
    state.rate_limits.charge_as(&request, Class::Tracking, &network)?;
    let found = casework::track(&state, &body).await?;
    found.map(web::Json).ok_or_else(ApiError::not_found)
}
