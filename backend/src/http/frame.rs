//! The frame around every request: identity, ready answers, limits of the head, problem documents,
//! headers, and the one log line. One middleware, so that the warm path stays short.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{
    RequestHead, Service, ServiceRequest, ServiceResponse, Transform, forward_ready,
};
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderName, HeaderValue, ORIGIN};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use nq57_shared::language::Language;
use nq57_shared::problem::{FieldCode, MEDIA_TYPE, Problem, ProblemCode};

use crate::app::AppState;
use crate::error::ApiError;
use crate::http::request::RequestContext;
use crate::http::{cors, observability, openapi, problem, rate_limit, security_headers};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: &str = "x-forwarded-for";
const TRACE_PARENT: &str = "traceparent";
/// Bytes that the address may have.
const MAX_ADDRESS: usize = 8 * 1024;
/// Bytes that all headers together may have.
const MAX_HEADERS: usize = 32 * 1024;

/// The middleware.
#[derive(Clone)]
pub struct Frame(pub AppState);

impl<S, B> Transform<S, ServiceRequest> for Frame
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = Framed<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Framed { inner, state: self.0.clone() }))
    }
}

/// The frame around the router.
pub struct Framed<S> {
    inner: S,
    state: AppState,
}

impl<S, B> Service<ServiceRequest> for Framed<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let started = Instant::now();
        let state = self.state.clone();
        if let Some(found) = state.public_cache.find(request.head()) {
            observability::count_warm();
            let id = request_id(request.head());
            let origin = request.headers().get(ORIGIN).cloned();
            let response = found.respond(request.headers());
            let mut answer = request.into_response(response);
            finish(&mut answer, &state, &id, origin.as_ref());
            return ready(Ok(answer)).boxed_local();
        }

        let context = Rc::new(context(&state, &request));
        let trace = trace_id(request.head());
        let origin = request.headers().get(ORIGIN).cloned();
        let method = request.method().clone();
        if method == Method::HEAD {
            // The encoder knows that the body must not be sent; the router need not.
            request.head_mut().method = Method::GET;
        }
        request.extensions_mut().insert(context.clone());

        if let Some(error) = refuse(request.head()) {
            let mut answer = problem::complete(request.error_response(error), &context);
            finish(&mut answer, &state, &context.id, origin.as_ref());
            return ready(Ok(answer)).boxed_local();
        }
        if let Some(response) = cors::preflight(&state.config, request.head()) {
            let mut answer = request.into_response(response);
            finish(&mut answer, &state, &context.id, None);
            return ready(Ok(answer)).boxed_local();
        }

        let path = request.path().to_owned();
        let work = self.inner.call(request);
        Box::pin(async move {
            let outcome = AssertUnwindSafe(work).catch_unwind().await;
            let Ok(outcome) = outcome else {
                tracing::error!(request_id = %context.id, %method, path, "a handler panicked");
                return Err(Crashed { context, path }.into());
            };
            let mut answer = outcome?.map_into_boxed_body();
            let status = answer.status();
            if status.is_client_error() || status.is_server_error() {
                answer = problem::complete(answer, &context);
            }
            for (name, value) in rate_limit::headers(answer.request()) {
                answer.headers_mut().insert(name, value);
            }
            finish(&mut answer, &state, &context.id, origin.as_ref());
            observability::record(&observability::Served {
                method: &method,
                route: answer.request().match_pattern().as_deref().unwrap_or("none"),
                path: &path,
                status: answer.status(),
                taken: started.elapsed(),
                request_id: &context.id,
                trace_id: trace.as_deref(),
            });
            Ok(answer)
        })
    }
}

fn finish(
    answer: &mut ServiceResponse<BoxBody>,
    state: &AppState,
    id: &str,
    origin: Option<&HeaderValue>,
) {
    let is_secure = state.config.http.has_secure_cookies();
    let (request, response) = (answer.request().clone(), answer.response_mut());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    security_headers::complete(headers, request.path(), is_secure);
    if let Some(origin) = origin {
        cors::complete(headers, &state.config, origin);
    }
}

fn context(state: &AppState, request: &ServiceRequest) -> RequestContext {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let peer: Option<IpAddr> = request.peer_addr().map(|peer| peer.ip());
    RequestContext {
        id: request_id(request.head()),
        language: Language::negotiate(header(ACCEPT_LANGUAGE.as_str()).unwrap_or_default()),
        address: state.trusted_proxies.caller(peer, header(FORWARDED_FOR)),
    }
}

/// The caller's id when it is harmless, else a new one.
fn request_id(head: &RequestHead) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static RUN: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        uuid::Uuid::new_v4().simple().to_string().chars().take(16).collect()
    });
    let given = head.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    match given {
        Some(id) if is_harmless(id) => id.to_owned(),
        _ => format!("{}-{:x}", *RUN, NEXT.fetch_add(1, Ordering::Relaxed)),
    }
}

fn is_harmless(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

/// The trace id of a W3C `traceparent`.
fn trace_id(head: &RequestHead) -> Option<String> {
    let parent = head.headers().get(TRACE_PARENT)?.to_str().ok()?;
    let id = parent.split('-').nth(1)?;
    let is_valid = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_valid.then(|| id.to_owned())
}

/// Heads that are too large, and parameters that the operation does not have.
fn refuse(head: &RequestHead) -> Option<ApiError> {
    let address = head.uri.path_and_query().map_or(0, |address| address.as_str().len());
    if address > MAX_ADDRESS {
        return Some(ProblemCode::UriTooLong.into());
    }
    let headers: usize =
        head.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > MAX_HEADERS {
        return Some(ProblemCode::HeadersTooLarge.into());
    }
    let query = head.uri.query().filter(|query| !query.is_empty())?;
    let unknown = openapi::unknown_parameter(head.method.as_str(), head.uri.path(), query)?;
    Some(ApiError::parameter(&unknown, FieldCode::UnknownField))
}

/// A handler that panicked: the request is gone, the caller still gets its document.
#[derive(Debug)]
struct Crashed {
    context: Rc<RequestContext>,
    path: String,
}

impl std::fmt::Display for Crashed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a handler panicked")
    }
}

impl ResponseError for Crashed {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        let error = ApiError::problem(ProblemCode::Internal);
        let document: Problem =
            problem::document(Some(&error), self.status_code(), &self.context, &self.path);
        let mut answer = HttpResponse::InternalServerError();
        answer.content_type(MEDIA_TYPE).insert_header((REQUEST_ID, self.context.id.as_str()));
        let mut answer = answer.json(document);
        answer
            .headers_mut()
            .insert(actix_web::http::header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        security_headers::complete(answer.headers_mut(), &self.path, false);
        answer
    }
}
