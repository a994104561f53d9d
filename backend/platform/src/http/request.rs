//! What every request carries from its first moment: an id, a language, the caller's address.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use nq57_core::language::Language;

use crate::error::ApiError;

/// Facts about the request that the frame found out once.
#[derive(Debug)]
pub struct RequestContext {
    /// Made here; on every answer, problem, log line and audit entry.
    pub id: String,
    pub language: Language,
    /// The caller's address, past the proxies that the configuration trusts.
    pub address: IpAddr,
}

/// What is known about a request when it has been answered.
#[derive(Debug)]
pub struct Served<'a> {
    pub method: &'a Method,
    /// The pattern of the route, so that addresses with ids count as one.
    pub route: &'a str,
    /// Without the query, which may hold what somebody searched for.
    pub path: &'a str,
    pub status: StatusCode,
    pub taken: Duration,
    pub request_id: &'a str,
    /// What the caller or a proxy calls the request.
    pub given_id: Option<&'a str>,
    pub trace_id: Option<&'a str>,
}

/// The context of a request, if the frame was around it.
#[must_use]
pub fn context(request: &HttpRequest) -> Option<Rc<RequestContext>> {
    request.extensions().get::<Rc<RequestContext>>().cloned()
}

/// The caller's address, past the proxies that the configuration trusts.
#[must_use]
pub fn address(request: &HttpRequest) -> IpAddr {
    context(request).map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |context| context.address)
}

/// The language of the request, as an argument of a handler.
#[derive(Clone, Copy, Debug)]
pub struct RequestLanguage(pub Language);

impl FromRequest for RequestLanguage {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(context(request).map(|context| context.language).unwrap_or_default())))
    }
}
