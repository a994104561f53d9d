//! What all requests for signing in share: the device they come from, their limit, the answer with
//! the tokens.

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse};
use chrono::Duration;
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::client_address::client_network;
use nq57_platform::http::rate_limit::Class;
use nq57_platform::http::request;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::accounts::AccessToken;
use nq57_shared::ids::{AccountId, SessionId};

use super::back_off::Attempt;
use super::cookie::Kind;
use super::secret_token::SecretToken;
use super::sessions::Device;
use super::store;

/// From where the request comes, for the list of sessions.
#[must_use]
pub fn device(request: &HttpRequest) -> Device {
    let name = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Device {
        user_agent: name.unwrap_or_default().to_owned(),
        address: request::address(request).to_string(),
    }
}

/// Counts an attempt to sign in, register or use a one-time link.
///
/// # Errors
/// 429 when this address has made too many.
pub fn charge(state: &AppState, request: &HttpRequest) -> ApiResult<()> {
    let network = client_network(request::address(request));
    state.rate_limits.charge_as(request, Class::SignIn, &network.to_string())
}

/// Counts an attempt to sign in: a known browser by itself, so that its neighbours cannot use up what it
/// needs.
///
/// # Errors
/// 429 when this browser or address has made too many.
pub fn charge_log_in(
    state: &AppState,
    request: &HttpRequest,
    known_as: Option<&str>,
) -> ApiResult<()> {
    match known_as {
        Some(device) => {
            state.rate_limits.charge_as(request, Class::SignIn, &format!("device:{device}"))
        }
        None => charge(state, request),
    }
}

/// Counts the failure. The audit tells of it when many have gathered at an account that exists: an entry
/// for each would let anybody fill it.
///
/// # Errors
/// Failures of the database.
pub async fn note_failure(
    state: &AppState,
    request: &HttpRequest,
    attempt: &Attempt,
    account: Option<AccountId>,
) -> ApiResult<()> {
    transaction::write(&state.db, async |tx| {
        let failures = attempt.failed(tx, state.clock.now()).await?;
        if let (Some(failures), Some(id)) = (failures, account) {
            let entry = Entry::by(&Actor::Anonymous, "account.sign_in_failed").on("account", id.0);
            let entry = entry.with("failures", failures).during(request);
            audit::record(tx, &state.clock, entry).await?;
        }
        Ok(())
    })
    .await
}

/// A fresh access token, and the cookie when there is a new refresh token.
///
/// # Errors
/// Failures of the database.
pub async fn answer(
    state: &AppState,
    account: AccountId,
    session: SessionId,
    refresh: Option<&SecretToken>,
) -> ApiResult<HttpResponse> {
    let now = state.clock.now();
    let body = AccessToken {
        access_token: state.keys.sign(account, session, state.clock.new_id(), now)?,
        token_type: "Bearer".to_owned(),
        expires_in: u64::try_from(state.keys.lifetime().num_seconds()).unwrap_or_default(),
        account: store::account_of(&state.db, account, now).await?,
    };
    let mut response = HttpResponse::Ok();
    if let Some(token) = refresh {
        let lives = Duration::days(state.config.accounts.refresh_days);
        response.cookie(Kind::Refresh.carrying(token.as_text(), lives, &state.config));
    }
    Ok(response.json(body))
}
