//! Queries about accounts: rows in, shared types out. Passwords leave it only as `PasswordHash`.

use std::collections::{BTreeSet, HashMap};

use nq57_platform::clock::Clock;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::bounded;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::registry::Contact;
use nq57_shared::access::{AccountActor, Reach, Role, RoleGrant, Scope};
use nq57_shared::accounts::{Account, normalise_email};
use nq57_shared::fold::fold;
use nq57_shared::ids::{AccountId, OrganisationId, SessionId};
use nq57_shared::language::Language;
use nq57_shared::text;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoCondition};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QuerySelect, RelationTrait,
};

use super::grants;
use super::password::PasswordHash;
use super::table::{account, grant, session};
use crate::identity::organisations;

/// An account to be made.
pub struct NewAccount {
    pub email: String,
    pub display_name: String,
    pub language: Language,
    pub password: PasswordHash,
    /// Whether the address is known to belong to the person.
    pub is_verified: bool,
}

/// What signing in needs to know.
pub struct Credentials {
    pub id: AccountId,
    pub password: PasswordHash,
    pub is_suspended: bool,
    pub is_verified: bool,
    pub contact: Contact,
}

/// Makes an account.
///
/// # Errors
/// `already_exists` when the address has one.
pub async fn create(tx: &Tx, clock: &Clock, new: NewAccount) -> ApiResult<AccountId> {
    let now = clock.now();
    let id: AccountId = clock.new_id();
    let email = normalise_email(&new.email);
    let display_name = text::name(&new.display_name);
    let row = account::ActiveModel {
        id: Set(id),
        email_verified_at: Set(new.is_verified.then_some(now)),
        folded: Set(folded(&display_name, &email)),
        name_folded: Set(fold(&display_name)),
        email: Set(email),
        display_name: Set(display_name),
        language: Set(new.language),
        password_hash: Set(new.password.as_kept().to_owned()),
        suspended_at: Set(None),
        created_at: Set(now),
        last_seen_at: Set(None),
        asked_mails: Set(0),
        last_asked_mail_at: Set(None),
        revision: Set(1),
    };
    account::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// What the search of administrators looks into.
pub(super) fn folded(display_name: &str, email: &str) -> String {
    fold(&format!("{display_name} {email}"))
}

/// The account of an address (normalised), with what signing in needs.
///
/// # Errors
/// Failures of the database.
pub async fn credentials(db: &impl ConnectionTrait, email: &str) -> ApiResult<Option<Credentials>> {
    let row = account::Entity::find().filter(account::Column::Email.eq(email)).one(db).await?;
    Ok(row.map(to_credentials))
}

/// The same by id.
///
/// # Errors
/// 404 when there is no such account.
pub async fn credentials_of(db: &impl ConnectionTrait, id: AccountId) -> ApiResult<Credentials> {
    Ok(to_credentials(row(db, id).await?))
}

fn to_credentials(row: account::Model) -> Credentials {
    Credentials {
        id: row.id,
        is_suspended: row.suspended_at.is_some(),
        is_verified: row.email_verified_at.is_some(),
        password: PasswordHash::from_kept(row.password_hash.clone()),
        contact: to_contact(row),
    }
}

fn to_contact(row: account::Model) -> Contact {
    Contact { id: row.id, language: row.language, email: row.email, display_name: row.display_name }
}

pub(super) async fn row(db: &impl ConnectionTrait, id: AccountId) -> ApiResult<account::Model> {
    account::Entity::find_by_id(id).one(db).await?.ok_or_else(ApiError::not_found)
}

/// Whether the account is not suspended and still has this password; held until the transaction ends.
pub(super) async fn still_has(tx: &Tx, id: AccountId, password: &PasswordHash) -> ApiResult<bool> {
    let row = account::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    Ok(row.is_some_and(|row| row.suspended_at.is_none() && row.password_hash == password.as_kept()))
}

/// Holds the account's row until the transaction ends: the gate for what is read before it is written.
///
/// # Errors
/// 404 when there is no such account.
pub(super) async fn lock(tx: &Tx, id: AccountId) -> ApiResult<()> {
    account::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(ApiError::not_found)?;
    Ok(())
}

/// One's own account, with grants in force and memberships.
///
/// # Errors
/// 404 when there is no such account.
pub async fn account_of(
    db: &impl ConnectionTrait,
    id: AccountId,
    now: Timestamp,
) -> ApiResult<Account> {
    let row = row(db, id).await?;
    let grants = grants::of_accounts(db, &[id], now).await?.remove(&id).unwrap_or_default();
    Ok(Account {
        id,
        email: row.email,
        email_verified: row.email_verified_at.is_some(),
        display_name: row.display_name,
        language: row.language,
        grants: grants.into_iter().map(|grant| grant.role).collect(),
        organisations: organisations::memberships_of(db, id).await?,
        revision: row.revision.cast_unsigned(),
    })
}

#[derive(FromQueryResult)]
struct ActorRow {
    account_id: AccountId,
    is_verified: bool,
    role: Option<Role>,
    organisation_id: Option<OrganisationId>,
    province_code: Option<String>,
}

/// Who uses this session, with everything that decisions need; nothing when the session is over or
/// the account suspended. Two queries, a third for what stands below the organisations of grants.
///
/// # Errors
/// Failures of the database.
pub async fn load_actor(
    db: &impl ConnectionTrait,
    session: SessionId,
    now: Timestamp,
) -> ApiResult<Option<AccountActor>> {
    let with_grants = session::Relation::Grant
        .def()
        .on_condition(move |_, grants| grants::in_force(now, &grants).into_condition());
    let rows = session::Entity::find_by_id(session)
        .select_only()
        .column_as(account::Column::Id, "account_id")
        .column_as(account::Column::EmailVerifiedAt.is_not_null(), "is_verified")
        .column(grant::Column::Role)
        .column(grant::Column::OrganisationId)
        .column(grant::Column::ProvinceCode)
        .join(JoinType::InnerJoin, session::Relation::Account.def())
        .join(JoinType::LeftJoin, with_grants)
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(account::Column::SuspendedAt.is_null())
        .into_model::<ActorRow>()
        .all(db)
        .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let id = first.account_id;
    let email_verified = first.is_verified;
    let grants: Vec<RoleGrant> = rows
        .into_iter()
        .filter_map(|row| {
            let (organisation_id, province_code) = (row.organisation_id, row.province_code);
            Some(RoleGrant { role: row.role?, organisation_id, province_code })
        })
        .collect();
    with_reach(db, id, email_verified, grants).await.map(Some)
}

/// The same of an account that is not asking itself; nothing when there is none, or it is suspended.
///
/// # Errors
/// Failures of the database.
pub async fn actor_of(
    db: &impl ConnectionTrait,
    id: AccountId,
    now: Timestamp,
) -> ApiResult<Option<AccountActor>> {
    let found = account::Entity::find_by_id(id).one(db).await?;
    let Some(row) = found.filter(|row| row.suspended_at.is_none()) else {
        return Ok(None);
    };
    let grants = grants::of_accounts(db, &[id], now).await?.remove(&id).unwrap_or_default();
    let grants = grants.into_iter().map(|grant| grant.role).collect();
    with_reach(db, id, row.email_verified_at.is_some(), grants).await.map(Some)
}

async fn with_reach(
    db: &impl ConnectionTrait,
    id: AccountId,
    email_verified: bool,
    grants: Vec<RoleGrant>,
) -> ApiResult<AccountActor> {
    let memberships = organisations::memberships_of(db, id).await?;
    let limits: BTreeSet<OrganisationId> =
        grants.iter().filter_map(|grant| grant.organisation_id).collect();
    let reach = organisations::reach_of(db, &Vec::from_iter(limits)).await?;
    let organisations = memberships.into_iter().map(|one| one.organisation_id).collect();
    Ok(AccountActor { id, email_verified, grants, organisations, reach })
}

/// Display names; unknown ids are left out. One query.
///
/// # Errors
/// Failures of the database.
pub async fn names(
    db: &impl ConnectionTrait,
    ids: &[AccountId],
) -> ApiResult<HashMap<AccountId, String>> {
    let rows = by_ids(db, ids, Condition::all()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.display_name)).collect())
}

