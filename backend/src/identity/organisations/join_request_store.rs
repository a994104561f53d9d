//! Queries about requests to join: rows in, shared types out. Writers consume a permit.

use nq57_platform::access::Permit;
use nq57_platform::clock::Clock;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::keyset::{Keyset, Paging};
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::ids::{AccountId, JoinRequestId, OrganisationId};
use nq57_shared::organisations::{JoinRequest, JoinRequestState, Organisation};
use nq57_shared::page::Page;
use nq57_shared::problem::ProblemCode;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryTrait,
};
use serde::Serialize;

use super::table::join_request;
use super::{members, store};
use crate::identity::accounts;

/// Whose requests are listed.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum Whose {
    Organisation(OrganisationId),
    Account(AccountId),
}

/// Enters a request.
///
/// # Errors
/// `already_exists` for a member, and for whoever waits for an answer.
pub async fn ask(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<JoinRequest>,
    organisation: &Organisation,
    account: AccountId,
    message: &str,
) -> ApiResult<JoinRequest> {
    permit.covers(organisation.id)?;
    let pending = join_request::Entity::find()
        .filter(join_request::Column::OrganisationId.eq(organisation.id))
        .filter(join_request::Column::AccountId.eq(account))
        .filter(join_request::Column::State.eq(JoinRequestState::Pending))
        .count(tx)
        .await?;
    if pending > 0 || members::is_member(tx, organisation.id, account).await? {
        return Err(ProblemCode::AlreadyExists.into());
    }
    let id: JoinRequestId = clock.new_id();
    let row = join_request::ActiveModel {
        id: Set(id),
        organisation_id: Set(organisation.id),
        account_id: Set(account),
        message: Set(message.to_owned()),
        state: Set(JoinRequestState::Pending),
        created_at: Set(clock.now()),
        answered_at: Set(None),
        answered_by: Set(None),
    };
    // Two at once: the index of open requests refuses the second.
    join_request::Entity::insert(row).exec_without_returning(tx).await?;
    find(tx, organisation.id, id).await
}

/// Answers a request that is open.
///
/// # Errors
/// `event_not_possible` when somebody has answered since.
pub async fn record_answer(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<JoinRequest>,
    before: &JoinRequest,
    to: JoinRequestState,
    by: AccountId,
) -> ApiResult<()> {
    permit.covers(before.organisation_id)?;
    let written = join_request::Entity::update_many()
        .col_expr(join_request::Column::State, Expr::value(to))
        .col_expr(join_request::Column::AnsweredAt, Expr::value(clock.now()))
        .col_expr(join_request::Column::AnsweredBy, Expr::value(by))
        .filter(join_request::Column::Id.eq(before.id))
        .filter(join_request::Column::State.eq(JoinRequestState::Pending))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        return Err(ProblemCode::EventNotPossible.into());
    }
    Ok(())
}

/// A request to join this organisation.
///
/// # Errors
/// 404 when there is none.
pub async fn find(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    id: JoinRequestId,
) -> ApiResult<JoinRequest> {
    let row = join_request::Entity::find_by_id(id)
        .filter(join_request::Column::OrganisationId.eq(organisation))
        .one(db)
        .await?;
    let found = with_names(db, row.into_iter().collect()).await?;
    found.into_iter().next().ok_or_else(ApiError::not_found)
}

/// Newest first, for a list with this filter.
///
/// # Errors
/// When the filter cannot be written as JSON.
pub fn keyset(filter: &impl Serialize) -> ApiResult<Keyset> {
    let id = Expr::col((join_request::Entity, join_request::Column::Id));
    Ok(Keyset::new(filter)?.descending(id))
}

/// The page that was asked for.
///
/// # Errors
/// Failures of the database.
pub async fn list(
    db: &impl ConnectionTrait,
    whose: Whose,
    state: Option<JoinRequestState>,
    paging: &Paging,
) -> ApiResult<Page<JoinRequest>> {
    let mut query = join_request::Entity::find().filter(match whose {
        Whose::Organisation(id) => join_request::Column::OrganisationId.eq(id),
        Whose::Account(id) => join_request::Column::AccountId.eq(id),
    });
    if let Some(state) = state {
        query = query.filter(join_request::Column::State.eq(state));
    }
    let total = paging.total(db, query.as_query()).await?;
    let rows = paging.apply(query).all(db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| vec![row.id.into()])?;
    Ok(Page { items: with_names(db, rows).await?, next_cursor, total })
}

async fn with_names(
    db: &impl ConnectionTrait,
    rows: Vec<join_request::Model>,
) -> ApiResult<Vec<JoinRequest>> {
    let people: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let places: Vec<OrganisationId> = rows.iter().map(|row| row.organisation_id).collect();
    let people = accounts::names(db, &people).await?;
    let places = store::names(db, &places).await?;
    let to_request = |row: join_request::Model| JoinRequest {
        id: row.id,
        organisation_id: row.organisation_id,
        organisation_name: places.get(&row.organisation_id).cloned().unwrap_or_default(),
        account_id: row.account_id,
        display_name: people.get(&row.account_id).cloned().unwrap_or_default(),
        message: row.message,
        state: row.state,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(to_request).collect())
}
