//! Signing in with address and password. Every failure looks alike: unknown, wrong, suspended.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::origin::OwnOrigin;
use nq57_platform::http::{ValidJson, request};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::accounts::{AccessToken, LogIn};
use nq57_shared::problem::ProblemCode;

use super::back_off::{Attempt, Guesser};
use super::{known_browser, password, sessions, sign_in, store};

/// Sign in.
///
/// Answers a short-lived access token and sets the refresh token as a cookie that scripts cannot
/// read; a second cookie marks the browser as known. After several failures the next attempt has to
/// wait: 429 with `Retry-After`, the same for addresses that have no account. A known browser waits for
/// its own failures only.
#[utoipa::path(
    tag = "auth",
    request_body = LogIn,
    responses(
        (status = 200, description = "Signed in", body = AccessToken,
            headers(("Set-Cookie" = String, description = "The refresh token; the mark of a known browser"))),
        (status = 401, description = "`invalid_credentials`: address and password do not match an active account"),
        (status = 403, description = "`origin_refused`: the request comes from a foreign page; `email_unverified`: the password is right, the address is not verified yet"),
    ),
)]
#[post("/auth/login")]
pub async fn log_in(
    state: AppState,
    request: HttpRequest,
    _origin: OwnOrigin,
    body: ValidJson<LogIn>,
) -> ApiResult<HttpResponse> {
    let config = &state.config.accounts;
    let known_as = known_browser::presented(&state, &request, &body.email);
    sign_in::charge_log_in(&state, &request, known_as.as_deref())?;
    let by = Guesser { from: request::address(&request), known_as: known_as.as_deref() };
    let attempt = Attempt::new(&body.email, by, config.failures_before_wait);
    // Checked within the permit, and failures are noted within it: a burst of guesses cannot all pass
    // before the first of them is counted.
    let permit = password::hash_permit(config).await?;
    attempt.check(&state.db, state.clock.now()).await?;
    let found = store::credentials(&state.db, &body.email).await?;
    let kept = found.as_ref().map(|found| found.password.clone());
    let matches = permit.verify(&body.password, kept).await?;
    let known = found.as_ref().map(|found| found.id);
    let Some(account) = found.filter(|found| matches && !found.is_suspended) else {
        sign_in::note_failure(&state, &request, &attempt, known).await?;
        return Err(ProblemCode::InvalidCredentials.into());
    };
    permit.end();
    if !account.is_verified {
        return Err(ProblemCode::EmailUnverified.into());
    }
    let device = sign_in::device(&request);
    let session = transaction::write(&state.db, async |tx| {
        // Changed, reset or suspended since it was verified: the password was that of another moment.
        if !store::still_has(tx, account.id, &account.password).await? {
            return Err(ProblemCode::InvalidCredentials.into());
        }
        attempt.succeeded(tx).await?;
        let session = sessions::open(tx, &state.clock, config, account.id, &device).await?;
        let entry = Entry::by_account(account.id, "session.opened").on("account", account.id.0);
        let entry = entry.with("session", session.id.to_string()).during(&request);
        audit::record(tx, &state.clock, entry).await?;
        Ok(session)
    })
    .await?;
    let mut answer =
        sign_in::answer(&state, session.account, session.id, Some(&session.refresh)).await?;
    known_browser::remember(&mut answer, &state, &body.email)?;
    Ok(answer)
}
