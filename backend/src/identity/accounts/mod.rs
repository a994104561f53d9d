//! Accounts, sessions and sign-in: who somebody is. What others may do with accounts stands in
//! `administration`; its tables are private to this folder.

mod back_off;
mod change_password;
mod cookie;
mod directory;
mod grants;
mod known_browser;
mod links;
mod log_in;
mod log_out;
mod mail_rest;
mod me;
pub mod notices;
mod password;
mod people;
mod refresh;
mod register;
mod registrations;
mod reset_password;
mod secret_token;
mod session_list;
mod sessions;
mod sign_in;
mod store;
mod table;
mod verify;

use std::time::Duration;

use futures_util::FutureExt;
use nq57_platform::config;
use nq57_platform::error::ApiResult;
use nq57_platform::jobs::Job;
use nq57_platform::persistence::transaction;
use nq57_platform::registry::Slice;
use nq57_platform::state::AppState;
use utoipa_actix_web::service_config::ServiceConfig;

pub use directory::{Sought, panel_candidates, seek, summary_of, suspend};
pub use grants::{count_administrators, give, give_role, revoke};
pub use password::{PasswordHash, require_uncommon};
pub use secret_token::SecretToken;
pub use sessions::{Device, OpenSession, open as open_session};
pub use store::{
    Credentials, NewAccount, actor_of, contacts, create, credentials, holders_of, is_nobody,
    load_actor, names, people,
};

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[
        ("auth", "Accounts: opening one, signing in, passwords, sessions."),
        ("accounts", "Roles and suspension, by administrators."),
    ],
    routes,
    topics: links::TOPICS,
    notices: notices::NOTICES,
    jobs: &[Job {
        name: "purge accounts",
        every: Duration::from_secs(3600),
        run: |state| purge(state).boxed_local(),
    }],
    ..Slice::EMPTY
};

/// Whoever answers the platform about people.
pub static PEOPLE: people::People = people::People;

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes
        .service(register::register_account)
        .service(verify::verify_email)
        .service(verify::resend_verification)
        .service(log_in::log_in)
        .service(refresh::refresh_session)
        .service(log_out::log_out)
        .service(reset_password::request_password_reset)
        .service(reset_password::reset_password)
        .service(change_password::change_password)
        .service(me::read_me)
        .service(me::edit_me)
        .service(session_list::list_sessions)
        .service(session_list::revoke_session);
}

/// Hashes a password when a permit is free.
///
/// # Errors
/// 503 when the queue is too long.
pub async fn hash_password(config: &config::Accounts, password: &str) -> ApiResult<PasswordHash> {
    password::hash_permit(config).await?.hash(password).await
}

/// Deletes sessions, links and failures that no longer count. A job; safe on several servers.
///
/// # Errors
/// Failures of the database.
pub async fn purge(state: AppState) -> ApiResult<()> {
    let now = state.clock.now();
    transaction::write(&state.db, async |tx| {
        sessions::purge(tx, &state.config.accounts, now).await?;
        links::purge(tx, now).await?;
        registrations::purge(tx, now).await?;
        back_off::purge(tx, now).await
    })
    .await
}
