//! Sends a content: as an attachment that no browser runs, whole or one range of it.

use std::ops::Range;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, IF_RANGE, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse};
use nq57_core::fold::fold;

use super::StoredFile;
use crate::error::{ApiError, ApiResult};
use crate::http::conditional;
use crate::state::AppState;

/// Even if a browser shows it, nothing in it runs or loads.
const SANDBOX: &str = "default-src 'none'; sandbox";

/// The answer with this content. `inline` shows raster images in the page; all else is an attachment
/// whatever is asked. Who may see the file was decided before.
///
/// # Errors
/// 507 when the content cannot be read.
pub async fn respond(
    state: &AppState,
    file: &StoredFile,
    request: &HttpRequest,
    inline: bool,
) -> ApiResult<HttpResponse> {
    let attachment = &file.attachment;
    let tag = header(&format!("\"{}\"", attachment.sha256))?;
    if conditional::is_known(request, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    let range = wanted_range(request, &tag, attachment.size);
    let part = range.clone().unwrap_or(0..attachment.size);
    let length = part.end.saturating_sub(part.start);
    let stream = state.files.read(&file.object_key, range.clone()).await?;

    let kind = if inline && attachment.may_be_inline() { "inline" } else { "attachment" };
    let mut answer = HttpResponse::build(StatusCode::OK);
    if range.is_some() {
        let last = part.end.saturating_sub(1);
        answer.status(StatusCode::PARTIAL_CONTENT);
        let shown = format!("bytes {}-{last}/{}", part.start, attachment.size);
        answer.insert_header((CONTENT_RANGE, header(&shown)?));
    }
    answer
        .insert_header((CONTENT_TYPE, header(&attachment.media_type)?))
        .insert_header((CONTENT_DISPOSITION, header(&disposition(kind, &attachment.name))?))
        .insert_header((CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        // Ranges and tags speak of the bytes as they are kept.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((ETAG, tag));
    Ok(answer.body(SizedStream::new(length, stream)))
}

fn header(text: &str) -> ApiResult<HeaderValue> {
    HeaderValue::from_str(text).map_err(ApiError::internal)
}

/// RFC 6266: a plain name for old programs, the real one in UTF-8.
fn disposition(kind: &str, name: &str) -> String {
    let plain: String = name.chars().map(plain_character).collect();
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The nearest character that a header carries without quoting.
fn plain_character(c: char) -> char {
    let nearest =
        if c.is_ascii() { Some(c) } else { fold(c.encode_utf8(&mut [0; 4])).chars().next() };
    match nearest {
        Some(c) if c.is_ascii_alphanumeric() || ".-_ ".contains(c) => c,
        _ => '_',
    }
}

/// The one range that is asked for and can be sent. Anything else is answered with the whole
/// content, as the standard allows.
fn wanted_range(request: &HttpRequest, tag: &HeaderValue, size: u64) -> Option<Range<u64>> {
    let headers = request.headers();
    if headers.get(IF_RANGE).is_some_and(|given| given != tag) {
        return None;
    }
    parse_range(headers.get(RANGE)?.to_str().ok()?, size)
}

fn parse_range(text: &str, size: u64) -> Option<Range<u64>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let range = match (first, last) {
        ("", suffix) => size.saturating_sub(suffix.parse().ok()?)..size,
        (first, "") => first.parse().ok()?..size,
        (first, last) => {
            let last: u64 = last.parse().ok()?;
            first.parse().ok()?..last.saturating_add(1).min(size)
        }
    };
    (range.start < range.end).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood_and_the_rest_ignored() {
        assert_eq!(parse_range("bytes=0-9", 100), Some(0..10));
        assert_eq!(parse_range("bytes=90-", 100), Some(90..100));
        assert_eq!(parse_range("bytes=-5", 100), Some(95..100));
        assert_eq!(parse_range("bytes=-500", 100), Some(0..100));
        assert_eq!(parse_range("bytes=90-1000", 100), Some(90..100));
        for other in
            ["bytes=100-", "bytes=9-0", "bytes=0-1,5-6", "lines=0-1", "bytes=-0", "bytes=a-b"]
        {
            assert_eq!(parse_range(other, 100), None, "{other}");
        }
    }

    #[test]
    fn names_are_sent_in_both_forms() {
        let sent = disposition("attachment", "Báo cáo đo.pdf");
        assert_eq!(
            sent,
            "attachment; filename=\"Bao cao do.pdf\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20%C4%91o.pdf"
        );
    }
}
