//! Opening an account. The answer, and roughly its time, is the same for a known address.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_shared::access::Actor;
use nq57_shared::accounts::RegisterAccount;
use nq57_shared::problem::ProblemCode;
use sea_orm::DatabaseTransaction;

use super::links::{self, Purpose, Registered};
use super::password::{self, PasswordHash};
use super::sign_in;
use super::store::{self, Contact, NewAccount};
use crate::app::AppState;
use crate::audit::{self, Entry};
use crate::error::ApiResult;
use crate::http::ValidJson;
use crate::notifications::Template;
use crate::persistence::transaction;

/// Open an account.
///
/// A mail with a link verifies the address; until then the account can sign in but not submit.
/// The answer is the same when the address has an account already: its owner gets a mail instead,
/// so that nobody learns who is registered.
#[utoipa::path(
    tag = "auth",
    request_body = RegisterAccount,
    responses((status = 202, description = "Look into the mailbox")),
)]
#[post("/auth/register")]
pub async fn register_account(
    state: AppState,
    request: HttpRequest,
    body: ValidJson<RegisterAccount>,
) -> ApiResult<HttpResponse> {
    sign_in::charge(&state, &request)?;
    let turn = password::turn(&state.config.accounts).await?;
    let password = turn.hash(&body.password).await?;
    turn.end();
    let attempt = async || {
        transaction::write(&state.db, async |tx| {
            register(tx, &state, &request, &body, &password).await
        })
        .await
    };
    match attempt().await {
        // Somebody else, or a second click, has just taken the address: now it is a known one.
        Err(error) if error.code() == ProblemCode::AlreadyExists => attempt().await?,
        outcome => outcome?,
    }
    Ok(HttpResponse::Accepted().finish())
}

async fn register(
    tx: &DatabaseTransaction,
    state: &AppState,
    request: &HttpRequest,
    body: &RegisterAccount,
    password: &PasswordHash,
) -> ApiResult<()> {
    let config = &state.config.accounts;
    let registered =
        || Registered { password: password.clone(), display_name: body.display_name.clone() };
    match store::credentials(tx, &body.email).await? {
        None => {
            let new = NewAccount {
                email: body.email.clone(),
                display_name: body.display_name.clone(),
                language: body.language,
                password: password.clone(),
                is_verified: false,
            };
            let id = store::create(tx, &state.clock, new).await?;
            let to = Contact {
                id,
                email: body.email.clone(),
                display_name: body.display_name.clone(),
                language: body.language,
            };
            let purpose = Purpose::VerifyEmail;
            links::send(tx, &state.clock, config, purpose, &to, Some(registered())).await?;
            let entry = Entry::by(&Actor::Anonymous, "account.registered");
            audit::record(tx, &state.clock, entry.on("account", id.0).during(request)).await
        }
        Some(found) if found.is_suspended => Ok(()),
        Some(found) if found.is_verified => {
            let template = Template::AccountExists;
            links::mail(tx, &state.clock, &found.contact, template, links::SIGN_IN_PAGE.to_owned())
                .await
        }
        // Nobody has proved yet to own the mailbox. Whoever opens this link does, and gets what was
        // typed with it; until then the first registration stands.
        Some(found) => {
            let purpose = Purpose::VerifyEmail;
            let to = Contact { display_name: body.display_name.clone(), ..found.contact };
            links::send(tx, &state.clock, config, purpose, &to, Some(registered())).await
        }
    }
}
