//! The `Link` header of a page (RFC 8288): where the next one is.

use actix_web::http::header::{HeaderName, HeaderValue, LINK};
use actix_web::{HttpRequest, HttpResponse};
use nq57_core::page::Paged;
use serde::Serialize;

/// The header for the page after `cursor`: the same address with another cursor. None at the end.
#[must_use]
pub(super) fn next(
    request: &HttpRequest,
    cursor: Option<&str>,
) -> Option<(HeaderName, HeaderValue)> {
    let cursor = cursor?;
    let kept = request
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"));
    let query: Vec<&str> = kept.collect();
    let before = if query.is_empty() { String::new() } else { format!("{}&", query.join("&")) };
    let text = format!("<{}?{before}cursor={cursor}>; rel=\"next\"", request.path());
    Some((LINK, HeaderValue::from_str(&text).ok()?))
}

/// A page with the header for the next one.
pub fn page(request: &HttpRequest, page: &(impl Paged + Serialize)) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    if let Some(next) = next(request, page.next_cursor()) {
        answer.insert_header(next);
    }
    answer.json(page)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_next_page_has_the_same_filter_and_another_cursor() {
        let link = |uri: &str, cursor| {
            let request = TestRequest::with_uri(uri).to_http_request();
            next(&request, cursor).map(|(_, value)| value.to_str().expect("text").to_owned())
        };
        assert_eq!(
            link("/things?q=a%20b&cursor=old&limit=2", Some("new")).as_deref(),
            Some("</things?q=a%20b&limit=2&cursor=new>; rel=\"next\"")
        );
        assert_eq!(link("/things", Some("c")).as_deref(), Some("</things?cursor=c>; rel=\"next\""));
        assert_eq!(link("/things", None), None);
    }
}
