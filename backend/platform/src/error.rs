//! The one error of the server and its way to the caller: always a problem document (RFC 9457).
//! What happened inside goes to the log with the request id, never into an answer.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use nq57_core::access::Denial;
use nq57_core::language::Language;
use nq57_core::problem::{FieldCode, MEDIA_TYPE, Problem, ProblemCode};
use nq57_core::validate::{Violation, Violations};
use nq57_core::workflow::Refusal;
use sea_orm::DbErr;

use crate::persistence::failure;

/// What handlers and stores return.
pub type ApiResult<T> = Result<T, ApiError>;

/// A failed request: a code of the table, perhaps with places, and what is only for the log.
pub struct ApiError(Box<Parts>);

struct Parts {
    code: ProblemCode,
    detail: Option<String>,
    violations: Vec<Violation>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log only.
    cause: Option<anyhow::Error>,
    /// Whether the same transaction may succeed when it is tried again.
    is_transient: bool,
}

impl ApiError {
    /// A failure of this kind.
    #[must_use]
    pub fn problem(code: ProblemCode) -> Self {
        Self(Box::new(Parts {
            code,
            detail: None,
            violations: Vec::new(),
            headers: Vec::new(),
            cause: None,
            is_transient: false,
        }))
    }

    /// There is no such thing, as far as this caller may know.
    #[must_use]
    pub fn not_found() -> Self {
        Self::problem(ProblemCode::NotFound)
    }

    /// One value is not acceptable: 422 with its place.
    #[must_use]
    pub fn field(pointer: impl Into<String>, code: FieldCode) -> Self {
        Self::problem(ProblemCode::ValidationFailed).at(pointer, code)
    }

    /// One query parameter is not acceptable: 400 with its place.
    #[must_use]
    pub fn parameter(name: &str, code: FieldCode) -> Self {
        Self::problem(ProblemCode::InvalidParameter).at(format!("#query/{name}"), code)
    }

    /// One header is not acceptable: 400 with its place.
    #[must_use]
    pub fn header_value(name: &str) -> Self {
        Self::problem(ProblemCode::InvalidHeader)
            .at(format!("#header/{name}"), FieldCode::InvalidFormat)
    }

    /// With what is special about this occurrence. Callers see it: nothing internal, nothing personal.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// With all wrong values.
    #[must_use]
    pub fn errors(mut self, violations: Violations) -> Self {
        self.0.violations.extend(violations.0);
        self
    }

    /// With one more wrong value.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, code: FieldCode) -> Self {
        self.0.violations.push(Violation { pointer: pointer.into(), code, limit: None });
        self
    }

    /// With a response header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// With what happened, for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// An error on our side; the cause goes to the log.
    #[must_use]
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::problem(ProblemCode::Internal).because(cause)
    }

    /// The code of the problem.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        self.0.code
    }

    /// What happened inside, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<&anyhow::Error> {
        self.0.cause.as_ref()
    }

    /// Whether the same transaction may succeed when it is tried again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.is_transient
    }

    /// The same transaction may succeed when it is tried again.
    #[must_use]
    pub fn transient(mut self) -> Self {
        self.0.is_transient = true;
        self
    }

    /// The document for the caller, without request id and instance.
    #[must_use]
    pub fn document(&self, language: Language) -> Problem {
        let parts = &self.0;
        Problem {
            detail: parts.detail.clone(),
            errors: parts
                .violations
                .iter()
                .map(|violation| violation.clone().into_field_error(language))
                .collect(),
            ..Problem::new(parts.code, language)
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.code)?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        if let Some(cause) = &self.0.cause {
            write!(f, " ({cause:#})")?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiError({self}, {:?})", self.0.violations)
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The document in Vietnamese; the frame around every request writes it again with language,
    /// request id and instance.
    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        for (name, value) in &self.0.headers {
            answer.insert_header((name.clone(), value.clone()));
        }
        answer.content_type(MEDIA_TYPE);
        answer.body(serde_json::to_vec(&self.document(Language::default())).unwrap_or_default())
    }
}

impl From<ProblemCode> for ApiError {
    fn from(code: ProblemCode) -> Self {
        Self::problem(code)
    }
}

impl From<Denial> for ApiError {
    fn from(denial: Denial) -> Self {
        Self::problem(denial.code())
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::problem(refusal.0)
    }
}

impl From<Violations> for ApiError {
    fn from(violations: Violations) -> Self {
        Self::problem(ProblemCode::ValidationFailed).errors(violations)
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(cause: anyhow::Error) -> Self {
        Self::internal(cause)
    }
}

impl From<DbErr> for ApiError {
    fn from(cause: DbErr) -> Self {
        let failure = failure::classify(&cause);
        let mut error = Self::problem(failure.code).because(cause);
        error.0.is_transient = failure.is_transient;
        error
    }
}
