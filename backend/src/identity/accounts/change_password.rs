//! A new password by the old one. Guessing the old one waits like guessing at a log-in.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::{SignedIn, ValidJson, request};
use nq57_platform::notifications::Notice;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::accounts::ChangePassword;
use nq57_shared::problem::ProblemCode;

use super::back_off::{Attempt, Guesser};
use super::notices::PasswordChanged;
use super::{links, password, sessions, sign_in, store};

/// Change one's own password.
///
/// Every other session of the account ends; this one goes on.
#[utoipa::path(
    tag = "auth",
    security(("bearer" = [])),
    request_body = ChangePassword,
    responses(
        (status = 204, description = "The password is changed"),
        (status = 401, description = "`invalid_credentials`: the current password is wrong"),
    ),
)]
#[post("/auth/password")]
pub async fn change_password(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    body: ValidJson<ChangePassword>,
) -> ApiResult<HttpResponse> {
    let id = caller.account_id();
    let config = &state.config.accounts;
    let found = store::credentials_of(&state.db, id).await?;
    // A session is known like a browser: strangers who guess do not keep its owner waiting.
    let session = caller.session().to_string();
    let by = Guesser { from: request::address(&request), known_as: Some(&session) };
    let attempt = Attempt::new(&found.contact.email, by, config.failures_before_wait);
    password::require_not_own("/new_password", &body.new_password, &found.contact.email)?;
    password::require_uncommon("/new_password", &body.new_password)?;
    let permit = password::hash_permit(config).await?;
    attempt.check(&state.db, state.clock.now()).await?;
    if !permit.verify(&body.current_password, Some(found.password)).await? {
        sign_in::note_failure(&state, &request, &attempt, Some(id)).await?;
        return Err(ProblemCode::InvalidCredentials.into());
    }
    let password = permit.hash(&body.new_password).await?;
    permit.end();
    transaction::write(&state.db, async |tx| {
        attempt.begun_anew(tx).await?;
        store::set_password(tx, id, &password).await?;
        links::end_all(tx, id).await?;
        sessions::revoke_all(tx, id, Some(caller.session()), state.clock.now()).await?;
        state.callers.forget_account(tx, id);
        let notice = Notice::new(&PasswordChanged {}).at(links::SIGN_IN_PAGE);
        links::mail(tx, &state.clock, &found.contact, notice).await?;
        let entry = Entry::by(caller.actor(), "account.password_changed").on("account", id.0);
        audit::record(tx, &state.clock, entry.during(&request)).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
