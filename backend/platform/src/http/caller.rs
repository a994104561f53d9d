//! Who is asking: a bearer access token becomes an `Actor` with grants and memberships, a key of a client one with scopes.
//! The frame identifies once for each request and charges its limit; extractors take what it found. A token
//! that is present and not valid is 401, also where nobody needs to sign in. An operation without `x-required-scope`
//! that is not for everybody is for people: a client gets 403 before any handler is asked.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use anyhow::anyhow;
use nq57_core::access::{AccountActor, Actor, Denial};
use nq57_core::ids::{AccountId, SessionId};
use nq57_core::problem::ProblemCode;

use crate::error::{ApiError, ApiResult};
use crate::http::api_key::ApiKey;
use crate::http::client_address::client_network;
use crate::http::known_clients::Credential;
use crate::http::{client_caller, request};
use crate::state::AppState;

/// Whoever is asking, signed in or not.
#[derive(Clone, Debug)]
pub struct Caller {
    actor: Actor,
    session: Option<SessionId>,
    address: IpAddr,
}

impl Caller {
    pub(super) fn nobody(request: &HttpRequest) -> Self {
        Self { actor: Actor::Anonymous, session: None, address: request::address(request) }
    }

    /// As policies see the caller.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The person who has signed in.
    ///
    /// # Errors
    /// 401 when nobody has, 403 for a client.
    pub fn account(&self) -> ApiResult<&AccountActor> {
        self.actor.account().ok_or_else(|| match self.actor.person_needed() {
            Denial::Unauthenticated => unauthenticated(),
            denial => denial.into(),
        })
    }

    /// The session of the token, when somebody is signed in.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        self.session
    }

    /// The address of the caller, past the trusted proxies.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// What separates this caller's idempotency keys and limits from those of others.
    #[must_use]
    pub fn scope(&self) -> String {
        match &self.actor {
            Actor::Account(account) => format!("account:{}", account.id),
            Actor::Client(client) => format!("client:{}", client.id),
            Actor::Anonymous | Actor::System => {
                format!("address:{}", client_network(self.address))
            }
        }
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.extensions().get::<Admitted>() {
            Some(Admitted(Some(caller))) => Ok(caller.clone()),
            Some(Admitted(None)) => Err(unauthenticated()),
            None => Err(ApiError::internal(anyhow!("the frame has not admitted this request"))),
        })
    }
}

/// Whom the frame has let in; `None` for a token that is not valid, which only those refuse who ask.
struct Admitted(Option<Caller>);

/// Finds out who is asking, for the extractors, and charges the request to the account or the address.
///
/// # Errors
/// 429 when the limit is used up, and failures of the database.
pub async fn admit(state: &AppState, request: &HttpRequest) -> ApiResult<()> {
    let anonymous = Caller::nobody(request);
    let address = anonymous.address;
    let found = match request.headers().get(AUTHORIZATION) {
        None => Ok(Some(anonymous.clone())),
        Some(header) => identify(state, request, header, address).await,
    };
    // Whoever tries tokens pays with the address.
    let payer = found.as_ref().ok().and_then(Option::as_ref).unwrap_or(&anonymous);
    state.rate_limits.charge(request, &payer.scope())?;
    let found = found?;
    if let Some(client) = found.as_ref().and_then(|caller| caller.actor.client()) {
        client_caller::admit(state, request, client)?;
    }
    request.extensions_mut().insert(Admitted(found));
    Ok(())
}

/// Ends a key that stood in an address, and answers why the request is refused. It costs the address.
pub async fn refuse_exposed(state: &AppState, request: &HttpRequest, key: &ApiKey) -> ApiError {
    let payer = Caller::nobody(request).scope();
    if let Err(error) = state.rate_limits.charge(request, &payer) {
        return error;
    }
    match state.registry.clients() {
        None => ProblemCode::SecretInAddress.into(),
        Some(clients) => match clients.revoke_exposed(state, request, key).await {
            Ok(()) => ProblemCode::SecretInAddress.into(),
            Err(error) => error,
        },
    }
}

async fn identify(
    state: &AppState,
    request: &HttpRequest,
    header: &HeaderValue,
    address: IpAddr,
) -> ApiResult<Option<Caller>> {
    let Some(token) = bearer(header) else { return Ok(None) };
    let client = |actor| Some(Caller { actor: Actor::Client(actor), session: None, address });
    if ApiKey::is_meant(token) {
        let key = ApiKey::parse(token);
        let key = key.ok_or_else(|| client_caller::refused(ProblemCode::Unauthenticated))?;
        let key = Credential::Key(key);
        return client_caller::by_key(state, request, key, address).await.map(client);
    }
    if let Some(claims) = state.keys.verify(token, state.clock.now()) {
        let account = load(state, claims.sub, claims.sid).await?;
        let person =
            |account| Caller { actor: Actor::Account(account), session: Some(claims.sid), address };
        return Ok(account.map(person));
    }
    match state.keys.verify_client(token) {
        Some(claims) => client_caller::by_token(state, request, &claims, address).await.map(client),
        None => Ok(None),
    }
}

fn bearer(header: &HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unauthenticated() -> ApiError {
    ApiError::problem(ProblemCode::Unauthenticated)
        .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

async fn load(
    state: &AppState,
    account: AccountId,
    session: SessionId,
) -> ApiResult<Option<AccountActor>> {
    let callers = &state.callers;
    if let Some(known) = callers.find(session)
        && known.id == account
    {
        return Ok(Some(known));
    }
    // Before reading: who is revoked meanwhile is read again.
    let marks = callers.marks(account, session);
    let directory = state.registry.directory();
    let actor = directory.actor(&state.db, session, state.clock.now()).await?;
    let actor = actor.filter(|actor| actor.id == account);
    if let Some(actor) = &actor {
        callers.insert(session, actor.clone(), marks);
    }
    Ok(actor)
}

/// Somebody who is signed in; anybody else gets 401, a client 403.
#[derive(Clone, Debug)]
pub struct SignedIn {
    caller: Caller,
    account: AccountActor,
    session: SessionId,
}

impl SignedIn {
    /// The account with grants and memberships.
    #[must_use]
    pub fn account(&self) -> &AccountActor {
        &self.account
    }

    /// The id of the account.
    #[must_use]
    pub fn account_id(&self) -> AccountId {
        self.account.id
    }

    /// The session of the token.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }
}

impl Deref for SignedIn {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload).into_inner();
        ready(caller.and_then(|caller| {
            let account = caller.account()?.clone();
            let session = caller.session.ok_or_else(unauthenticated)?;
            Ok(Self { account, session, caller })
        }))
    }
}

/// A person who has signed in, or a client; anybody else gets 401.
#[derive(Clone, Debug)]
pub struct Identified(Caller);

impl Deref for Identified {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequest for Identified {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload).into_inner();
        ready(caller.and_then(|caller| match caller.actor {
            Actor::Anonymous | Actor::System => Err(unauthenticated()),
            Actor::Account(_) | Actor::Client(_) => Ok(Self(caller)),
        }))
    }
}