/// How to reach these people; suspended accounts and unknown ids are left out. One query.
///
/// # Errors
/// Failures of the database.
pub async fn contacts(db: &impl ConnectionTrait, ids: &[AccountId]) -> ApiResult<Vec<Contact>> {
    let active = account::Column::SuspendedAt.is_null().into_condition();
    Ok(by_ids(db, ids, active).await?.into_iter().map(to_contact).collect())
}

/// The same with suspended accounts: for lists of who belongs somewhere.
///
/// # Errors
/// Failures of the database.
pub async fn people(db: &impl ConnectionTrait, ids: &[AccountId]) -> ApiResult<Vec<Contact>> {
    Ok(by_ids(db, ids, Condition::all()).await?.into_iter().map(to_contact).collect())
}

/// Whether nobody has an account yet.
///
/// # Errors
/// Failures of the database.
pub async fn is_nobody(db: &impl ConnectionTrait) -> ApiResult<bool> {
    Ok(account::Entity::find().one(db).await?.is_none())
}

async fn by_ids(
    db: &impl ConnectionTrait,
    ids: &[AccountId],
    condition: Condition,
) -> ApiResult<Vec<account::Model>> {
    bounded::look_up(ids.iter().copied(), async |ids| {
        Ok(account::Entity::find()
            .filter(account::Column::Id.is_in(ids))
            .filter(condition.clone())
            .all(db)
            .await?)
    })
    .await
}

