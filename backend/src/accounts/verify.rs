//! Verifying an address by the link of a mail, and asking for another link.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_shared::accounts::{EmailAddress, VerifyEmail};
use nq57_shared::ids::AccountId;
use sea_orm::DatabaseTransaction;

use super::links::{self, Purpose};
use super::{sessions, sign_in, store};
use crate::app::AppState;
use crate::audit::{self, Entry};
use crate::error::ApiResult;
use crate::http::ValidJson;
use crate::persistence::transaction;

/// Verify an e-mail address.
///
/// Takes the token of the link that was mailed. It works once.
#[utoipa::path(
    tag = "auth",
    request_body = VerifyEmail,
    responses(
        (status = 204, description = "The address is verified"),
        (status = 422, description = "`token_invalid`: the link is unknown, used or expired"),
    ),
)]
#[post("/auth/verify")]
pub async fn verify_email(
    state: AppState,
    request: HttpRequest,
    body: ValidJson<VerifyEmail>,
) -> ApiResult<HttpResponse> {
    sign_in::charge(&state, &request)?;
    let account =
        transaction::write(&state.db, async |tx| verify(tx, &state, &request, &body.token).await)
            .await?;
    state.callers.forget_account(account);
    Ok(HttpResponse::NoContent().finish())
}

async fn verify(
    tx: &DatabaseTransaction,
    state: &AppState,
    request: &HttpRequest,
    token: &str,
) -> ApiResult<AccountId> {
    let now = state.clock.now();
    let taken = links::take(tx, Purpose::VerifyEmail, token, now).await?;
    let id = taken.account;
    let row = store::row(tx, id).await?;
    if let Some(registered) = taken.registered
        && row.email_verified_at.is_none()
        && registered.password.as_kept() != row.password_hash
    {
        // Another registration of this address came first: it was not by the owner of the mailbox.
        sessions::revoke_all(tx, id, None, now).await?;
        store::set_password(tx, id, &registered.password).await?;
        store::rename(tx, &row, &registered.display_name).await?;
    }
    store::mark_verified(tx, id, now).await?;
    let entry = Entry::by_account(id, "account.verified").on("account", id.0);
    audit::record(tx, &state.clock, entry.during(request)).await?;
    Ok(id)
}

/// Ask for another verification link.
///
/// The answer is the same for every address; a mail comes only where it is needed.
#[utoipa::path(
    tag = "auth",
    request_body = EmailAddress,
    responses((status = 202, description = "Look into the mailbox")),
)]
#[post("/auth/verify/resend")]
pub async fn resend_verification(
    state: AppState,
    request: HttpRequest,
    body: ValidJson<EmailAddress>,
) -> ApiResult<HttpResponse> {
    sign_in::charge(&state, &request)?;
    links::request(&state, Purpose::VerifyEmail, &body.email).await?;
    Ok(HttpResponse::Accepted().finish())
}
