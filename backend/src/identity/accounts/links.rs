//! One-time links that are mailed: making, taking, and the mails that people ask for by address.
//! Asking does the same work for every address; what exists is found out by the outbox, later.

use chrono::Duration;
use nq57_platform::clock::Clock;
use nq57_platform::config;
use nq57_platform::error::ApiResult;
use nq57_platform::notifications::{self, Address, Notice};
use nq57_platform::outbox::{self, Message, Push, Topic};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::registry::Contact;
use nq57_platform::state::AppState;
use nq57_shared::ids::AccountId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::mail_rest;
use super::notices::{AccountExists, ResetPassword, VerifyEmail};
use super::secret_token::{self, SecretToken};
use super::store;
use super::table::mail_token;

/// Topic of the mails that somebody asked for by typing an address.
const MAIL_REQUESTED: &str = "accounts.mail_requested";
/// A link for a new password lives shorter than one that only verifies.
const RESET_LIFETIME: Duration = Duration::hours(1);

/// The page on which one signs in.
pub const SIGN_IN_PAGE: &str = "/dang-nhap";

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    fn parse(text: &str) -> Option<Self> {
        [Self::VerifyEmail, Self::ResetPassword].into_iter().find(|one| one.as_str() == text)
    }

    fn lifetime(self, config: &config::Accounts) -> Duration {
        match self {
            Self::VerifyEmail => Duration::hours(config.link_hours),
            Self::ResetPassword => RESET_LIFETIME,
        }
    }

    fn notice(self) -> Notice {
        match self {
            Self::VerifyEmail => Notice::new(&VerifyEmail {}),
            Self::ResetPassword => Notice::new(&ResetPassword {}),
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

nq57_shared::stored_as!(Purpose, String, |one| one.as_str().to_owned(), |text| Purpose::parse(
    text
));

/// Makes a link and mails it. An address that nobody has verified gets no name: a stranger typed it.
async fn send(
    tx: &Tx,
    clock: &Clock,
    config: &config::Accounts,
    purpose: Purpose,
    to: &Contact,
) -> ApiResult<()> {
    let token = insert(tx, clock, config, purpose, to.id).await?;
    mail(tx, clock, to, purpose.notice().at(purpose.path(&token))).await
}

async fn insert(
    tx: &Tx,
    clock: &Clock,
    config: &config::Accounts,
    purpose: Purpose,
    account: AccountId,
) -> ApiResult<SecretToken> {
    let token = SecretToken::new()?;
    let row = mail_token::ActiveModel {
        digest: Set(token.digest()),
        account_id: Set(account),
        purpose: Set(purpose),
        expires_at: Set(clock.now() + purpose.lifetime(config)),
    };
    mail_token::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(token)
}

/// Mails somebody about the account itself: not into the inbox, which a stranger might be reading.
///
/// # Errors
/// Failures of the database.
pub async fn mail(tx: &Tx, clock: &Clock, to: &Contact, notice: Notice) -> ApiResult<()> {
    let address =
        Address { email: to.email.clone(), name: to.display_name.clone(), language: to.language };
    notifications::notify(tx, clock, notice.to([address])).await
}

/// A link that somebody presents and that can be used.
pub struct Link {
    pub account: AccountId,
    pub purpose: Purpose,
}

/// What the link is for and whose it is; it stays usable.
///
/// # Errors
/// `token_invalid` when it is unknown, used or expired.
pub async fn find(db: &impl ConnectionTrait, presented: &str, now: Timestamp) -> ApiResult<Link> {
    let row = mail_token::Entity::find_by_id(secret_token::digest(presented))
        .filter(mail_token::Column::ExpiresAt.gt(now))
        .one(db)
        .await?
        .ok_or(ProblemCode::TokenInvalid)?;
    Ok(Link { account: row.account_id, purpose: row.purpose })
}

/// Takes a link out of circulation, with all others of its account.
///
/// # Errors
/// `token_invalid` when it is unknown, used or expired.
pub async fn take(tx: &Tx, presented: &str, now: Timestamp) -> ApiResult<Link> {
    let link = find(tx, presented, now).await?;
    // Of two that present the same link at once, one deletes it.
    let deleted =
        mail_token::Entity::delete_by_id(secret_token::digest(presented)).exec(tx).await?;
    if deleted.rows_affected == 0 {
        return Err(ProblemCode::TokenInvalid.into());
    }
    end_all(tx, link.account).await?;
    Ok(link)
}

/// No link of this account can be used any more.
///
/// # Errors
/// Failures of the database.
pub async fn end_all(tx: &Tx, account: AccountId) -> ApiResult<()> {
    mail_token::Entity::delete_many()
        .filter(mail_token::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    Ok(())
}

/// Why somebody typed an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// To open an account.
    Registration,
    /// To get the link that verifies once more.
    Verification,
    /// To get a link for a new password.
    NewPassword,
}

/// A mail that was asked for by typing an address.
#[derive(Serialize, Deserialize)]
struct MailRequested {
    email: String,
    wish: Wish,
}

/// Notes the wish for a mail; whether there is an account is looked up after the answer.
///
/// # Errors
/// Failures of the database.
pub async fn request(tx: &Tx, clock: &Clock, wish: Wish, email: &str) -> ApiResult<()> {
    let message = MailRequested { email: email.to_owned(), wish };
    let key = clock.new_id::<Uuid>().to_string();
    outbox::push(tx, clock, [Push::new(MAIL_REQUESTED, key, &message)?]).await
}

/// The outbox topics of this slice.
pub(super) const TOPICS: &[Topic] =
    &[Topic { name: MAIL_REQUESTED, handler: |state, message| Box::pin(answer(state, message)) }];

/// For an address that nobody has verified: the name is a stranger's word.
fn nameless(contact: Contact) -> Contact {
    Contact { display_name: String::new(), ..contact }
}

async fn answer(state: AppState, message: Message) -> ApiResult<()> {
    let asked: MailRequested = message.read()?;
    let (clock, config) = (&state.clock, &state.config.accounts);
    transaction::write(&state.db, async |tx| {
        let Some(found) = store::credentials(tx, &asked.email).await? else {
            return Ok(());
        };
        if found.is_suspended {
            return Ok(());
        }
        // Whatever was asked for: an address that nobody has verified gets the link that verifies.
        let purpose = match (found.is_verified, asked.wish) {
            (false, _) => Purpose::VerifyEmail,
            (true, Wish::Registration | Wish::NewPassword) => Purpose::ResetPassword,
            (true, Wish::Verification) => return Ok(()),
        };
        let longest = purpose.lifetime(config);
        if !mail_rest::begin(tx, found.id, longest, clock.now()).await? {
            return Ok(());
        }
        if found.is_verified && asked.wish == Wish::Registration {
            // It counts among the mails with a link, hence it has one: the owner who has just asked for a
            // new password finds it in whichever mail came.
            let token = insert(tx, clock, config, purpose, found.id).await?;
            let path = purpose.path(&token);
            return mail(tx, clock, &found.contact, Notice::new(&AccountExists {}).at(path)).await;
        }
        let to = if found.is_verified { found.contact } else { nameless(found.contact) };
        send(tx, clock, config, purpose, &to).await
    })
    .await
}

/// Deletes expired links.
///
/// # Errors
/// Failures of the database.
pub async fn purge(tx: &Tx, now: Timestamp) -> ApiResult<()> {
    mail_token::Entity::delete_many()
        .filter(mail_token::Column::ExpiresAt.lte(now))
        .exec(tx)
        .await?;
    Ok(())
}
