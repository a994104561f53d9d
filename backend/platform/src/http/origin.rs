//! The guard of the few requests that a cookie authorises: they must come from our own pages.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Uri;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::{FromRequest, HttpRequest};
use nq57_core::problem::ProblemCode;

use crate::error::{ApiError, ApiResult};
use crate::http::cors;
use crate::state::AppState;

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
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_own = is_own(origin, &state.config.public_url(), host);
    if is_own || cors::is_configured(&state.config, origin) {
        Ok(())
    } else {
        Err(ProblemCode::OriginRefused.into())
    }
}

/// Whether a page of this origin is ours: it is the public one, or was fetched under the name by which
/// this request came, over the same scheme as the public one.
fn is_own(origin: &str, public: &str, host: Option<&str>) -> bool {
    let Some(origin) = Origin::parse(origin) else { return false };
    let Some(public) = Origin::parse(public) else { return false };
    let asked = host.map(|host| format!("{}://{host}", public.scheme));
    origin == public
        || asked.and_then(|asked| Origin::parse(&asked)).is_some_and(|own| own == origin)
}

/// Scheme, host and port.
#[derive(PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let address: Uri = text.parse().ok()?;
        let scheme = address.scheme_str()?.to_ascii_lowercase();
        let usual = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let host = address.host()?.to_ascii_lowercase();
        Some(Self { scheme, host, port: address.port_u16().unwrap_or(usual) })
    }
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn scheme_host_and_port_are_compared() {
        let public = "https://cong.example";
        let host = Some("noi-bo.example:8443");
        for own in
            ["https://cong.example", "https://CONG.example:443", "https://noi-bo.example:8443"]
        {
            assert!(is_own(own, public, host), "{own}");
        }
        for foreign in [
            "http://cong.example",
            "ftp://cong.example",
            "https://cong.example:8443",
            "null",
            "",
            "https://cong.example.ke-la.example",
            "http://noi-bo.example:8443",
            "https://noi-bo.example",
        ] {
            assert!(!is_own(foreign, public, host), "{foreign}");
        }
    }
}
