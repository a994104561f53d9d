//! Accounts as others see them: the list of administrators, the people for panels; suspending.

use nq57_platform::access::Permit;
use nq57_platform::error::ApiResult;
use nq57_platform::http::PageQuery;
use nq57_platform::persistence::keyset::Keyset;
use nq57_platform::persistence::search;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::{Reach, Role, RoleGrant};
use nq57_shared::accounts::{AccountSummary, Grant, PanelCandidate};
use nq57_shared::ids::{AccountId, OrganisationId};
use nq57_shared::page::Page;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryTrait, Select};

use super::table::{account, grant};
use super::{grants, sessions, store};
use crate::identity::organisations;

/// Which accounts are looked for.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Sought {
    /// Every word must occur in name or address, with or without diacritics.
    pub q: Option<String>,
    /// Holds one of these roles today; empty means any account.
    pub roles: Vec<Role>,
}

/// The page of accounts that was asked for, by name.
///
/// # Errors
/// 400 for a wrong limit or cursor; failures of the database.
pub async fn seek(
    state: &AppState,
    sought: &Sought,
    page: &PageQuery,
) -> ApiResult<Page<AccountSummary>> {
    let order = Keyset::new(sought)?
        .ascending(Expr::col((account::Entity, account::Column::Folded)))
        .ascending(Expr::col((account::Entity, account::Column::Id)));
    let paging = page.of(state, order)?;
    let found = found(sought, state.clock.now());
    let total = paging.total(&state.db, found.as_query()).await?;
    let rows = paging.apply(found).all(&state.db).await?;
    let (rows, next_cursor) =
        paging.cut(rows, |row| vec![row.folded.clone().into(), row.id.into()])?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
    let mut grants = grants::held_by(&state.db, &ids, state.clock.now()).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let grants = grants.remove(&row.id).unwrap_or_default();
            to_summary(row, grants)
        })
        .collect();
    Ok(Page { items, next_cursor, total })
}

/// One account as administrators see it.
///
/// # Errors
/// 404 when there is none.
pub async fn summary_of(
    db: &impl ConnectionTrait,
    id: AccountId,
    now: Timestamp,
) -> ApiResult<AccountSummary> {
    let row = store::row(db, id).await?;
    let grants = grants::held_by(db, &[id], now).await?.remove(&id).unwrap_or_default();
    Ok(to_summary(row, grants))
}

fn to_summary(row: account::Model, grants: Vec<Grant>) -> AccountSummary {
    AccountSummary {
        id: row.id,
        email: row.email,
        email_verified: row.email_verified_at.is_some(),
        display_name: row.display_name,
        is_suspended: row.suspended_at.is_some(),
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        grants,
        revision: row.revision.cast_unsigned(),
    }
}

/// The page of people who can sit on a panel, by name. `limits` are those of whoever chooses: only who
/// could judge something within one of them is there; `reach` is what their organisations include. No part of an
/// address is searched or sorted by.
///
/// # Errors
/// 400 for a wrong limit or cursor; failures of the database.
pub async fn panel_candidates(
    state: &AppState,
    q: Option<String>,
    (limits, reach): (&[&RoleGrant], &Reach),
    page: &PageQuery,
) -> ApiResult<Page<PanelCandidate>> {
    let (db, now) = (&state.db, state.clock.now());
    let eligible = [Role::Evaluator, Role::PanelChair];
    let order = Keyset::new(&("panel candidates", &q, limits))?
        .ascending(Expr::col((account::Entity, account::Column::NameFolded)))
        .ascending(Expr::col((account::Entity, account::Column::Id)));
    let paging = page.of(state, order)?;
    let units: Vec<OrganisationId> = limits.iter().filter_map(|one| one.organisation_id).collect();
    let above = organisations::above(db, &units).await?;
    let within =
        limits.iter().fold(Condition::any(), |any, limit| any.add(meets(limit, reach, &above)));
    let mut query = account::Entity::find()
        .filter(account::Column::SuspendedAt.is_null())
        .filter(holds_one(&eligible, now, within));
    if let Some(q) = &q {
        query = query.filter(search::has_words(&folded(account::Column::NameFolded), q));
    }
    let total = paging.total(db, query.as_query()).await?;
    let rows = paging.apply(query).all(db).await?;
    let (rows, next_cursor) =
        paging.cut(rows, |row| vec![row.name_folded.clone().into(), row.id.into()])?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
    let grants = grants::of_accounts(db, &ids, now).await?;
    let memberships = organisations::memberships_of_all(db, &ids).await?;
    let to_candidate = |row: account::Model| {
        let id = row.id;
        let held = grants.get(&id).map(Vec::as_slice).unwrap_or_default();
        let belongs = memberships.get(&id).map(Vec::as_slice).unwrap_or_default();
        PanelCandidate {
            id,
            display_name: row.display_name,
            organisations: belongs.iter().map(|one| one.organisation_name.clone()).collect(),
            roles: eligible
                .into_iter()
                .filter(|role| held.iter().any(|grant| grant.role.role == *role))
                .collect(),
        }
    };
    Ok(Page { items: rows.into_iter().map(to_candidate).collect(), next_cursor, total })
}

