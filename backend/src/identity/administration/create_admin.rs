//! The first administrator, made from the command line: everybody else gets roles from somebody.

use anyhow::ensure;
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::{Actor, Role, RoleGrant};
use nq57_shared::accounts::{PASSWORD_MAX, PASSWORD_MIN, is_own_address, normalise_email};
use nq57_shared::ids::AccountId;
use nq57_shared::language::Language;
use nq57_shared::validate::is_email;

use crate::identity::accounts::{self, NewAccount, SecretToken};

/// The account that was made.
pub struct CreatedAdmin {
    pub account: AccountId,
    /// To be printed once; nothing when the password was given.
    pub generated_password: Option<String>,
}

/// Makes an account with a verified address that holds the administrator's role everywhere.
///
/// # Errors
/// An address that is not one or has an account; a password that is too short or too long; failures
/// of the database.
pub async fn create_admin(
    state: &AppState,
    email: &str,
    display_name: Option<&str>,
    password: Option<&str>,
) -> anyhow::Result<CreatedAdmin> {
    let email = normalise_email(email);
    ensure!(is_email(&email), "{email} is not an e-mail address");
    let (password, generated_password) = match password {
        Some(given) => (given.to_owned(), None),
        None => {
            let made = SecretToken::new()?.as_text().to_owned();
            (made.clone(), Some(made))
        }
    };
    let length = password.chars().count();
    ensure!(
        (PASSWORD_MIN..=PASSWORD_MAX).contains(&length),
        "the password must have {PASSWORD_MIN} to {PASSWORD_MAX} characters"
    );
    ensure!(
        !is_own_address(&password, &email)
            && accounts::require_uncommon("/password", &password).is_ok(),
        "the password is easy to guess: choose another phrase"
    );
    ensure!(
        accounts::credentials(&state.db, &email).await?.is_none(),
        "{email} has an account already"
    );
    let hash = accounts::hash_password(&state.config.accounts, &password).await?;
    let account = transaction::write(&state.db, async |tx| -> ApiResult<AccountId> {
        let new = NewAccount {
            email: email.clone(),
            display_name: display_name.unwrap_or("Quản trị viên").to_owned(),
            language: Language::default(),
            password: hash.clone(),
            is_verified: true,
        };
        let id = accounts::create(tx, &state.clock, new).await?;
        let role =
            RoleGrant { role: Role::Administrator, organisation_id: None, province_code: None };
        accounts::give_role(tx, &state.clock, id, &role, None).await?;
        let entry = Entry::by(&Actor::System, "account.administrator_created");
        audit::record(tx, &state.clock, entry.on("account", id.0)).await?;
        Ok(id)
    })
    .await?;
    Ok(CreatedAdmin { account, generated_password })
}
