//! One-time links that are mailed: making, taking, and the mails that people ask for by address.
//! Asking does the same work for every address; what exists is found out by the outbox, later.

use chrono::Duration;
use nq57_shared::ids::AccountId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::password::PasswordHash;
use super::secret_token::{self, SecretToken};
use super::store::{self, Contact};
use super::table::mail_token;
use crate::app::AppState;
use crate::clock::Clock;
use crate::config;
use crate::error::ApiResult;
use crate::notifications::{self, Address, Template};
use crate::outbox::{self, Message, Push, Topic};
use crate::persistence::transaction;

/// Topic of the mails that somebody asked for by typing an address.
const MAIL_REQUESTED: &str = "accounts.mail_requested";
/// A link for a new password lives shorter than one that only verifies.
const RESET_LIFETIME: Duration = Duration::hours(1);
/// Another mail of the same purpose is not sent within this time.
const REST_BETWEEN_MAILS: Duration = Duration::minutes(1);

/// The page on which one signs in.
pub const SIGN_IN_PAGE: &str = "/dang-nhap";

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    VerifyEmail,
    ResetPassword,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }

    fn lifetime(self, config: &config::Accounts) -> Duration {
        match self {
            Self::VerifyEmail => Duration::hours(config.link_hours),
            Self::ResetPassword => RESET_LIFETIME,
        }
    }

    const fn template(self) -> Template {
        match self {
            Self::VerifyEmail => Template::VerifyEmail,
            Self::ResetPassword => Template::ResetPassword,
        }
    }

    /// The page that takes the token.
    fn path(self, token: &SecretToken) -> String {
        let page = match self {
            Self::VerifyEmail => "/xac-minh",
            Self::ResetPassword => "/dat-lai-mat-khau",
        };
        format!("{page}?token={}", token.as_text())
    }
}

/// What whoever opens the link of a registration gets.
pub struct Registered {
    pub password: PasswordHash,
    pub display_name: String,
}

/// A link that was taken: it cannot be taken again.
pub struct Taken {
    pub account: AccountId,
    pub registered: Option<Registered>,
}

/// Makes a link and mails it.
///
/// # Errors
/// Failures of the database.
pub async fn send(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    config: &config::Accounts,
    purpose: Purpose,
    to: &Contact,
    registered: Option<Registered>,
) -> ApiResult<()> {
    let token = SecretToken::new()?;
    let (password_hash, display_name) = match registered {
        Some(one) => (Some(one.password.as_kept().to_owned()), Some(one.display_name)),
        None => (None, None),
    };
    let row = mail_token::ActiveModel {
        digest: Set(token.digest()),
        account_id: Set(to.id.0),
        purpose: Set(purpose.as_str().to_owned()),
        expires_at: Set(clock.now() + purpose.lifetime(config)),
        password_hash: Set(password_hash),
        display_name: Set(display_name),
    };
    mail_token::Entity::insert(row).exec_without_returning(tx).await?;
    mail(tx, clock, to, purpose.template(), purpose.path(&token)).await
}

/// Mails somebody about the account itself: not into the inbox, which a stranger might be reading.
///
/// # Errors
/// Failures of the database.
pub async fn mail(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    to: &Contact,
    template: Template,
    path: String,
) -> ApiResult<()> {
    let address =
        Address { email: to.email.clone(), name: to.display_name.clone(), language: to.language };
    let args = serde_json::json!({ "display_name": to.display_name });
    let key = clock.new_id::<Uuid>().to_string();
    notifications::mail_to(tx, clock, address, template, args, path, key).await
}

/// Lets a request go on whose link could be taken, before it costs work.
///
/// # Errors
/// `token_invalid` when it is unknown, used or expired.
pub async fn require(
    db: &impl ConnectionTrait,
    purpose: Purpose,
    presented: &str,
    now: Timestamp,
) -> ApiResult<()> {
    find(db, purpose, &secret_token::digest(presented), now).await.map(|_| ())
}

