//! Arguments of handlers: a validated JSON body, a query, path values.
//! Every failure becomes a problem that names the place; nothing is guessed.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use nq57_core::problem::{FieldCode, ProblemCode};
use nq57_core::validate::Validate;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, ApiResult};
use crate::http::query_string::given;
use crate::state::AppState;

/// A JSON body that has passed its validation.
#[derive(Clone, Debug)]
pub struct ValidJson<T> {
    value: T,
    bytes: Bytes,
}

impl<T> ValidJson<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The body as it came, for the fingerprint of an idempotency key.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl<T> Deref for ValidJson<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for ValidJson<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            require_json(&request)?;
            let bytes = read_body(&request, payload).await?;
            let mut value: T = parse_json(&bytes)?;
            value.normalise();
            value.violations().into_result()?;
            Ok(Self { value, bytes })
        })
    }
}

fn require_json(request: &HttpRequest) -> ApiResult<()> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let subtype = essence.strip_prefix("application/").unwrap_or_default();
    if subtype.eq_ignore_ascii_case("json") || subtype.ends_with("+json") {
        return Ok(());
    }
    Err(ApiError::problem(ProblemCode::UnsupportedMediaType).detail("Send application/json."))
}

/// Reads the whole body, within the configured size and time.
///
/// # Errors
/// 413 when it is larger, 408 when it comes too slowly, 400 when it ends early.
pub async fn read_body(request: &HttpRequest, mut payload: Payload) -> ApiResult<Bytes> {
    let state = AppState::of(request)?;
    let limit = state.config.http.body_limit;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|value| value.parse::<usize>().ok()).unwrap_or_default();
    if announced > limit {
        return Err(ProblemCode::BodyTooLarge.into());
    }
    let read = async {
        let mut body = BytesMut::with_capacity(announced);
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| {
                ApiError::problem(ProblemCode::MalformedBody)
                    .detail("The body ended early.")
                    .because(anyhow::anyhow!("{error}"))
            })?;
            if body.len() + chunk.len() > limit {
                return Err(ProblemCode::BodyTooLarge.into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    match tokio::time::timeout(Duration::from_secs(state.config.http.body_seconds), read).await {
        Ok(body) => body,
        Err(_) => Err(ProblemCode::RequestTimeout.into()),
    }
}

/// Reads JSON; a wrong place is named by its pointer.
///
/// # Errors
/// 400 for what is not JSON, has the wrong type or an unknown member; 422 for a missing member or a
/// value outside of its list.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        let cause = error.into_inner();
        if cause.is_data() {
            return data_error(&pointer, &cause.to_string());
        }
        ApiError::problem(ProblemCode::MalformedBody).detail(format!(
            "Not JSON at line {}, column {}.",
            cause.line(),
            cause.column()
        ))
    })?;
    reader.end().map_err(|_| {
        ApiError::problem(ProblemCode::MalformedBody).detail("There is something after the value.")
    })?;
    Ok(value)
}

/// serde tells its cases apart only in its texts; these beginnings are part of its public behaviour.
fn data_error(pointer: &str, text: &str) -> ApiError {
    let named = |prefix: &str| {
        text.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned)
    };
    if let Some(name) = named("missing field `") {
        let pointer = format!("{pointer}/{}", escape(&name));
        return ApiError::field(pointer, FieldCode::Required);
    }
    if let Some(name) = named("unknown field `") {
        // The path already ends in the unknown member, unless the parser stopped before it.
        let last = format!("/{}", escape(&name));
        let pointer =
            if pointer.ends_with(&last) { pointer.to_owned() } else { format!("{pointer}{last}") };
        return ApiError::problem(ProblemCode::MalformedBody).at(pointer, FieldCode::UnknownField);
    }
    if text.starts_with("unknown variant") {
        return ApiError::field(pointer, FieldCode::UnknownValue);
    }
    ApiError::problem(ProblemCode::MalformedBody).at(pointer, FieldCode::InvalidFormat)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escape(key)),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The query of the address. Unknown and malformed parameters are 400; a repeated one fills a list.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse_query(request.query_string()).map(Self))
    }
}

/// Reads a query.
///
/// # Errors
/// 400 with `#query/name` for an unknown or malformed parameter.
pub fn parse_query<T: DeserializeOwned>(query: &str) -> ApiResult<T> {
    let given = given(query);
    let reader = serde_html_form::Deserializer::from_bytes(given.as_bytes());
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let text = error.inner().to_string();
        let unknown = text.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match (unknown, missing) {
            (Some(name), _) => ApiError::parameter(name, FieldCode::UnknownField),
            (_, Some(name)) => ApiError::parameter(name, FieldCode::Required),
            (None, None) => {
                let path = error.path().to_string();
                let name = path.split(['.', '[']).next().unwrap_or_default();
                let code = if text.starts_with("unknown variant") {
                    FieldCode::UnknownValue
                } else {
                    FieldCode::InvalidFormat
                };
                ApiError::parameter(name, code)
            }
        }
    })
}

/// Values of the path: `FromPath<ProductId>` or `FromPath<(ProductId, u32)>`.
/// What is not even an id cannot exist: 404.
#[derive(Clone, Copy, Debug)]
pub struct FromPath<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for FromPath<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let value = web::Path::<T>::from_request(request, payload).into_inner();
        ready(value.map(|path| Self(path.into_inner())).map_err(|_| ApiError::not_found()))
    }
}
