//! Who is asking: a bearer access token becomes an `Actor` with grants and memberships.
//! A token that is present and not valid is always 401, also where nobody needs to sign in.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use moka::sync::Cache;
use nq57_shared::access::{AccountActor, Actor};
use nq57_shared::ids::{AccountId, SessionId};
use nq57_shared::problem::ProblemCode;

use crate::accounts;
use crate::app::AppState;
use crate::error::{ApiError, ApiResult};
use crate::http::signals::{Signal, Signals};
use crate::http::{rate_limit, request};

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
            None => format!("address:{}", self.address),
        }
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { identify(&request).await })
    }
}

async fn identify(request: &HttpRequest) -> ApiResult<Caller> {
    let state = AppState::of(request)?;
    let address = request::context(request)
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |context| context.address);
    let anonymous = Caller { actor: Actor::Anonymous, session: None, address };
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        rate_limit::charge(&state, request, &anonymous)?;
        return Ok(anonymous);
    };
    let Some((account, session)) = verify(&state, header).await? else {
        // Whoever tries tokens pays with the address.
        rate_limit::charge(&state, request, &anonymous)?;
        return Err(unauthenticated());
    };
    let caller = Caller { actor: Actor::Account(account), session: Some(session), address };
    rate_limit::charge(&state, request, &caller)?;
    Ok(caller)
}

async fn verify(
    state: &AppState,
    header: &HeaderValue,
) -> ApiResult<Option<(AccountActor, SessionId)>> {
    let Some(token) = bearer(header) else { return Ok(None) };
    let Some(claims) = state.keys.verify(token, state.clock.now()) else { return Ok(None) };
    let account = load(state, claims.sid).await?.filter(|account| account.id == claims.sub);
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

async fn load(state: &AppState, session: SessionId) -> ApiResult<Option<AccountActor>> {
    if let Some(known) = state.callers.sessions.get(&session) {
        return Ok(Some(known));
    }
    let epoch = state.callers.epoch.load(Ordering::Acquire);
    let account = accounts::load_actor(&state.db, session, state.clock.now()).await?;
    if let Some(account) = &account {
        state.callers.sessions.insert(session, account.clone());
        // Somebody was revoked while we were reading: what we read may be what was revoked.
        if state.callers.epoch.load(Ordering::Acquire) != epoch {
            state.callers.sessions.invalidate(&session);
        }
    }
    Ok(account)
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
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload);
        Box::pin(async move {
            let caller = caller.await?;
            match (caller.actor.account(), caller.session) {
                (Some(account), Some(session)) => {
                    Ok(Self { account: account.clone(), session, caller })
                }
                _ => Err(unauthenticated()),
            }
        })
    }
}

/// Callers known for a few seconds, so that a burst of requests asks the database once.
///
/// Who revokes a session or changes a grant must call `forget_…` after the commit: then it holds at
/// once in this process, a moment later in others on PostgreSQL, and in any case within five seconds.
pub struct KnownCallers {
    sessions: Cache<SessionId, AccountActor>,
    epoch: AtomicU64,
    signals: Signals,
}

impl KnownCallers {
    /// Knows nobody; tells the other servers who was forgotten.
    #[must_use]
    pub fn new(signals: Signals) -> Self {
        Self {
            sessions: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(5))
                .build(),
            epoch: AtomicU64::new(0),
            signals,
        }
    }

    /// The session was revoked.
    pub fn forget_session(&self, session: SessionId) {
        self.drop_session(session);
        self.signals.send(Signal::Session(session));
    }

    /// Grants, memberships, verification or all sessions of the account have changed.
    pub fn forget_account(&self, _account: AccountId) {
        // Rare; forgetting everybody costs one query for each caller and needs no second index.
        self.drop_all();
        self.signals.send(Signal::Callers);
    }

    /// The session was revoked at another server.
    pub fn drop_session(&self, session: SessionId) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.sessions.invalidate(&session);
    }

    /// Something about callers has changed at another server.
    pub fn drop_all(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.sessions.invalidate_all();
    }
}