async fn find(
    db: &impl ConnectionTrait,
    purpose: Purpose,
    digest: &str,
    now: Timestamp,
) -> ApiResult<mail_token::Model> {
    let found = mail_token::Entity::find_by_id(digest.to_owned())
        .filter(mail_token::Column::Purpose.eq(purpose.as_str()))
        .filter(mail_token::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    Ok(found.ok_or(ProblemCode::TokenInvalid)?)
}

/// Takes a link out of circulation, with all others of the same purpose and account.
///
/// # Errors
/// `token_invalid` when it is unknown, used or expired.
pub async fn take(
    tx: &impl ConnectionTrait,
    purpose: Purpose,
    presented: &str,
    now: Timestamp,
) -> ApiResult<Taken> {
    let digest = secret_token::digest(presented);
    let found = find(tx, purpose, &digest, now).await?;
    // Of two that present the same link at once, one deletes it.
    let deleted = mail_token::Entity::delete_by_id(digest).exec(tx).await?;
    if deleted.rows_affected == 0 {
        return Err(ProblemCode::TokenInvalid.into());
    }
    mail_token::Entity::delete_many()
        .filter(mail_token::Column::AccountId.eq(found.account_id))
        .filter(mail_token::Column::Purpose.eq(purpose.as_str()))
        .exec(tx)
        .await?;
    let registered = found
        .password_hash
        .map(PasswordHash::from_kept)
        .zip(found.display_name)
        .map(|(password, display_name)| Registered { password, display_name });
    Ok(Taken { account: AccountId(found.account_id), registered })
}

/// A mail that was asked for by typing an address.
#[derive(Serialize, Deserialize)]
struct MailRequested {
    email: String,
    purpose: Purpose,
}

/// Notes the wish for a mail; whether there is an account is looked up after the answer.
///
/// # Errors
/// Failures of the database.
pub async fn request(state: &AppState, purpose: Purpose, email: &str) -> ApiResult<()> {
    let wish = MailRequested { email: email.to_owned(), purpose };
    let key = state.clock.new_id::<Uuid>().to_string();
    let push = Push::new(MAIL_REQUESTED, key, &wish)?;
    transaction::write(&state.db, async |tx| outbox::push(tx, &state.clock, [push.clone()]).await)
        .await
}

/// The outbox topics of this slice.
#[must_use]
pub fn topics() -> Vec<Topic> {
    vec![Topic { name: MAIL_REQUESTED, handler: |state, message| Box::pin(answer(state, message)) }]
}

async fn answer(state: AppState, message: Message) -> ApiResult<()> {
    let wish: MailRequested = message.read()?;
    transaction::write(&state.db, async |tx| {
        let Some(found) = store::credentials(tx, &wish.email).await? else {
            return Ok(());
        };
        let is_pointless = match wish.purpose {
            Purpose::VerifyEmail => found.is_verified,
            Purpose::ResetPassword => false,
        };
        if found.is_suspended || is_pointless {
            return Ok(());
        }
        // Two wishes delivered at the same moment must not both find that no mail was sent.
        store::lock(tx, found.id).await?;
        if was_just_sent(tx, &state, &wish, found.id).await? {
            return Ok(());
        }
        send(tx, &state.clock, &state.config.accounts, wish.purpose, &found.contact, None).await
    })
    .await
}

async fn was_just_sent(
    tx: &impl ConnectionTrait,
    state: &AppState,
    wish: &MailRequested,
    account: AccountId,
) -> ApiResult<bool> {
    let lifetime = wish.purpose.lifetime(&state.config.accounts);
    let recent = mail_token::Entity::find()
        .filter(mail_token::Column::AccountId.eq(account.0))
        .filter(mail_token::Column::Purpose.eq(wish.purpose.as_str()))
        .filter(mail_token::Column::ExpiresAt.gt(state.clock.now() + lifetime - REST_BETWEEN_MAILS))
        .count(tx)
        .await?;
    Ok(recent > 0)
}

/// Deletes expired links.
///
/// # Errors
/// Failures of the database.
pub async fn purge(tx: &impl ConnectionTrait, now: Timestamp) -> ApiResult<()> {
    mail_token::Entity::delete_many()
        .filter(mail_token::Column::ExpiresAt.lte(now))
        .exec(tx)
        .await?;
    Ok(())
}
