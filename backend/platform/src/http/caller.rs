//! Who is asking: a bearer access token becomes an `Actor` with grants and memberships.
//! The frame identifies once for each request and charges its limit; extractors take what it found. A token
//! that is present and not valid is 401, also where nobody needs to sign in.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use anyhow::anyhow;
use nq57_core::access::{AccountActor, Actor};
use nq57_core::ids::{AccountId, SessionId};
use nq57_core::problem::ProblemCode;

use crate::error::{ApiError, ApiResult};
use crate::http::client_address::client_network;
use crate::http::request;
use crate::state::AppState;

/// Whoever is asking, signed in or not.
#[derive(Clone, Debug)]
pub struct Caller {
    actor: Actor,
    session: Option<SessionId>,
    address: IpAddr,
}

impl Caller {
    /// As policies see the caller.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
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
        match self.actor.account_id() {
            Some(account) => format!("account:{account}"),
            None => format!("address:{}", client_network(self.address)),
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
    let address = request::context(request)
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |context| context.address);
    let anonymous = Caller { actor: Actor::Anonymous, session: None, address };
    let found = match request.headers().get(AUTHORIZATION) {
        None => Ok(Some(anonymous.clone())),
        Some(header) => verify(state, header).await.map(|found| {
            let (account, session) = found?;
            Some(Caller { actor: Actor::Account(account), session: Some(session), address })
        }),
    };
    // Whoever tries tokens pays with the address.
    let payer = found.as_ref().ok().and_then(Option::as_ref).unwrap_or(&anonymous);
    state.rate_limits.charge(request, &payer.scope())?;
    request.extensions_mut().insert(Admitted(found?));
    Ok(())
}

async fn verify(
    state: &AppState,
    header: &HeaderValue,
) -> ApiResult<Option<(AccountActor, SessionId)>> {
    let Some(token) = bearer(header) else { return Ok(None) };
    let Some(claims) = state.keys.verify(token, state.clock.now()) else { return Ok(None) };
    let account = load(state, claims.sub, claims.sid).await?;
    Ok(account.map(|account| (account, claims.sid)))
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

/// Somebody who is signed in; anybody else gets 401.
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
        ready(caller.and_then(|caller| match (caller.actor.account(), caller.session) {
            (Some(account), Some(session)) => {
                Ok(Self { account: account.clone(), session, caller })
            }
            _ => Err(unauthenticated()),
        }))
    }
}
