//! What clients have asked, on its way to the database: kept here until the next second, so that a read costs no write.
//! When more comes than is taken, the rest is counted and lost: nobody waits for a log.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest};
use chrono::Duration;
use metrics::counter;
use nq57_core::ids::{ApiClientId, ApiSecretId};
use nq57_core::time::Timestamp;

use crate::http::request::{self, Served};

/// Requests that wait to be written.
const MOST: usize = 10_000;

/// How exactly it is known when a secret was last used.
#[must_use]
pub fn use_is_noted_every() -> Duration {
    Duration::minutes(5)
}

/// A request of a client that was answered.
#[derive(Clone, Debug)]
pub struct ClientRequest {
    pub client: ApiClientId,
    pub at: Timestamp,
    pub method: String,
    pub route: String,
    pub status: u16,
    pub ms: u32,
    pub address: IpAddr,
    pub request_id: String,
}

/// The last use of a secret.
#[derive(Clone, Copy, Debug)]
pub struct LastUse {
    pub at: Timestamp,
    pub address: IpAddr,
}

/// What has gathered.
#[derive(Debug, Default)]
pub struct Gathered {
    pub requests: Vec<ClientRequest>,
    pub uses: HashMap<ApiSecretId, LastUse>,
}

/// What waits to be written.
#[derive(Debug, Default)]
pub struct ClientLog(Mutex<Gathered>);

/// Marks a request as that of a client, for the log.
struct OfClient(ApiClientId);

/// The request is that of a client, whatever it is answered.
pub fn belongs_to(request: &HttpRequest, client: ApiClientId) {
    request.extensions_mut().insert(OfClient(client));
}

/// Anybody may write anything there.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

impl ClientLog {
    /// Notes what was answered, if a client has asked.
    pub fn served(&self, request: &HttpRequest, served: &Served<'_>, now: Timestamp) {
        let Some(client) = request.extensions().get::<OfClient>().map(|mark| mark.0) else {
            return;
        };
        // What the limit refuses would fill the log as fast as anybody can ask.
        if served.status == StatusCode::TOO_MANY_REQUESTS {
            counter!("nq57_client_requests_refused_total").increment(1);
            return;
        }
        let Some(context) = request::context(request) else { return };
        let mut gathered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if gathered.requests.len() >= MOST {
            counter!("nq57_client_requests_lost_total").increment(1);
            return;
        }
        gathered.requests.push(ClientRequest {
            client,
            at: now,
            method: known_method(served.method).to_owned(),
            route: served.route.to_owned(),
            status: served.status.as_u16(),
            ms: u32::try_from(served.taken.as_millis()).unwrap_or(u32::MAX),
            address: context.address,
            request_id: context.id.clone(),
        });
    }

    /// Notes that a secret was used, unless that is known already.
    pub fn used(
        &self,
        secret: ApiSecretId,
        known: Option<Timestamp>,
        (now, address): (Timestamp, IpAddr),
    ) {
        let is_known = known.is_some_and(|at| now - at < use_is_noted_every());
        let mut gathered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_known && (gathered.uses.len() < MOST || gathered.uses.contains_key(&secret)) {
            gathered.uses.insert(secret, LastUse { at: now, address });
        }
    }

    /// Takes what has gathered.
    #[must_use]
    pub fn take(&self) -> Gathered {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
