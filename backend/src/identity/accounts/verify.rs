//! Verifying an address by the link of a mail, and asking for another link. The link proves the mailbox,
//! not who typed the password: only the browser that registered gets what it typed
//! (docs/decisions/0016-a-link-proves-the-mailbox.md).

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::ValidJson;
use nq57_platform::http::origin::OwnOrigin;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::accounts::{EmailAddress, VerifyEmail};
use nq57_shared::ids::AccountId;
use nq57_shared::problem::ProblemCode;

use super::cookie::Kind;
use super::links::{self, Purpose, Wish};
use super::{mail_rest, registrations, sessions, sign_in, store};

/// Verify an e-mail address.
///
/// Takes the token of the link that was mailed. It works once, in the browser that registered, and
/// makes the password that was typed there the one of the account. Elsewhere the same token sets a
/// password: `/auth/password/reset`.
#[utoipa::path(
    tag = "auth",
    request_body = VerifyEmail,
    responses(
        (status = 204, description = "The address is verified: sign in",
            headers(("Set-Cookie" = String, description = "Removes the secret of the registration"))),
        (status = 403, description = "`origin_refused`: the request comes from a foreign page"),
        (status = 409, description = "`password_required`: another browser registered; set a password with the same token"),
        (status = 422, description = "`token_invalid`: the link is unknown, used or expired"),
    ),
)]
#[post("/auth/verify")]
pub async fn verify_email(
    state: AppState,
    request: HttpRequest,
    _origin: OwnOrigin,
    body: ValidJson<VerifyEmail>,
) -> ApiResult<HttpResponse> {
    sign_in::charge(&state, &request)?;
    transaction::write(&state.db, async |tx| verify(tx, &state, &request, &body.token).await)
        .await?;
    Ok(HttpResponse::NoContent().cookie(Kind::Registration.removal(&state.config)).finish())
}

async fn verify(tx: &Tx, state: &AppState, request: &HttpRequest, token: &str) -> ApiResult<()> {
    let now = state.clock.now();
    let link = links::find(tx, token, now).await?;
    if link.purpose != Purpose::VerifyEmail {
        return Err(ProblemCode::TokenInvalid.into());
    }
    let id = link.account;
    let registered = match Kind::Registration.presented(request, &state.config) {
        Some(browser) => registrations::of_browser(tx, id, &browser, now).await?,
        None => None,
    };
    let registered = registered.ok_or(ProblemCode::PasswordRequired)?;
    links::take(tx, token, now).await?;
    let row = store::row(tx, id).await?;
    store::rename(tx, id, &row.email, &registered.display_name).await?;
    store::set_password(tx, id, &registered.password).await?;
    now_verified(tx, id, now).await?;
    let entry = Entry::by_account(id, "account.verified").on("account", id.0);
    state.callers.forget_account(tx, id);
    audit::record(tx, &state.clock, entry.during(request)).await
}

/// Notes that the mailbox is proved. What was begun before the proof ends: sessions, other registrations.
pub(super) async fn now_verified(
    tx: &Tx,
    id: AccountId,
    now: nq57_shared::time::Timestamp,
) -> ApiResult<()> {
    store::mark_verified(tx, id, now).await?;
    sessions::revoke_all(tx, id, None, now).await?;
    registrations::forget(tx, id).await?;
    mail_rest::forget(tx, id).await
}

/// Ask for another verification link.
///
/// The answer is the same for every address; a mail comes only where it is needed, and not while an
/// earlier one has just been sent.
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
    transaction::write(&state.db, async |tx| {
        links::request(tx, &state.clock, Wish::Verification, &body.email).await
    })
    .await?;
    Ok(HttpResponse::Accepted().finish())
}
