//! What people typed when they registered, kept until the address is verified. It is found again by the
//! browser that typed it: a link proves the mailbox, not which of several registrations was its owner's.

use chrono::Duration;
use nq57_platform::clock::Clock;
use nq57_platform::config;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::accounts::RegisterAccount;
use nq57_shared::ids::AccountId;
use nq57_shared::time::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::password::PasswordHash;
use super::secret_token::{self, SecretToken};
use super::table::registration;

/// Registrations that are kept for one address. Whoever is pushed out sets a password by the link.
const MOST_FOR_ONE_ADDRESS: u64 = 5;

/// What was typed, for whoever opens a link in the same browser.
pub struct Registered {
    pub password: PasswordHash,
    pub display_name: String,
}

/// Stores a registration under the secret that only its browser has.
///
/// # Errors
/// Failures of the database.
pub async fn store(
    tx: &Tx,
    clock: &Clock,
    config: &config::Accounts,
    account: AccountId,
    browser: &SecretToken,
    typed: &RegisterAccount,
    password: &PasswordHash,
) -> ApiResult<()> {
    let row = registration::ActiveModel {
        id: Set(clock.new_id()),
        account_id: Set(account),
        browser: Set(browser.digest()),
        password_hash: Set(password.as_kept().to_owned()),
        display_name: Set(typed.display_name.clone()),
        expires_at: Set(clock.now() + Duration::hours(config.link_hours)),
    };
    registration::Entity::insert(row).exec_without_returning(tx).await?;
    let surplus: Vec<Uuid> = registration::Entity::find()
        .filter(registration::Column::AccountId.eq(account))
        .order_by_desc(registration::Column::Id)
        .select_only()
        .column(registration::Column::Id)
        .offset(MOST_FOR_ONE_ADDRESS)
        .limit(MOST_FOR_ONE_ADDRESS)
        .into_tuple()
        .all(tx)
        .await?;
    if !surplus.is_empty() {
        registration::Entity::delete_many()
            .filter(registration::Column::Id.is_in(surplus))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// What was typed for this account in the browser that presents the secret.
///
/// # Errors
/// Failures of the database.
pub async fn of_browser(
    db: &impl ConnectionTrait,
    account: AccountId,
    presented: &str,
    now: Timestamp,
) -> ApiResult<Option<Registered>> {
    let found = registration::Entity::find()
        .filter(registration::Column::AccountId.eq(account))
        .filter(registration::Column::Browser.eq(secret_token::digest(presented)))
        .filter(registration::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    Ok(found.map(|row| Registered {
        password: PasswordHash::from_kept(row.password_hash),
        display_name: row.display_name,
    }))
}

/// Forgets all registrations of an account: its address is verified.
///
/// # Errors
/// Failures of the database.
pub async fn forget(tx: &Tx, account: AccountId) -> ApiResult<()> {
    registration::Entity::delete_many()
        .filter(registration::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes expired registrations.
///
/// # Errors
/// Failures of the database.
pub async fn purge(tx: &Tx, now: Timestamp) -> ApiResult<()> {
    registration::Entity::delete_many()
        .filter(registration::Column::ExpiresAt.lte(now))
        .exec(tx)
        .await?;
    Ok(())
}
