//! Sessions and their refresh tokens: opening, rotating, revoking. A session is the family of its
//! refresh tokens; a token that comes back after its time ends the family.

use chrono::Duration;
use nq57_platform::clock::Clock;
use nq57_platform::config;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::accounts::Session;
use nq57_shared::ids::{AccountId, SessionId};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};

use super::secret_token::{self, SecretToken};
use super::store;
use super::table::{account, refresh_token, session};

/// Most characters kept of what the browser calls itself.
const USER_AGENT_MAX: usize = 200;

/// From where somebody signs in, for the list of sessions.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub user_agent: String,
    pub address: String,
}

/// A session with the refresh token that continues it.
pub struct OpenSession {
    pub id: SessionId,
    pub account: AccountId,
    pub refresh: SecretToken,
}

/// What became of a presented refresh token.
pub enum Refreshed {
    /// It was the current one: here is the next.
    Rotated(OpenSession),
    /// It was used moments ago, by another tab: the session goes on, the next token is with that tab.
    InGrace { id: SessionId, account: AccountId },
    /// It was used before: the session has been revoked. Commit, then answer as ended.
    Reused { id: SessionId, account: AccountId },
    /// Unknown, expired or revoked.
    Ended,
}

/// Opens a session for somebody who has proved who they are.
///
/// # Errors
/// Failures of the database.
pub async fn open(
    tx: &Tx,
    clock: &Clock,
    config: &config::Accounts,
    account: AccountId,
    device: &Device,
) -> ApiResult<OpenSession> {
    let now = clock.now();
    let id: SessionId = clock.new_id();
    let row = session::ActiveModel {
        id: Set(id),
        account_id: Set(account),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(end_of_session(config, now, now)),
        revoked_at: Set(None),
        user_agent: Set(device.user_agent.chars().take(USER_AGENT_MAX).collect()),
        address: Set(device.address.clone()),
    };
    session::Entity::insert(row).exec_without_returning(tx).await?;
    store::seen(tx, account, now).await?;
    let refresh = issue(tx, id, now).await?;
    Ok(OpenSession { id, account, refresh })
}

/// Without further use. However often it is used, it ends `session_days` after it began.
fn end_of_session(config: &config::Accounts, began: Timestamp, now: Timestamp) -> Timestamp {
    let unused = now + Duration::days(config.refresh_days);
    unused.min(began + Duration::days(config.session_days))
}

async fn issue(tx: &Tx, session: SessionId, now: Timestamp) -> ApiResult<SecretToken> {
    let token = SecretToken::new()?;
    let row = refresh_token::ActiveModel {
        digest: Set(token.digest()),
        session_id: Set(session),
        issued_at: Set(now),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(token)
}

/// Takes a presented refresh token and, when it is the current one, replaces it.
///
/// # Errors
/// Failures of the database.
pub async fn refresh(
    tx: &Tx,
    clock: &Clock,
    config: &config::Accounts,
    presented: &str,
) -> ApiResult<Refreshed> {
    let now = clock.now();
    let digest = secret_token::digest(presented);
    let Some(session) = live_session(tx, &digest, now).await? else {
        return Ok(Refreshed::Ended);
    };
    let (id, account) = (session.id, session.account_id);
    // The condition decides which of two that arrive together is the first.
    let taken = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
        .filter(refresh_token::Column::Digest.eq(digest.as_str()))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    if taken.rows_affected == 1 {
        session::Entity::update_many()
            .col_expr(session::Column::LastUsedAt, Expr::value(now))
            .col_expr(
                session::Column::ExpiresAt,
                Expr::value(end_of_session(config, session.created_at, now)),
            )
            .filter(session::Column::Id.eq(id))
            .exec(tx)
            .await?;
        store::seen(tx, account, now).await?;
        let refresh = issue(tx, id, now).await?;
        return Ok(Refreshed::Rotated(OpenSession { id, account, refresh }));
    }
    let used_at = refresh_token::Entity::find_by_id(digest).one(tx).await?.and_then(|t| t.used_at);
    let grace = Duration::seconds(config.refresh_grace_seconds);
    if used_at.is_some_and(|used_at| now - used_at <= grace) {
        return Ok(Refreshed::InGrace { id, account });
    }
    revoke(tx, account, id, now).await?;
    Ok(Refreshed::Reused { id, account })
}

async fn live_session(
    db: &impl ConnectionTrait,
    digest: &str,
    now: Timestamp,
) -> ApiResult<Option<session::Model>> {
    let Some(token) = refresh_token::Entity::find_by_id(digest.to_owned()).one(db).await? else {
        return Ok(None);
    };
    let found = session::Entity::find_by_id(token.session_id)
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .find_also_related(account::Entity)
        .one(db)
        .await?;
    Ok(found.and_then(|(session, account)| {
        account.is_some_and(|account| account.suspended_at.is_none()).then_some(session)
    }))
}

/// The live session that a refresh token belongs to, used or not: for logging out.
///
/// # Errors
/// Failures of the database.
pub async fn of_refresh_token(
    db: &impl ConnectionTrait,
    presented: &str,
    now: Timestamp,
) -> ApiResult<Option<(AccountId, SessionId)>> {
    let session = live_session(db, &secret_token::digest(presented), now).await?;
    Ok(session.map(|session| (session.account_id, session.id)))
}

/// Ends one session of the account; false when there is no such live session.
///
/// # Errors
/// Failures of the database.
pub async fn revoke(tx: &Tx, account: AccountId, id: SessionId, now: Timestamp) -> ApiResult<bool> {
    let ended = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::AccountId.eq(account))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .exec(tx)
        .await?;
    Ok(ended.rows_affected > 0)
}

/// Ends all sessions of the account, perhaps but one.
///
/// # Errors
/// Failures of the database.
pub async fn revoke_all(
    tx: &Tx,
    account: AccountId,
    but: Option<SessionId>,
    now: Timestamp,
) -> ApiResult<u64> {
    let mut ended = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::AccountId.eq(account))
        .filter(session::Column::RevokedAt.is_null());
    if let Some(kept) = but {
        ended = ended.filter(session::Column::Id.ne(kept));
    }
    Ok(ended.exec(tx).await?.rows_affected)
}

/// The live sessions of the account, last used first.
///
/// # Errors
/// Failures of the database.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    current: SessionId,
    now: Timestamp,
) -> ApiResult<Vec<Session>> {
    let rows = session::Entity::find()
        .filter(session::Column::AccountId.eq(account))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .order_by_desc(session::Column::LastUsedAt)
        .order_by_desc(session::Column::Id)
        .all(db)
        .await?;
    let to_session = |row: session::Model| Session {
        id: row.id,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
        user_agent: row.user_agent,
        address: row.address,
        is_current: row.id == current,
    };
    Ok(rows.into_iter().map(to_session).collect())
}

/// Deletes sessions that are long over, and used tokens whose reuse would mean nothing any more.
///
/// # Errors
/// Failures of the database.
pub async fn purge(tx: &Tx, config: &config::Accounts, now: Timestamp) -> ApiResult<()> {
    session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(now)).exec(tx).await?;
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::UsedAt.is_not_null())
        .filter(refresh_token::Column::IssuedAt.lt(now - Duration::days(config.refresh_days)))
        .exec(tx)
        .await?;
    Ok(())
}
