//! Conditional requests: the entity tag is the revision, writes demand it, reads may save the body.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use nq57_shared::problem::ProblemCode;
use serde::Serialize;

use crate::error::{ApiError, ApiResult};

/// The strong entity tag of a revision, as a header pair for `insert_header`.
#[must_use]
pub fn etag(revision: i64) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(&format!("\"{revision}\""));
    (ETAG, value.unwrap_or_else(|_| HeaderValue::from_static("\"0\"")))
}

/// Which revisions the caller has seen. Without the header the request is refused with 428.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whichever there is.
    Any,
    Revisions(Vec<i64>),
}

impl IfMatch {
    /// Lets the write continue when the caller has seen this revision.
    ///
    /// # Errors
    /// 412 when somebody has written since.
    pub fn check(&self, revision: i64) -> ApiResult<()> {
        match self {
            Self::Any => Ok(()),
            Self::Revisions(seen) if seen.contains(&revision) => Ok(()),
            Self::Revisions(_) => Err(ProblemCode::StaleRevision.into()),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        let seen: Option<Vec<i64>> = text
            .split(',')
            .map(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok())
            .collect();
        seen.map(Self::Revisions)
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.headers().get(IF_MATCH) {
            None => Err(ProblemCode::RevisionRequired.into()),
            Some(value) => value
                .to_str()
                .ok()
                .and_then(Self::parse)
                .ok_or_else(|| ApiError::header_value("If-Match")),
        })
    }
}

/// Whether `If-None-Match` names this tag, so that the body can be left out.
#[must_use]
pub fn is_known(request: &HttpRequest, tag: &HeaderValue) -> bool {
    request.headers().get(IF_NONE_MATCH).is_some_and(|given| names(given, tag))
}

/// Whether a value of `If-None-Match` names this tag; weak and strong compare alike.
#[must_use]
pub fn names(given: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(given), Ok(tag)) = (given.to_str(), tag.to_str()) else { return false };
    given.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// The representation of a thing with its tag, or 304 when the caller has it already.
pub fn representation(request: &HttpRequest, revision: i64, body: &impl Serialize) -> HttpResponse {
    let tag = etag(revision);
    if is_known(request, &tag.1) {
        return HttpResponse::NotModified().insert_header(tag).finish();
    }
    HttpResponse::Ok().insert_header(tag).json(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_the_standard_writes_them() {
        assert_eq!(IfMatch::parse("\"3\""), Some(IfMatch::Revisions(vec![3])));
        assert_eq!(IfMatch::parse("\"3\", \"4\""), Some(IfMatch::Revisions(vec![3, 4])));
        assert_eq!(IfMatch::parse("*"), Some(IfMatch::Any));
        for bad in ["3", "\"x\"", "", "W/\"3\""] {
            assert_eq!(IfMatch::parse(bad), None, "{bad}");
        }
        let seen = IfMatch::Revisions(vec![3]);
        assert!(seen.check(3).is_ok());
        assert_eq!(seen.check(4).expect_err("stale").code(), ProblemCode::StaleRevision);
    }
}
