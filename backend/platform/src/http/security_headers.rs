//! What every answer tells browsers about its use. Handlers may set a header themselves; then it stays.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CROSS_ORIGIN_OPENER_POLICY,
    CROSS_ORIGIN_RESOURCE_POLICY, HeaderMap, HeaderName, HeaderValue, PERMISSIONS_POLICY,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// The application: own scripts and styles only, nothing inline.
const APPLICATION: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Data is not a page.
const DATA: &str = "default-src 'none'; frame-ancestors 'none'";
/// Swagger UI writes styles into its elements.
const DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Sets what is missing.
pub fn complete(headers: &mut HeaderMap, path: &str, is_secure: bool) {
    let policy = if path.starts_with("/docs") {
        DOCUMENTATION
    } else if path.starts_with("/api/") {
        DATA
    } else {
        APPLICATION
    };
    default(headers, CONTENT_SECURITY_POLICY, policy);
    default(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, X_FRAME_OPTIONS, "DENY");
    default(headers, REFERRER_POLICY, "strict-origin-when-cross-origin");
    default(headers, PERMISSIONS_POLICY, "camera=(), microphone=(), geolocation=(), payment=()");
    default(headers, CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    default(headers, CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    default(headers, CACHE_CONTROL, "private, no-store");
    if is_secure {
        default(headers, STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
