//! The guard of the few requests that a cookie authorises: they must come from our own pages.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::{FromRequest, HttpRequest};
use nq57_shared::problem::ProblemCode;

use crate::app::AppState;
use crate::error::{ApiError, ApiResult};
use crate::http::cors;

/// Proof that the request comes from our own pages, from a configured origin, or from no browser.
/// Anything else gets 403 `origin_refused`.
#[derive(Clone, Copy, Debug)]
pub struct OwnOrigin;

impl FromRequest for OwnOrigin {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(check(request).map(|()| Self))
    }
}

fn check(request: &HttpRequest) -> ApiResult<()> {
    let state = AppState::of(request)?;
    let headers = request.headers();
    if headers.get("Sec-Fetch-Site").is_some_and(|site| site == "cross-site") {
        return Err(ProblemCode::OriginRefused.into());
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let authority = origin.split_once("://").map(|(_, authority)| authority).unwrap_or_default();
    let is_own = origin == state.config.public_url() || (!host.is_empty() && authority == host);
    if is_own || cors::is_configured(&state.config, origin) {
        Ok(())
    } else {
        Err(ProblemCode::OriginRefused.into())
    }
}
