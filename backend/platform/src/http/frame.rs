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
use nq57_core::language::Language;
use nq57_core::problem::{MEDIA_TYPE, Problem, ProblemCode};

use crate::error::{ApiError, ApiResult};
use crate::http::api_key::ApiKey;
use crate::http::request::{RequestContext, Served};
use crate::http::{caller, cors, observability, openapi, problem, rate_limit, security_headers};
use crate::state::AppState;

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
        ready(Ok(Framed { inner: Rc::new(inner), state: self.0.clone() }))
    }
}

/// The frame around the router.
pub struct Framed<S> {
    inner: Rc<S>,
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
            let id = request_id();
            let origin = request.headers().get(ORIGIN).cloned();
            let response = found.respond(request.headers());
            let mut answer = request.into_response(response);
            finish(&mut answer, &state, &id, origin.as_ref());
            return ready(Ok(answer)).boxed_local();
        }

        let context = Rc::new(context(&state, &request));
        let trace = trace_id(request.head());
        let given_id = given_id(request.head());
        let origin = request.headers().get(ORIGIN).cloned();
        let method = request.method().clone();
        if method == Method::HEAD {
            // The encoder knows that the body must not be sent; the router need not.
            request.head_mut().method = Method::GET;
        }
        request.extensions_mut().insert(context.clone());

        if let Some(response) = cors::preflight(&state.config, request.head()) {
            let mut answer = request.into_response(response);
            finish(&mut answer, &state, &context.id, None);
            return ready(Ok(answer)).boxed_local();
        }
        if let Some(key) = ApiKey::in_address(&request.head().uri) {
            return Box::pin(async move {
                // Not dropped when the client goes away: the key ends in any case.
                let refused = refuse_exposed(state, context, request, key, origin);
                let answer = actix_web::rt::spawn(refused).await;
                answer.map_err(actix_web::error::ErrorInternalServerError)
            });
        }
        if let Err(error) = refuse(&state, request.head()) {
            let mut answer = problem::complete(request.error_response(error), &context);
            cors::depends_on_origin(answer.headers_mut(), &state.config);
            finish(&mut answer, &state, &context.id, origin.as_ref());
            return ready(Ok(answer)).boxed_local();
        }

        let path = request.path().to_owned();
        let work = work(self.inner.clone(), state.clone(), request);
        let work = AssertUnwindSafe(work).catch_unwind();
        Box::pin(async move {
            let outcome = if method.is_safe() {
                work.await
            } else {
                // Not dropped when the client goes away: what has begun is finished.
                actix_web::rt::spawn(work).await.unwrap_or_else(|lost| Err(Box::new(lost)))
            };
            let Ok(outcome) = outcome else {
                tracing::error!(request_id = %context.id, %method, path, "a handler panicked");
                return Err(Crashed { context, path }.into());
            };
            let mut answer = outcome?.map_into_boxed_body();
            let status = answer.status();
            let is_problem = status.is_client_error() || status.is_server_error();
            if is_problem && !problem::speaks_for_itself(answer.request()) {
                answer = problem::complete(answer, &context);
            }
            for (name, value) in rate_limit::headers(answer.request()) {
                answer.headers_mut().insert(name, value);
            }
            cors::depends_on_origin(answer.headers_mut(), &state.config);
            finish(&mut answer, &state, &context.id, origin.as_ref());
            let route = answer.request().match_pattern();
            let served = Served {
                method: &method,
                route: route.as_deref().unwrap_or("none"),
                path: &path,
                status: answer.status(),
                taken: started.elapsed(),
                request_id: &context.id,
                given_id: given_id.as_deref(),
                trace_id: trace.as_deref(),
            };
            observability::record(&served);
            state.client_log.served(answer.request(), &served, state.clock.now());
            Ok(answer)
        })
    }
}

/// Refuses an address with a key in it, and ends the key. It costs the address, like every trial.
async fn refuse_exposed(
    state: AppState,
    context: Rc<RequestContext>,
    request: ServiceRequest,
    key: ApiKey,
    origin: Option<HeaderValue>,
) -> ServiceResponse<BoxBody> {
    let refusal = caller::refuse_exposed(&state, request.request(), &key).await;
    let mut answer = problem::complete(request.error_response(refusal), &context);
    cors::depends_on_origin(answer.headers_mut(), &state.config);
    finish(&mut answer, &state, &context.id, origin.as_ref());
    answer
}

/// What lies behind the frame: for operations the caller is identified and pays first.
async fn work<S, B>(
    inner: Rc<S>,
    state: AppState,
    request: ServiceRequest,
) -> Result<ServiceResponse<BoxBody>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    // The router reads the address decoded: one that only it takes for ours would be served to nobody in particular.
    let is_ours = request.path().starts_with(openapi::BASE);
    if !is_ours && request.match_info().as_str().starts_with(openapi::BASE) {
        return Ok(request.error_response(ApiError::not_found()));
    }
    if is_ours && let Err(error) = caller::admit(&state, request.request()).await {
        return Ok(request.error_response(error));
    }
    Ok(inner.call(request).await?.map_into_boxed_body())
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
    let languages = request.headers().get(ACCEPT_LANGUAGE).map(text).unwrap_or_default();
    let peer: Option<IpAddr> = request.peer_addr().map(|peer| peer.ip());
    let forwarded_for = request.headers().get_all(FORWARDED_FOR).map(text);
    RequestContext {
        id: request_id(),
        language: Language::negotiate(languages),
        address: state.trusted_proxies.caller(peer, forwarded_for),
    }
}

fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_default()
}

/// An id of our own for the answer, the log and the audit: nobody else chooses what stands there.
fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static RUN: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        uuid::Uuid::new_v4().simple().to_string().chars().take(16).collect()
    });
    format!("{}-{:x}", *RUN, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The id that the caller or a proxy gave the request, if it is harmless; only the log has it.
fn given_id(head: &RequestHead) -> Option<String> {
    let given = head.headers().get(REQUEST_ID)?.to_str().ok()?;
    is_harmless(given).then(|| given.to_owned())
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

/// Heads that are too large, methods that the path and parameters that the operation does not have.
fn refuse(state: &AppState, head: &RequestHead) -> ApiResult<()> {
    let address = head.uri.path_and_query().map_or(0, |address| address.as_str().len());
    if address > MAX_ADDRESS {
        return Err(ProblemCode::UriTooLong.into());
    }
    let headers: usize =
        head.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > MAX_HEADERS {
        return Err(ProblemCode::HeadersTooLarge.into());
    }
    match state.registry.document().at(head.uri.path()) {
        Some(known) => known.check(head.method.as_str(), head.uri.query().unwrap_or_default()),
        None => Ok(()),
    }
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
