//! Who may read our answers from another origin: public GETs anybody, the rest configured origins.
//! Cookies never cross origins, so no answer allows credentials.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    CACHE_CONTROL, CROSS_ORIGIN_RESOURCE_POLICY, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use actix_web::{HttpResponse, dev::RequestHead};

use crate::config::Config;

const EXPOSED: &str =
    "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id";

/// Whether the configuration names this origin.
#[must_use]
pub fn is_configured(config: &Config, origin: &str) -> bool {
    config.http.allowed_origins.iter().any(|allowed| allowed.trim_end_matches('/') == origin)
}

/// The answer to a preflight request; nothing when the request is none.
#[must_use]
pub fn preflight(config: &Config, head: &RequestHead) -> Option<HttpResponse> {
    let origin = head.headers().get(ORIGIN)?;
    let wanted = head.headers().get(ACCESS_CONTROL_REQUEST_METHOD)?;
    if head.method != Method::OPTIONS {
        return None;
    }
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((VARY, "Origin, Access-Control-Request-Method"));
    let origin_text = origin.to_str().unwrap_or_default();
    if is_configured(config, origin_text) {
        answer
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()))
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE"))
            .insert_header((
                ACCESS_CONTROL_ALLOW_HEADERS,
                "Authorization, Content-Type, Accept-Language, If-Match, If-None-Match, \
                 Idempotency-Key, X-Request-Id, traceparent",
            ))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "600"));
    } else if matches!(wanted.to_str(), Ok("GET" | "HEAD")) {
        answer
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"))
            .insert_header((
                ACCESS_CONTROL_ALLOW_HEADERS,
                "Accept-Language, If-None-Match, X-Request-Id, traceparent",
            ))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "600"));
    }
    Some(answer.finish())
}

/// Says of an answer that another `Origin` would get other headers. Ready answers say so by themselves.
pub fn depends_on_origin(headers: &mut HeaderMap, config: &Config) {
    let depends = !config.http.allowed_origins.is_empty() || is_public(headers);
    let says_so = |value: &HeaderValue| value.to_str().is_ok_and(|text| text.contains("Origin"));
    if depends && !headers.get_all(VARY).any(says_so) {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
}

fn is_public(headers: &HeaderMap) -> bool {
    let policy = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok());
    policy.is_some_and(|policy| policy.starts_with("public"))
}

/// Sets the headers of an answer to a request from `origin`.
pub fn complete(headers: &mut HeaderMap, config: &Config, origin: &HeaderValue) {
    let allowed = if is_public(headers) {
        HeaderValue::from_static("*")
    } else if is_configured(config, origin.to_str().unwrap_or_default()) {
        origin.clone()
    } else {
        return;
    };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}
