//! A new password for somebody who has lost theirs: the link of a mail proves who they are.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_shared::accounts::{EmailAddress, ResetPassword};
use nq57_shared::ids::AccountId;
use nq57_shared::problem::ProblemCode;
use sea_orm::DatabaseTransaction;

use super::back_off::Attempt;
use super::links::{self, Purpose};
use super::password::{self, PasswordHash};
use super::{sessions, sign_in, store};
use crate::app::AppState;
use crate::audit::{self, Entry};
use crate::error::ApiResult;
use crate::http::ValidJson;
use crate::notifications::Template;
use crate::persistence::transaction;

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
    links::request(&state, Purpose::ResetPassword, &body.email).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Set a new password by the link of a mail.
///
/// The link works once and for one hour. All sessions of the account end.
#[utoipa::path(
    tag = "auth",
    request_body = ResetPassword,
    responses(
        (status = 204, description = "The password is set: sign in with it"),
        (status = 422, description = "`token_invalid`: the link is unknown, used or expired"),
    ),
)]
#[post("/auth/password/reset")]
pub async fn reset_password(
    state: AppState,
    request: HttpRequest,
    body: ValidJson<ResetPassword>,
) -> ApiResult<HttpResponse> {
    sign_in::charge(&state, &request)?;
    links::require(&state.db, Purpose::ResetPassword, &body.token, state.clock.now()).await?;
    let turn = password::turn(&state.config.accounts).await?;
    let password = turn.hash(&body.password).await?;
    turn.end();
    let account = transaction::write(&state.db, async |tx| {
        reset(tx, &state, &request, &body.token, &password).await
    })
    .await?;
    state.callers.forget_account(account);
    Ok(HttpResponse::NoContent().finish())
}

async fn reset(
    tx: &DatabaseTransaction,
    state: &AppState,
    request: &HttpRequest,
    token: &str,
    password: &PasswordHash,
) -> ApiResult<AccountId> {
    let now = state.clock.now();
    let id = links::take(tx, Purpose::ResetPassword, token, now).await?.account;
    let found = store::credentials_of(tx, id).await?;
    if found.is_suspended {
        return Err(ProblemCode::TokenInvalid.into());
    }
    store::set_password(tx, id, password).await?;
    // Opening the link proves the mailbox as well as a verification does.
    store::mark_verified(tx, id, now).await?;
    sessions::revoke_all(tx, id, None, now).await?;
    let config = &state.config.accounts;
    Attempt::new(&found.contact.email, sign_in::address(request), config.failures_before_wait)
        .succeeded(tx)
        .await?;
    let template = Template::PasswordChanged;
    links::mail(tx, &state.clock, &found.contact, template, links::SIGN_IN_PAGE.to_owned()).await?;
    let entry = Entry::by_account(id, "account.password_reset").on("account", id.0);
    audit::record(tx, &state.clock, entry.during(request)).await?;
    Ok(id)
}
