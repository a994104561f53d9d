//! Conditional requests. An entity tag is `"revision-hash"`: the hash tells representations apart (public
//! or working, before or after a date), the revision is what `If-Match` compares.

use std::fmt::Display;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH,
};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nq57_core::problem::ProblemCode;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ApiResult};

/// Ends the revision in a tag; no revision has one.
const END_OF_REVISION: char = '-';
/// Characters of the hash in a tag: more than 128 bits.
const HASH: usize = 22;

/// The tag of a revision, for an answer without a body.
#[must_use]
pub fn etag(revision: impl Display) -> (HeaderName, HeaderValue) {
    (ETAG, value(&format!("\"{revision}\"")))
}

/// The strong tag of this representation of a revision.
#[must_use]
pub fn tag_of(revision: impl Display, body: &[u8]) -> HeaderValue {
    value(&format!("\"{revision}{END_OF_REVISION}{}\"", hash(body)))
}

/// The strong tag of something that has no revision.
#[must_use]
pub fn tag_of_content(body: &[u8]) -> HeaderValue {
    value(&format!("\"{}\"", hash(body)))
}

fn hash(body: &[u8]) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(Sha256::digest(body));
    text.truncate(HASH);
    text
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

/// Which revisions the caller has seen. Without the header the request is refused with 428.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whichever there is.
    Any,
    /// The revisions of the tags. A proxy that compresses makes tags weak; the revision is the same.
    Revisions(Vec<String>),
}

impl IfMatch {
    /// Lets the write continue when the caller has seen this revision.
    ///
    /// # Errors
    /// 412 when somebody has written since.
    pub fn check(&self, revision: impl Display) -> ApiResult<()> {
        match self {
            Self::Any => Ok(()),
            Self::Revisions(seen) if seen.contains(&revision.to_string()) => Ok(()),
            Self::Revisions(_) => Err(ProblemCode::StaleRevision.into()),
        }
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        let mut seen = Vec::new();
        for line in headers.get_all(IF_MATCH) {
            match Self::parse(line.to_str().ok()?)? {
                Self::Any => return Some(Self::Any),
                Self::Revisions(more) => seen.extend(more),
            }
        }
        Some(Self::Revisions(seen))
    }

    fn parse(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        let revision = |tag: &str| {
            let tag = tag.trim();
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            let opaque = opaque.strip_prefix('"')?.strip_suffix('"')?;
            let revision = opaque.split(END_OF_REVISION).next()?;
            (!opaque.contains('"')).then(|| revision.to_owned())
        };
        text.split(',').map(revision).collect::<Option<_>>().map(Self::Revisions)
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if request.headers().contains_key(IF_MATCH) {
            Self::of(request.headers()).ok_or_else(|| ApiError::header_value("If-Match"))
        } else {
            Err(ProblemCode::RevisionRequired.into())
        })
    }
}

/// Whether `If-None-Match` names this tag, so that the body can be left out.
#[must_use]
pub fn is_known(request: &HttpRequest, tag: &HeaderValue) -> bool {
    is_named(request.headers(), tag)
}

/// The same of headers.
#[must_use]
pub fn is_named(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    headers.get_all(IF_NONE_MATCH).any(|given| names(given, tag))
}

/// Weak and strong tags compare alike.
fn names(given: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(given), Ok(tag)) = (given.to_str(), tag.to_str()) else { return false };
    given.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// The representation of a thing with its tag, or 304 when the caller has it already.
pub fn representation(
    request: &HttpRequest,
    revision: impl Display,
    body: &impl Serialize,
) -> HttpResponse {
    let bytes = match serde_json::to_vec(body) {
        Ok(bytes) => bytes,
        Err(cause) => return ApiError::internal(cause).error_response(),
    };
    let tag = tag_of(revision, &bytes);
    if is_known(request, &tag) {
        return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
    }
    tagged(StatusCode::OK, tag, bytes)
}

/// The answer to a write: the thing as it is now, with its tag.
pub fn current(revision: impl Display, body: &impl Serialize) -> HttpResponse {
    with_status(StatusCode::OK, revision, body)
}

/// The same with another status.
pub fn with_status(
    status: StatusCode,
    revision: impl Display,
    body: &impl Serialize,
) -> HttpResponse {
    match serde_json::to_vec(body) {
        Ok(bytes) => tagged(status, tag_of(revision, &bytes), bytes),
        Err(cause) => ApiError::internal(cause).error_response(),
    }
}

fn tagged(status: StatusCode, tag: HeaderValue, body: Vec<u8>) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((ETAG, tag))
        .body(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revisions(seen: &[&str]) -> Option<IfMatch> {
        Some(IfMatch::Revisions(seen.iter().map(|&one| one.to_owned()).collect()))
    }

    #[test]
    fn of_a_tag_the_revision_counts_whatever_else_it_says() {
        assert_eq!(IfMatch::parse("\"3\""), revisions(&["3"]));
        assert_eq!(IfMatch::parse("\"3-Ab_-9\", W/\"4.2-x\""), revisions(&["3", "4.2"]));
        assert_eq!(IfMatch::parse("*"), Some(IfMatch::Any));
        for bad in ["3", "", "\"3", "\"3\" \"4\""] {
            assert_eq!(IfMatch::parse(bad), None, "{bad}");
        }
        let seen = IfMatch::parse("\"3-x\"").expect("a tag");
        assert!(seen.check(3).is_ok());
        assert_eq!(seen.check(4).expect_err("stale").code(), ProblemCode::StaleRevision);
        assert!(IfMatch::parse("\"4.2\"").expect("a tag").check("4.2").is_ok());
    }

    #[test]
    fn a_tag_of_one_body_does_not_save_another_of_the_same_revision() {
        let (public, working) = (tag_of(21, b"public"), tag_of(21, b"working"));
        assert_ne!(public, working);
        let mut headers = HeaderMap::new();
        headers.append(IF_NONE_MATCH, HeaderValue::from_static("\"1\", W/\"2\""));
        headers.append(IF_NONE_MATCH, public.clone());
        assert!(is_named(&headers, &public));
        assert!(!is_named(&headers, &working));
    }
}
