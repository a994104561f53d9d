//! The browser application, embedded in the binary: packed variants by `Accept-Encoding`, hashed names
//! for ever, `home.html` for `/`, `index.html` for every other page outside of the interface.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderValue, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::conditional;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../dist"]
struct Bundle;

/// Opens with the words of the home page, before the program is there.
const HOME: &str = "home.html";
const INDEX: &str = "index.html";

/// Answers what no route knows: a file of the bundle, the application for a page, or 404.
///
/// # Errors
/// 404 for anything else.
pub fn serve(request: &HttpRequest) -> ApiResult<HttpResponse> {
    if request.method() != Method::GET {
        return Err(ApiError::not_found());
    }
    let path = request.path().trim_start_matches('/');
    if !path.is_empty() && ![HOME, INDEX].contains(&path) && is_file_name(path) {
        return file(request, path).ok_or_else(ApiError::not_found);
    }
    if is_reserved(path) || !wants_page(request.headers()) {
        return Err(ApiError::not_found());
    }
    let page = if path.is_empty() { HOME } else { INDEX };
    file(request, page).ok_or_else(|| {
        ApiError::not_found().detail("This build holds no browser application: cargo xtask serve")
    })
}

fn is_file_name(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.')) && !path.starts_with("api/")
}

fn is_reserved(path: &str) -> bool {
    ["api", "docs", ".well-known", "assets"].iter().any(|name| {
        path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("text/html");
    accept.contains("text/html") || accept.contains("*/*")
}

fn file(request: &HttpRequest, path: &str) -> Option<HttpResponse> {
    // Packed files are variants, not files of their own.
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    let plain = Bundle::get(path)?;
    let tag = format!("\"{}\"", hex::encode(&plain.metadata.sha256_hash()[..12]));
    let tag = HeaderValue::from_str(&tag).ok()?;
    let cache = if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    if conditional::is_known(request, &tag) {
        let mut answer = HttpResponse::NotModified();
        answer.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, cache));
        return Some(answer.insert_header((VARY, "Accept-Encoding")).finish());
    }
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, media_type(path)))
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((VARY, "Accept-Encoding"));
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    for (name, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepted.unwrap_or_default().contains(name)
            && let Some(packed) = Bundle::get(&format!("{path}{ending}"))
        {
            answer.insert_header((CONTENT_ENCODING, name));
            return Some(answer.body(bytes(packed)));
        }
    }
    // Already as small as it gets: the compressing middleware must leave it alone.
    answer.insert_header((CONTENT_ENCODING, "identity"));
    Some(answer.body(bytes(plain)))
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        std::borrow::Cow::Borrowed(data) => Bytes::from_static(data),
        std::borrow::Cow::Owned(data) => Bytes::from(data),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

/// Whether the name carries a hash of the content: `name-0123456789abcdef.ending`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '.', '_'])
        .skip(1)
        .any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
