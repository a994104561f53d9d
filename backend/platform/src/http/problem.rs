//! Writes problem documents into answers, also for failures that never met our code:
//! unknown paths, wrong methods, whatever the framework refuses by itself.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue,
};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest};
use nq57_core::problem::{MEDIA_TYPE, Problem, ProblemCode};

use crate::error::ApiError;
use crate::http::request::RequestContext;

/// The code for a status that somebody else chose.
#[must_use]
pub fn code_of(status: StatusCode) -> ProblemCode {
    match status.as_u16() {
        401 => ProblemCode::Unauthenticated,
        403 => ProblemCode::Forbidden,
        404 => ProblemCode::NotFound,
        405 => ProblemCode::MethodNotAllowed,
        406 => ProblemCode::NotAcceptable,
        408 => ProblemCode::RequestTimeout,
        410 => ProblemCode::FeedReset,
        412 => ProblemCode::StaleRevision,
        413 => ProblemCode::BodyTooLarge,
        414 => ProblemCode::UriTooLong,
        415 => ProblemCode::UnsupportedMediaType,
        422 => ProblemCode::ValidationFailed,
        428 => ProblemCode::RevisionRequired,
        429 => ProblemCode::TooManyRequests,
        431 => ProblemCode::HeadersTooLarge,
        503 => ProblemCode::Unavailable,
        507 => ProblemCode::StorageUnavailable,
        400..=499 => ProblemCode::MalformedBody,
        _ => ProblemCode::Internal,
    }
}

/// The document for a failed answer, complete.
#[must_use]
pub fn document(
    error: Option<&ApiError>,
    status: StatusCode,
    context: &RequestContext,
    path: &str,
) -> Problem {
    let language = context.language;
    let mut problem = match error {
        Some(error) => error.document(language),
        None => Problem::new(code_of(status), language),
    };
    problem.instance = Some(path.to_owned());
    problem.request_id = Some(context.id.clone());
    problem
}

/// Marks a request whose failure has the form of another standard.
struct SpeaksForItself;

/// The handler answers failures in the form of another standard: the frame leaves them as they are.
pub fn speak_for_oneself(request: &HttpRequest) {
    request.extensions_mut().insert(SpeaksForItself);
}

/// Whether the failure of this request stays as it is.
#[must_use]
pub fn speaks_for_itself(request: &HttpRequest) -> bool {
    request.extensions().contains::<SpeaksForItself>()
}

/// Replaces the body of a failed answer by its problem document.
pub fn complete(
    answer: ServiceResponse<BoxBody>,
    context: &RequestContext,
) -> ServiceResponse<BoxBody> {
    let error = answer.response().error().and_then(|error| error.as_error::<ApiError>());
    let status = answer.status();
    if let Some(cause) = error.and_then(ApiError::cause) {
        let request_id = &context.id;
        if status.is_server_error() {
            tracing::error!(%request_id, cause = format!("{cause:#}"), "request failed");
        } else {
            tracing::debug!(%request_id, cause = format!("{cause:#}"), "request refused");
        }
    } else if status.is_server_error() {
        let cause = answer.response().error().map(ToString::to_string);
        tracing::error!(request_id = %context.id, cause, "request failed");
    }
    let problem = document(error, status, context, answer.request().path());
    let status = StatusCode::from_u16(problem.status).unwrap_or(status);
    let bytes = Bytes::from(serde_json::to_vec(&problem).unwrap_or_default());
    let mut answer = answer.map_body(|_, _| BoxBody::new(bytes));
    *answer.response_mut().status_mut() = status;
    let headers = answer.headers_mut();
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
