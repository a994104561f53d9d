//! Clients as callers: who one is, from where it may come, and whether it may ask for this operation at all. What it
//! may see of an answer is the policies' to say.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderValue, WWW_AUTHENTICATE};
use nq57_core::access::{ClientActor, ClientScope};
use nq57_core::problem::ProblemCode;

use crate::error::{ApiError, ApiResult};
use crate::http::caller::Caller;
use crate::http::client_log;
use crate::http::known_clients::{Credential, KnownClient};
use crate::http::openapi::ForClients;
use crate::http::signing_keys::ClientClaims;
use crate::state::AppState;

/// The client with this key.
///
/// # Errors
/// 401 when there is none, or why it is not let in; 403 from a foreign network.
pub async fn by_key(
    state: &AppState,
    request: &HttpRequest,
    credential: Credential,
    address: IpAddr,
) -> ApiResult<ClientActor> {
    let client = find(state, request, credential, address).await?;
    Ok(client.actor.clone())
}

/// The client of a token that is ours: with what the token names of what is in force now.
///
/// # Errors
/// 401 when the token or what stands behind it has ended; 403 from a foreign network.
pub async fn by_token(
    state: &AppState,
    request: &HttpRequest,
    claims: &ClientClaims,
    address: IpAddr,
) -> ApiResult<ClientActor> {
    if claims.exp <= state.clock.now().timestamp() {
        return Err(refused(ProblemCode::Unauthenticated));
    }
    let client = find(state, request, Credential::Secret(claims.sec), address).await?;
    let mut actor = client.actor.clone();
    actor.access.scopes.retain(|scope| claims.scope.split(' ').any(|one| one == scope.as_str()));
    Ok(actor)
}

async fn find(
    state: &AppState,
    request: &HttpRequest,
    credential: Credential,
    address: IpAddr,
) -> ApiResult<Arc<KnownClient>> {
    let (client, is_fresh) = known(state, request, credential).await?;
    client_log::belongs_to(request, client.actor.id);
    if !client.may_come_from(address) {
        return Err(ProblemCode::NetworkNotAllowed.into());
    }
    if is_fresh {
        let now = state.clock.now();
        state.client_log.used(client.secret, client.last_used_at, (now, address));
    }
    Ok(client)
}

/// Whom the credential names, and whether that was read just now.
async fn known(
    state: &AppState,
    request: &HttpRequest,
    credential: Credential,
) -> ApiResult<(Arc<KnownClient>, bool)> {
    let now = state.clock.now();
    if let Some(client) = state.clients.find(&credential, now) {
        return Ok((client, false));
    }
    // Looking one up costs the address: keys that nobody made are as cheap to write as to send.
    state.rate_limits.charge(request, &Caller::nobody(request).scope())?;
    let Some(clients) = state.registry.clients() else {
        return Err(refused(ProblemCode::Unauthenticated));
    };
    // Before reading: who is changed meanwhile is read again.
    let mark = state.clients.mark();
    match clients.find(&state.db, &credential, now).await? {
        None => Err(refused(ProblemCode::Unauthenticated)),
        Some(Err(ended)) => {
            client_log::belongs_to(request, ended.client);
            Err(refused(ended.code))
        }
        Some(Ok(client)) => {
            let client = Arc::new(client);
            state.clients.insert(credential, client.clone(), mark);
            Ok((client, true))
        }
    }
}

/// 401 of whoever presents something that is not taken.
pub fn refused(code: ProblemCode) -> ApiError {
    let how = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    ApiError::problem(code).header(WWW_AUTHENTICATE, how)
}

/// Lets the client ask for this operation when it is for clients, and the client has its scope.
///
/// # Errors
/// 403 `forbidden` where a person is needed, `scope_missing` with the name of the scope.
pub fn admit(state: &AppState, request: &HttpRequest, client: &ClientActor) -> ApiResult<()> {
    let known = state.registry.document().at(request.path());
    match known.and_then(|known| known.for_clients(request.method().as_str())) {
        // Also an address that only the router reads as one of ours.
        None => Err(ApiError::not_found()),
        Some(ForClients::AsForEverybody) => Ok(()),
        Some(ForClients::PersonNeeded) => {
            Err(ApiError::problem(ProblemCode::Forbidden)
                .detail("It is for people, not for clients."))
        }
        Some(ForClients::Scope(scope)) if client.has(scope) => Ok(()),
        Some(ForClients::Scope(scope)) => Err(scope_missing(scope)),
    }
}

/// 403 of a client that asks for something without this scope.
pub fn scope_missing(scope: ClientScope) -> ApiError {
    let error = ApiError::problem(ProblemCode::ScopeMissing).detail(format!("Scope: {scope}."));
    let how = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    match HeaderValue::from_str(&how) {
        Ok(how) => error.header(WWW_AUTHENTICATE, how),
        Err(_) => error,
    }
}
