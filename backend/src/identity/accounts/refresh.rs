//! Continuing a session: the refresh token is replaced by each use. One that comes back later than
//! two tabs could explain was stolen, by whom is unknown: the session ends for everybody.

use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::origin::OwnOrigin;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::accounts::AccessToken;
use nq57_shared::ids::{AccountId, SessionId};
use nq57_shared::problem::ProblemCode;

use super::cookie::Kind;
use super::sessions::{self, Refreshed};
use super::sign_in;

/// Get a fresh access token.
///
/// Takes the refresh token from the cookie and replaces it. A token that was used before ends the
/// session, except within the seconds in which two tabs may refresh at once.
#[utoipa::path(
    tag = "auth",
    responses(
        (status = 200, description = "A fresh access token", body = AccessToken,
            headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = 401, description = "`session_ended`: no cookie, or its token is unknown, expired, revoked or used before",
            headers(("Set-Cookie" = String, description = "The removal of the cookie"))),
        (status = 403, description = "`origin_refused`: the request comes from a foreign page"),
    ),
)]
#[post("/auth/refresh")]
pub async fn refresh_session(
    state: AppState,
    request: HttpRequest,
    _origin: OwnOrigin,
) -> ApiResult<HttpResponse> {
    let Some(presented) = Kind::Refresh.presented(&request, &state.config) else {
        return Err(ProblemCode::SessionEnded.into());
    };
    // Invented tokens cost one read, not a turn among the writers.
    let now = state.clock.now();
    if sessions::of_refresh_token(&state.db, &presented, now).await?.is_none() {
        return ended(&state);
    }
    let outcome = transaction::write(&state.db, async |tx| {
        let config = &state.config.accounts;
        let outcome = sessions::refresh(tx, &state.clock, config, &presented).await?;
        if let Refreshed::Reused { id, account } = outcome {
            state.callers.forget_session(tx, id);
            note_reuse(tx, &state, &request, account, id).await?;
        }
        Ok(outcome)
    })
    .await?;
    match outcome {
        Refreshed::Rotated(session) => {
            sign_in::answer(&state, session.account, session.id, Some(&session.refresh)).await
        }
        Refreshed::InGrace { id, account } => sign_in::answer(&state, account, id, None).await,
        Refreshed::Reused { .. } | Refreshed::Ended => ended(&state),
    }
}

async fn note_reuse(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    account: AccountId,
    session: SessionId,
) -> ApiResult<()> {
    let entry = Entry::by(&Actor::System, "session.reuse_detected").on("account", account.0);
    let entry = entry.with("session", session.to_string()).during(request);
    audit::record(tx, &state.clock, entry).await
}

/// The problem, and the removal of the cookie that is worth nothing any more.
fn ended(state: &AppState) -> ApiResult<HttpResponse> {
    Err(ApiError::problem(ProblemCode::SessionEnded).header(
        SET_COOKIE,
        HeaderValue::from_str(&Kind::Refresh.removal(&state.config).to_string())
            .map_err(ApiError::internal)?,
    ))
}
