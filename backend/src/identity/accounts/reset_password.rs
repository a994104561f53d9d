//! A new password for somebody who has lost theirs: the link of a mail proves who they are.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::origin::OwnOrigin;
use nq57_platform::http::{ValidJson, request};
use nq57_platform::notifications::Notice;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::accounts::{EmailAddress, ResetPassword};
use nq57_shared::problem::ProblemCode;

use super::back_off::{Attempt, Guesser};
use super::links::{self, Wish};
use super::notices::PasswordChanged;
use super::password::{self, PasswordHash};
use super::{known_browser, sign_in, store, verify};

/// Ask for a link that sets a new password.
///
/// The answer is the same for every address; a mail comes only where there is an account.
#[utoipa::path(
    tag = "auth",
    request_body = EmailAddress,
    responses((status = 202, description = "Look into the mailbox")),
)]
#[post("/auth/password/forgot")]
pub async fn request_password_reset(
    state: AppState,
    request: HttpRequest,
    body: ValidJson<EmailAddress>,
) -> ApiResult<HttpResponse> {
    sign_in::charge(&state, &request)?;
    transaction::write(&state.db, async |tx| {
        links::request(tx, &state.clock, Wish::NewPassword, &body.email).await
    })
    .await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Set a new password by the link of a mail.
///
/// The link works once and for one hour. All sessions of the account end. The link that verifies an
/// address does the same, for whoever did not register in this browser.
#[utoipa::path(
    tag = "auth",
    request_body = ResetPassword,
    responses(
        (status = 204, description = "The password is set: sign in with it",
            headers(("Set-Cookie" = String, description = "The mark of a known browser"))),
        (status = 403, description = "`origin_refused`: the request comes from a foreign page"),
        (status = 422, description = "`token_invalid`: the link is unknown, used or expired"),
    ),
)]
#[post("/auth/password/reset")]
pub async fn reset_password(
    state: AppState,
    request: HttpRequest,
    _origin: OwnOrigin,
    body: ValidJson<ResetPassword>,
) -> ApiResult<HttpResponse> {
    sign_in::charge(&state, &request)?;
    let link = links::find(&state.db, &body.token, state.clock.now()).await?;
    let email = store::credentials_of(&state.db, link.account).await?.contact.email;
    password::require_not_own("/password", &body.password, &email)?;
    password::require_uncommon("/password", &body.password)?;
    let permit = password::hash_permit(&state.config.accounts).await?;
    let password = permit.hash(&body.password).await?;
    permit.end();
    transaction::write(&state.db, async |tx| {
        reset(tx, &state, &request, &body.token, &password).await
    })
    .await?;
    let mut answer = HttpResponse::NoContent().finish();
    known_browser::remember(&mut answer, &state, &email)?;
    Ok(answer)
}

async fn reset(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    token: &str,
    password: &PasswordHash,
) -> ApiResult<()> {
    let now = state.clock.now();
    let link = links::take(tx, token, now).await?;
    let id = link.account;
    let found = store::credentials_of(tx, id).await?;
    if found.is_suspended {
        return Err(ProblemCode::TokenInvalid.into());
    }
    store::set_password(tx, id, password).await?;
    let email = &found.contact.email;
    if !found.is_verified {
        // The name may be a stranger's word, who registered the address.
        store::rename(tx, id, email, email.split('@').next().unwrap_or_default()).await?;
    }
    // Opening the link proves the mailbox as well as a verification does.
    verify::now_verified(tx, id, now).await?;
    let by = Guesser { from: request::address(request), known_as: None };
    let config = &state.config.accounts;
    Attempt::new(email, by, config.failures_before_wait).begun_anew(tx).await?;
    if found.is_verified {
        let notice = Notice::new(&PasswordChanged {}).at(links::SIGN_IN_PAGE);
        links::mail(tx, &state.clock, &found.contact, notice).await?;
    }
    let entry = Entry::by_account(id, "account.password_reset").on("account", id.0);
    state.callers.forget_account(tx, id);
    audit::record(tx, &state.clock, entry.during(request)).await
}
