//! Roles given to accounts: giving, revoking, which are in force. Keeps at least one administrator.

use std::collections::HashMap;

use chrono::NaiveDate;
use nq57_platform::access::Permit;
use nq57_platform::clock::Clock;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::bounded;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::accounts::Grant;
use nq57_shared::ids::{AccountId, GrantId, OrganisationId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::{Timestamp, vietnam_date};
use sea_orm::sea_query::{Condition, DynIden, Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use super::store;
use super::table::{account, grant};
use crate::identity::organisations;

/// Gives a role without asking: for the first account, demonstrations and tests. Administrators come
/// through [`give`].
///
/// # Errors
/// Failures of the database, among them an unknown account or organisation.
pub async fn give_role(
    tx: &Tx,
    clock: &Clock,
    account: AccountId,
    role: &RoleGrant,
    expires_on: Option<NaiveDate>,
) -> ApiResult<GrantId> {
    insert(tx, clock, account, role, expires_on, None).await
}

/// Gives a role on behalf of an administrator. The same role with the same limits is not given twice, nor one
/// that excludes another.
///
/// # Errors
/// `already_exists` when there is such a grant, `roles_exclude` when one excludes it.
pub async fn give(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Grant>,
    account: AccountId,
    role: &RoleGrant,
    expires_on: Option<NaiveDate>,
    by: Option<AccountId>,
) -> ApiResult<GrantId> {
    permit.covers(account)?;
    // The account's row is the gate: two administrators who click at once do not both find nothing.
    store::lock(tx, account).await?;
    // Also those of an organisation that does not exist today: it may again.
    let held: Vec<RoleGrant> = grant::Entity::find()
        .filter(grant::Column::AccountId.eq(account))
        .filter(not_over(clock.now()))
        .all(tx)
        .await?
        .into_iter()
        .map(role_grant)
        .collect();
    if held.contains(role) {
        return Err(ProblemCode::AlreadyExists.into());
    }
    if held.iter().any(|grant| grant.role.excludes(role.role)) {
        return Err(ProblemCode::RolesExclude.into());
    }
    insert(tx, clock, account, role, expires_on, by).await
}

async fn insert(
    tx: &Tx,
    clock: &Clock,
    account: AccountId,
    role: &RoleGrant,
    expires_on: Option<NaiveDate>,
    by: Option<AccountId>,
) -> ApiResult<GrantId> {
    let id: GrantId = clock.new_id();
    let row = grant::ActiveModel {
        id: Set(id),
        account_id: Set(account),
        role: Set(role.role),
        organisation_id: Set(role.organisation_id),
        province_code: Set(role.province_code.clone()),
        granted_at: Set(clock.now()),
        granted_by: Set(by),
        expires_on: Set(expires_on),
        revoked_at: Set(None),
    };
    grant::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// Revokes a grant of the account and returns what it was.
///
/// # Errors
/// 404 when the account has no such grant, `last_administrator` when nobody else is left.
pub async fn revoke(
    tx: &Tx,
    permit: Permit<Grant>,
    account: AccountId,
    id: GrantId,
    now: Timestamp,
) -> ApiResult<RoleGrant> {
    permit.covers(account)?;
    hold_administrators(tx).await?;
    let row = grant::Entity::find_by_id(id)
        .filter(grant::Column::AccountId.eq(account))
        .filter(not_over(now))
        .one(tx)
        .await?
        .ok_or_else(ApiError::not_found)?;
    let role = role_grant(row);
    grant::Entity::update_many()
        .col_expr(grant::Column::RevokedAt, Expr::value(now))
        .filter(grant::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if role.role == Role::Administrator {
        require_an_administrator(tx, now).await?;
    }
    Ok(role)
}

/// Serialises everything that could take away the last administrator.
pub(super) async fn hold_administrators(tx: &Tx) -> ApiResult<()> {
    grant::Entity::find()
        .filter(grant::Column::Role.eq(Role::Administrator))
        .order_by_asc(grant::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    Ok(())
}

/// Refuses the transaction when it leaves nobody who could give roles again.
pub(super) async fn require_an_administrator(tx: &Tx, now: Timestamp) -> ApiResult<()> {
    if count_administrators(tx, now).await? == 0 {
        return Err(ProblemCode::LastAdministrator.into());
    }
    Ok(())
}

/// Active accounts with an unlimited administrator's grant in force.
///
/// # Errors
/// Failures of the database.
pub async fn count_administrators(db: &impl ConnectionTrait, now: Timestamp) -> ApiResult<u64> {
    Ok(grant::Entity::find()
        .join(JoinType::InnerJoin, grant::Relation::Account.def())
        .filter(grant::Column::Role.eq(Role::Administrator))
        .filter(grant::Column::OrganisationId.is_null())
        .filter(grant::Column::ProvinceCode.is_null())
        .filter(account::Column::SuspendedAt.is_null())
        .filter(in_force_now(now))
        .count(db)
        .await?)
}

/// The grants in force of these accounts, oldest first. One query, another one for names of organisations.
///
/// # Errors
/// Failures of the database.
pub async fn of_accounts(
    db: &impl ConnectionTrait,
    accounts: &[AccountId],
    now: Timestamp,
) -> ApiResult<HashMap<AccountId, Vec<Grant>>> {
    those_of(db, accounts, in_force_now(now)).await
}

/// The same with those whose organisation has ended or not begun: whoever may revoke them sees them.
///
/// # Errors
/// Failures of the database.
pub async fn held_by(
    db: &impl ConnectionTrait,
    accounts: &[AccountId],
    now: Timestamp,
) -> ApiResult<HashMap<AccountId, Vec<Grant>>> {
    those_of(db, accounts, not_over(now)).await
}

async fn those_of(
    db: &impl ConnectionTrait,
    accounts: &[AccountId],
    which: Condition,
) -> ApiResult<HashMap<AccountId, Vec<Grant>>> {
    let mut grants: HashMap<AccountId, Vec<Grant>> = HashMap::new();
    let rows = bounded::look_up(accounts.iter().copied(), async |ids| {
        Ok(grant::Entity::find()
            .filter(grant::Column::AccountId.is_in(ids))
            .filter(which.clone())
            .order_by_asc(grant::Column::Id)
            .all(db)
            .await?)
    })
    .await?;
    let limits: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let names = organisations::names(db, &limits).await?;
    for row in rows {
        grants.entry(row.account_id).or_default().push(Grant {
            id: row.id,
            organisation_name: row.organisation_id.and_then(|id| names.get(&id).cloned()),
            granted_at: row.granted_at,
            expires_on: row.expires_on,
            role: role_grant(row),
        });
    }
    Ok(grants)
}

/// A grant as policies read it.
pub(super) fn role_grant(row: grant::Model) -> RoleGrant {
    RoleGrant {
        role: row.role,
        organisation_id: row.organisation_id,
        province_code: row.province_code,
    }
}

/// The condition for a grant in force at this time, on the table itself.
pub(super) fn in_force_now(now: Timestamp) -> Condition {
    let organisation = Expr::col((grant::Entity, grant::Column::OrganisationId));
    let is_out = organisations::is_out_of_force(organisation, vietnam_date(now));
    not_over(now).add(is_out.not())
}

/// The condition for a grant that was neither revoked nor has expired, whatever has become of its organisation.
fn not_over(now: Timestamp) -> Condition {
    Condition::all().add(grant::Column::RevokedAt.is_null()).add(
        Condition::any()
            .add(grant::Column::ExpiresOn.is_null())
            .add(grant::Column::ExpiresOn.gt(vietnam_date(now))),
    )
}

/// In force, on the table under another name.
pub(super) fn in_force(now: Timestamp, table: &DynIden) -> SimpleExpr {
    let column = |column: grant::Column| Expr::col((table.clone(), column));
    let organisation = column(grant::Column::OrganisationId);
    let is_out = organisations::is_out_of_force(organisation, vietnam_date(now));
    column(grant::Column::RevokedAt)
        .is_null()
        .and(
            column(grant::Column::ExpiresOn)
                .is_null()
                .or(column(grant::Column::ExpiresOn).gt(vietnam_date(now))),
        )
        .and(is_out.not())
}