/// Whether a grant and this one can be about the same thing: one includes the other.
fn meets(limit: &RoleGrant, reach: &Reach, above: &[OrganisationId]) -> Condition {
    let mut all = Condition::all().add(Expr::value(true));
    if let Some(province) = &limit.province_code {
        let column = grant::Column::ProvinceCode;
        all = all.add(column.is_null().or(column.eq(province.as_str())));
    }
    if let Some(organisation) = limit.organisation_id {
        let column = grant::Column::OrganisationId;
        let alike = reach.of(organisation).chain(above.iter().copied());
        all = all.add(column.is_null().or(column.is_in(alike)));
    }
    all
}

/// Whether one of these roles is held today, by a grant that is so besides.
fn holds_one(roles: &[Role], now: Timestamp, besides: Condition) -> SimpleExpr {
    let holders = Query::select()
        .column(grant::Column::AccountId)
        .from(grant::Entity)
        .cond_where(grant::Column::Role.is_in(roles.iter().copied()))
        .cond_where(grants::in_force_now(now))
        .cond_where(besides)
        .take();
    account::Column::Id.in_subquery(holders)
}

fn found(sought: &Sought, now: Timestamp) -> Select<account::Entity> {
    let mut query = account::Entity::find();
    if let Some(q) = &sought.q {
        query = query.filter(search::has_words(&folded(account::Column::Folded), q));
    }
    if !sought.roles.is_empty() {
        let any = Condition::all().add(Expr::value(true));
        query = query.filter(holds_one(&sought.roles, now, any));
    }
    query
}

fn folded(column: account::Column) -> Expr {
    Expr::col((account::Entity, column))
}

/// Suspends the account of this revision, which ends its sessions, or reinstates it.
///
/// # Errors
/// 412 when somebody has written since, `last_administrator` when nobody else could give roles.
pub async fn suspend(
    tx: &Tx,
    permit: Permit<AccountSummary>,
    before: &AccountSummary,
    is_suspended: bool,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(before.id)?;
    grants::hold_administrators(tx).await?;
    let since = is_suspended.then_some(now);
    let written = account::Entity::update_many()
        .col_expr(account::Column::SuspendedAt, Expr::value(since))
        .col_expr(account::Column::Revision, Expr::col(account::Column::Revision).add(1))
        .filter(account::Column::Id.eq(before.id))
        .filter(account::Column::Revision.eq(before.revision.cast_signed()))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        return Err(ProblemCode::StaleRevision.into());
    }
    if is_suspended {
        sessions::revoke_all(tx, before.id, None, now).await?;
        if before.grants.iter().any(|grant| grant.role.role == Role::Administrator) {
            grants::require_an_administrator(tx, now).await?;
        }
    }
    Ok(())
}
