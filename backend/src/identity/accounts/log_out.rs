//! Ending the session of this browser.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::origin::OwnOrigin;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;

use super::cookie::Kind;
use super::sessions;

/// Sign out.
///
/// Ends the session of the cookie. Without one, or with one that is over, there is nothing to do
/// and the answer is the same.
#[utoipa::path(
    tag = "auth",
    responses(
        (status = 204, description = "Nobody is signed in here any more",
            headers(("Set-Cookie" = String, description = "Removes the refresh token"))),
        (status = 403, description = "`origin_refused`: the request comes from a foreign page"),
    ),
)]
#[post("/auth/logout")]
pub async fn log_out(
    state: AppState,
    request: HttpRequest,
    _origin: OwnOrigin,
) -> ApiResult<HttpResponse> {
    let now = state.clock.now();
    let session = match Kind::Refresh.presented(&request, &state.config) {
        Some(presented) => sessions::of_refresh_token(&state.db, &presented, now).await?,
        None => None,
    };
    if let Some((account, id)) = session {
        transaction::write(&state.db, async |tx| {
            if sessions::revoke(tx, account, id, now).await? {
                state.callers.forget_session(tx, id);
                let entry = Entry::by_account(account, "session.ended").on("account", account.0);
                let entry = entry.with("session", id.to_string()).during(&request);
                audit::record(tx, &state.clock, entry).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(HttpResponse::NoContent().cookie(Kind::Refresh.removal(&state.config)).finish())
}
