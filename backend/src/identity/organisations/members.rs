//! Members of an organisation: who they are, who manages, who leaves.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, delete, get};
use nq57_platform::access::{Permit, allow, permit};
use nq57_platform::audit::{self, Entry};
use nq57_platform::casework;
use nq57_platform::clock::Clock;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::{Caller, FromPath, SignedIn};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::persistence::values::values;
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::access::policy::organisations::{OrganisationAction, OrganisationSubject, may};
use nq57_shared::ids::{AccountId, OrganisationId};
use nq57_shared::organisations::Member;
use nq57_shared::page::Page;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{OnConflict, Query as Select, SelectStatement, UnionType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::store;
use super::table::{departure, membership};
use crate::identity::accounts;

/// Makes somebody a member, or changes whether a member manages.
///
/// # Errors
/// Failures of the database, among them an unknown account or organisation.
pub async fn add_member(
    tx: &Tx,
    clock: &Clock,
    organisation: OrganisationId,
    account: AccountId,
    is_manager: bool,
) -> ApiResult<()> {
    let row = membership::ActiveModel {
        organisation_id: Set(organisation),
        account_id: Set(account),
        is_manager: Set(is_manager),
        joined_at: Set(clock.now()),
    };
    membership::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([
                membership::Column::OrganisationId,
                membership::Column::AccountId,
            ])
            .update_column(membership::Column::IsManager)
            .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// What the policy needs to know of this organisation and this caller.
///
/// # Errors
/// Failures of the database.
pub async fn subject(
    db: &impl ConnectionTrait,
    caller: &Caller,
    organisation: OrganisationId,
) -> ApiResult<OrganisationSubject> {
    let caller_is_manager = is_manager(db, caller.actor(), organisation).await?;
    Ok(OrganisationSubject { id: Some(organisation), caller_is_manager })
}

/// Whether the actor manages the organisation.
///
/// # Errors
/// Failures of the database.
pub async fn is_manager(
    db: &impl ConnectionTrait,
    actor: &Actor,
    organisation: OrganisationId,
) -> ApiResult<bool> {
    let Some(account) = actor.account_id() else { return Ok(false) };
    let row = membership::Entity::find_by_id((organisation, account)).one(db).await?;
    Ok(row.is_some_and(|row| row.is_manager))
}

/// The accounts that answer requests to join.
///
/// # Errors
/// Failures of the database.
pub async fn managers_of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> ApiResult<Vec<AccountId>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(organisation))
        .filter(membership::Column::IsManager.eq(true))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

/// Who belongs to the organisation now, as a query of `account_id`.
pub(super) fn accounts_in(organisation: OrganisationId) -> SelectStatement {
    Select::select()
        .column(membership::Column::AccountId)
        .from(membership::Entity)
        .and_where(membership::Column::OrganisationId.eq(organisation))
        .take()
}

pub(super) async fn is_member(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    account: AccountId,
) -> ApiResult<bool> {
    let row = membership::Entity::find_by_id((organisation, account)).one(db).await?;
    Ok(row.is_some())
}

/// List the members of an organisation.
///
/// For its managers and for administrators; by the day of joining, always one page.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(("id" = OrganisationId, Path, description = "The organisation")),
    responses((status = 200, description = "The members", body = Page<Member>)),
)]
#[get("/organisations/{id}/members")]
pub async fn list_members(
    state: AppState,
    caller: SignedIn,
    FromPath(id): FromPath<OrganisationId>,
) -> ApiResult<HttpResponse> {
    store::find(&state.db, id).await?;
    let subject = subject(&state.db, &caller, id).await?;
    allow(may(caller.actor(), OrganisationAction::ManageMembers, subject))?;
    let items = members_of(&state.db, id).await?;
    Ok(HttpResponse::Ok().json(Page { items, next_cursor: None, total: None }))
}

async fn members_of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> ApiResult<Vec<Member>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(organisation))
        .order_by_asc(membership::Column::JoinedAt)
        .order_by_asc(membership::Column::AccountId)
        .all(db)
        .await?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let people: HashMap<AccountId, _> =
        accounts::people(db, &ids).await?.into_iter().map(|person| (person.id, person)).collect();
    let to_member = |row: membership::Model| {
        let person = people.get(&row.account_id)?;
        Some(Member {
            account_id: person.id,
            display_name: person.display_name.clone(),
            email: person.email.clone(),
            is_manager: row.is_manager,
            joined_at: row.joined_at,
        })
    };
    Ok(rows.into_iter().filter_map(to_member).collect())
}

/// Remove a member.
///
/// By a manager or an administrator; everybody may leave. An organisation may be left without a
/// manager: administrators then answer its requests.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(
        ("id" = OrganisationId, Path, description = "The organisation"),
        ("account_id" = AccountId, Path, description = "The member"),
    ),
    responses((status = 204, description = "Not a member any more")),
)]
#[delete("/organisations/{id}/members/{account_id}")]
pub async fn remove_member(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath((id, account)): FromPath<(OrganisationId, AccountId)>,
) -> ApiResult<HttpResponse> {
    let action = if account == caller.account_id() {
        OrganisationAction::Leave
    } else {
        OrganisationAction::ManageMembers
    };
    transaction::write(&state.db, async |tx| {
        store::find(tx, id).await?;
        let subject = subject(tx, &caller, id).await?;
        let permit = permit(may(caller.actor(), action, subject))?;
        remove(tx, &state.clock, permit, id, account).await?;
        state.callers.forget_account(tx, account);
        let entry = Entry::by(caller.actor(), "organisation.member_removed");
        let entry = entry.on("organisation", id.0).with("account", account.to_string());
        audit::record(tx, &state.clock, entry.during(&request)).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn remove(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Member>,
    organisation: OrganisationId,
    account: AccountId,
) -> ApiResult<()> {
    permit.covers(organisation)?;
    let removed = membership::Entity::delete_by_id((organisation, account)).exec(tx).await?;
    if removed.rows_affected == 0 {
        return Err(ApiError::not_found());
    }
    let fact = departure::ActiveModel {
        organisation_id: Set(organisation),
        account_id: Set(account),
        left_at: Set(clock.now()),
    };
    let again = OnConflict::new().do_nothing().to_owned();
    departure::Entity::insert(fact).on_conflict(again).exec_without_returning(tx).await?;
    casework::add_side_of(tx, clock.now(), organisation, account).await
}

/// Who belongs to the organisation now, or did at or after this instant, as a query of `account_id`.
#[must_use]
pub fn side(organisation: OrganisationId, since: Timestamp) -> SelectStatement {
    let departed = Select::select()
        .column(departure::Column::AccountId)
        .from(departure::Entity)
        .and_where(departure::Column::OrganisationId.eq(organisation))
        .and_where(departure::Column::LeftAt.gte(since))
        .take();
    accounts_in(organisation).union(UnionType::Distinct, departed).take()
}

/// The same, read by one query.
///
/// # Errors
/// Failures of the database.
pub async fn side_since(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    since: Timestamp,
) -> ApiResult<Vec<AccountId>> {
    values(db, &side(organisation, since)).await
}

/// Who belonged to the organisation at or after this instant and does not any more.
///
/// # Errors
/// Failures of the database.
pub async fn departed_since(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    since: Timestamp,
) -> ApiResult<Vec<AccountId>> {
    Ok(departure::Entity::find()
        .select_only()
        .column(departure::Column::AccountId)
        .filter(departure::Column::OrganisationId.eq(organisation))
        .filter(departure::Column::LeftAt.gte(since))
        .into_tuple()
        .all(db)
        .await?)
}
