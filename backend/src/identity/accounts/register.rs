//! Opening an account. The answer, and roughly its time, is the same for a known address.

use actix_web::{HttpRequest, HttpResponse, post};
use chrono::Duration;
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::ValidJson;
use nq57_platform::http::origin::OwnOrigin;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::accounts::RegisterAccount;
use nq57_shared::problem::ProblemCode;

use super::cookie::Kind;
use super::links::{self, Wish};
use super::password::{self, PasswordHash};
use super::secret_token::SecretToken;
use super::store::{self, NewAccount};
use super::{registrations, sign_in};

/// Open an account.
///
/// A mail with a link verifies the address; until then nobody can sign in. The cookie lets the link,
/// opened in the same browser, take the password that was typed here. The answer is the same when the
/// address has an account already: its owner gets a mail instead, so that nobody learns who is registered.
#[utoipa::path(
    tag = "auth",
    request_body = RegisterAccount,
    responses(
        (status = 202, description = "Look into the mailbox",
            headers(("Set-Cookie" = String, description = "Finds the registration when the link is opened"))),
        (status = 403, description = "`origin_refused`: the request comes from a foreign page"),
    ),
)]
#[post("/auth/register")]
pub async fn register_account(
    state: AppState,
    request: HttpRequest,
    _origin: OwnOrigin,
    body: ValidJson<RegisterAccount>,
) -> ApiResult<HttpResponse> {
    sign_in::charge(&state, &request)?;
    password::require_uncommon("/password", &body.password)?;
    let permit = password::hash_permit(&state.config.accounts).await?;
    let password = permit.hash(&body.password).await?;
    permit.end();
    let browser = SecretToken::new()?;
    let attempt = async || {
        transaction::write(&state.db, async |tx| {
            register(tx, &state, &request, &body, &password, &browser).await
        })
        .await
    };
    match attempt().await {
        // Somebody else, or a second click, has just taken the address: now it is a known one.
        Err(error) if error.code() == ProblemCode::AlreadyExists => attempt().await?,
        outcome => outcome?,
    }
    let lives = Duration::hours(state.config.accounts.link_hours);
    let cookie = Kind::Registration.carrying(browser.as_text(), lives, &state.config);
    Ok(HttpResponse::Accepted().cookie(cookie).finish())
}

async fn register(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    body: &RegisterAccount,
    password: &PasswordHash,
    browser: &SecretToken,
) -> ApiResult<()> {
    let clock = &state.clock;
    let unverified = match store::credentials(tx, &body.email).await? {
        None => {
            let new = NewAccount {
                email: body.email.clone(),
                display_name: body.display_name.clone(),
                language: body.language,
                password: password.clone(),
                is_verified: false,
            };
            let id = store::create(tx, clock, new).await?;
            let entry = Entry::by(&Actor::Anonymous, "account.registered");
            audit::record(tx, clock, entry.on("account", id.0).during(request)).await?;
            Some(id)
        }
        Some(found) if found.is_suspended || found.is_verified => None,
        // Nobody has proved yet to own the mailbox, and nobody can sign in: the last word counts, until
        // a link is opened.
        Some(found) => {
            store::set_password(tx, found.id, password).await?;
            store::rename(tx, found.id, &body.email, &body.display_name).await?;
            Some(found.id)
        }
    };
    if let Some(id) = unverified {
        let config = &state.config.accounts;
        registrations::store(tx, clock, config, id, browser, body, password).await?;
    }
    links::request(tx, clock, Wish::Registration, &body.email).await
}