/// Active accounts that hold the role, in force today, for a thing with this scope.
///
/// # Errors
/// Failures of the database.
pub async fn holders_of(
    db: &impl ConnectionTrait,
    role: Role,
    scope: Scope<'_>,
    now: Timestamp,
) -> ApiResult<Vec<AccountId>> {
    let rows = grant::Entity::find()
        .join(JoinType::InnerJoin, grant::Relation::Account.def())
        .filter(grant::Column::Role.eq(role))
        .filter(account::Column::SuspendedAt.is_null())
        .filter(grants::in_force_now(now))
        .all(db)
        .await?;
    let above = match scope.organisation_id {
        Some(id) => {
            organisations::above(db, &[id]).await?.into_iter().map(|one| (one, id)).collect()
        }
        None => Vec::new(),
    };
    let reach = Reach::new(above);
    let mut holders: Vec<AccountId> = rows
        .into_iter()
        .filter_map(|row| {
            let account = row.account_id;
            grants::role_grant(row).covers(scope, &reach).then_some(account)
        })
        .collect();
    holders.sort_unstable();
    holders.dedup();
    Ok(holders)
}

/// Sets a new password.
pub(super) async fn set_password(tx: &Tx, id: AccountId, password: &PasswordHash) -> ApiResult<()> {
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(password.as_kept()))
        .filter(account::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives the account another name.
pub(super) async fn rename(
    tx: &Tx,
    id: AccountId,
    email: &str,
    display_name: &str,
) -> ApiResult<()> {
    account::Entity::update_many()
        .col_expr(account::Column::DisplayName, Expr::value(display_name))
        .col_expr(account::Column::Folded, Expr::value(folded(display_name, email)))
        .col_expr(account::Column::NameFolded, Expr::value(fold(display_name)))
        .filter(account::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes that the person has proved to read mails to the address; once is enough.
pub(super) async fn mark_verified(tx: &Tx, id: AccountId, now: Timestamp) -> ApiResult<()> {
    account::Entity::update_many()
        .col_expr(account::Column::EmailVerifiedAt, Expr::value(now))
        .col_expr(account::Column::Revision, Expr::col(account::Column::Revision).add(1))
        .filter(account::Column::Id.eq(id))
        .filter(account::Column::EmailVerifiedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes that the person was here.
pub(super) async fn seen(tx: &Tx, id: AccountId, now: Timestamp) -> ApiResult<()> {
    account::Entity::update_many()
        .col_expr(account::Column::LastSeenAt, Expr::value(now))
        .filter(account::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
