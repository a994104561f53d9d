//! Queries about organisations: rows in, shared types out. Writers consume a permit.

use std::collections::HashMap;

use chrono::NaiveDate;
use nq57_platform::access::Permit;
use nq57_platform::clock::Clock;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::bounded;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::reference::Snapshot;
use nq57_shared::accounts::Membership;
use nq57_shared::fold::fold;
use nq57_shared::ids::{AccountId, OrganisationId};
use nq57_shared::organisations::{Organisation, OrganisationDraft, OrganisationName};
use nq57_shared::problem::{FieldCode, ProblemCode};
use nq57_shared::time::Timestamp;
use nq57_shared::validate::Violations;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query as Select};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    UpdateMany,
};

use serde_json::{Map, Value, json};

use super::table::{membership, organisation};
use super::{feed, tree};

/// Enters an organisation without asking: for demonstrations and tests, and after [`enter`] was
/// permitted. A founder becomes its manager.
///
/// # Errors
/// `already_exists` when the tax code or the code is known.
pub async fn create(
    tx: &Tx,
    clock: &Clock,
    draft: &OrganisationDraft,
    founder: Option<AccountId>,
) -> ApiResult<OrganisationId> {
    let id: OrganisationId = clock.new_id();
    let row = organisation::ActiveModel {
        id: Set(id),
        name: Set(draft.name.clone()),
        folded: Set(folded(draft)),
        kind: Set(draft.kind),
        tax_code: Set(draft.tax_code.clone()),
        province_code: Set(draft.province_code.clone()),
        code: Set(draft.code.clone()),
        parent_id: Set(draft.parent_id),
        valid_from: Set(draft.valid_from),
        valid_to: Set(draft.valid_to),
        verified_at: Set(None),
        created_at: Set(clock.now()),
        revision: Set(1),
    };
    let row = organisation::Entity::insert(row).exec_with_returning(tx).await?;
    feed::put(tx, clock.now(), row).await?;
    if let Some(founder) = founder {
        super::members::add_member(tx, clock, id, founder, true).await?;
    }
    Ok(id)
}

/// Enters an organisation on behalf of its founder.
///
/// # Errors
/// `already_exists` when the tax code or the code is known.
pub async fn enter(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Organisation>,
    draft: &OrganisationDraft,
    founder: AccountId,
) -> ApiResult<OrganisationId> {
    permit.covers_new()?;
    create(tx, clock, draft, Some(founder)).await
}

fn folded(draft: &OrganisationDraft) -> String {
    let codes = [&draft.tax_code, &draft.code].into_iter().flatten();
    let words: Vec<&str> = std::iter::once(&draft.name).chain(codes).map(String::as_str).collect();
    fold(&words.join(" "))
}

/// Refuses what only the server can know to be wrong: an unknown province; something above that is unknown, has
/// ended, stands below or makes the tree too deep. Whoever changes what is above holds the gate of the tree.
///
/// # Errors
/// `validation_failed` with the place.
pub async fn check_references(
    db: &impl ConnectionTrait,
    reference: &Snapshot,
    draft: &OrganisationDraft,
    before: Option<&Organisation>,
    today: NaiveDate,
) -> ApiResult<()> {
    if draft.province_code.as_deref().is_some_and(|code| reference.province(code).is_none()) {
        return Err(ApiError::field("/province_code", FieldCode::UnknownValue));
    }
    let Some(parent) =
        draft.parent_id.filter(|parent| before.is_none_or(|one| one.parent_id != Some(*parent)))
    else {
        return Ok(());
    };
    let Some(row) = organisation::Entity::find_by_id(parent).one(db).await? else {
        return Err(ApiError::field("/parent_id", FieldCode::UnknownValue));
    };
    let above = tree::above(db, &[parent]).await?;
    let is_circle = before.is_some_and(|one| one.id == parent || above.contains(&one.id));
    let height = match before {
        Some(one) => tree::height(db, one.id).await?,
        None => 0,
    };
    // Above the new parent, the parent, itself, and what is below.
    let is_too_deep = above.len() + 2 + height > tree::DEEPEST;
    if is_circle || is_too_deep || Organisation::from(row).has_ended(today) {
        return Err(ApiError::field("/parent_id", FieldCode::Inconsistent));
    }
    Ok(())
}

/// Refuses a tax code or a code that another organisation has, at its place. Of two that come at once the index refuses
/// the second.
///
/// # Errors
/// `already_exists` with the place.
pub async fn check_unique(
    db: &impl ConnectionTrait,
    draft: &OrganisationDraft,
    before: Option<&Organisation>,
) -> ApiResult<()> {
    use organisation::Column;
    let known = Condition::any()
        .add_option(draft.tax_code.as_ref().map(|code| Column::TaxCode.eq(code)))
        .add_option(draft.code.as_ref().map(|code| Column::Code.eq(code)));
    if known.is_empty() {
        return Ok(());
    }
    let mut others = organisation::Entity::find().filter(known);
    if let Some(before) = before {
        others = others.filter(Column::Id.ne(before.id));
    }
    let mut violations = Violations::new();
    for other in others.all(db).await? {
        for (pointer, is_theirs) in [
            ("/tax_code", other.tax_code.is_some() && other.tax_code == draft.tax_code),
            ("/code", other.code.is_some() && other.code == draft.code),
        ] {
            if is_theirs {
                violations.add(pointer, FieldCode::Duplicate);
            }
        }
    }
    match violations.is_empty() {
        true => Ok(()),
        false => Err(ApiError::problem(ProblemCode::AlreadyExists).errors(violations)),
    }
}

/// Writes what was typed over the organisation of this revision. Whoever changes anything of it changes
/// what was verified, the province and the place in the tree too: the confirmation is lost unless an
/// administrator edits.
///
/// # Errors
/// 412 when somebody has written since, `already_exists` when the tax code or the code is another's.
pub async fn edit(
    tx: &Tx,
    permit: Permit<Organisation>,
    before: &Organisation,
    draft: &OrganisationDraft,
    keeps_verification: bool,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(before.id)?;
    let is_same = changes(before, draft).is_empty();
    let mut update = organisation::Entity::update_many()
        .col_expr(organisation::Column::Name, Expr::value(draft.name.clone()))
        .col_expr(organisation::Column::Folded, Expr::value(folded(draft)))
        .col_expr(organisation::Column::Kind, Expr::value(draft.kind))
        .col_expr(organisation::Column::TaxCode, Expr::value(draft.tax_code.clone()))
        .col_expr(organisation::Column::ProvinceCode, Expr::value(draft.province_code.clone()))
        .col_expr(organisation::Column::Code, Expr::value(draft.code.clone()))
        .col_expr(organisation::Column::ParentId, Expr::value(draft.parent_id))
        .col_expr(organisation::Column::ValidFrom, Expr::value(draft.valid_from))
        .col_expr(organisation::Column::ValidTo, Expr::value(draft.valid_to));
    if !is_same && !keeps_verification {
        let nothing: Option<Timestamp> = None;
        update = update.col_expr(organisation::Column::VerifiedAt, Expr::value(nothing));
    }
    write(tx, before, update, now).await
}

/// Writes to the organisation of this revision, and gives it another one.
async fn write(
    tx: &Tx,
    before: &Organisation,
    update: UpdateMany<organisation::Entity>,
    now: Timestamp,
) -> ApiResult<()> {
    let revision = organisation::Column::Revision;
    let update = update.col_expr(revision, Expr::col(revision).add(1));
    let written = update.filter(of_revision(before)).exec(tx).await?;
    if written.rows_affected == 0 {
        return Err(ProblemCode::StaleRevision.into());
    }
    let row = organisation::Entity::find_by_id(before.id.0).one(tx).await?;
    feed::put(tx, now, row.ok_or_else(ApiError::not_found)?).await
}

/// Gives the organisation of this revision another one: something that belongs to it has changed.
///
/// # Errors
/// 412 when somebody has written since.
pub async fn touch(
    tx: &Tx,
    permit: Permit<Organisation>,
    before: &Organisation,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(before.id)?;
    write(tx, before, organisation::Entity::update_many(), now).await
}

/// Confirms that the organisation of this revision exists.
///
/// # Errors
/// 412 when somebody has written since.
pub async fn verify(
    tx: &Tx,
    permit: Permit<Organisation>,
    before: &Organisation,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(before.id)?;
    let verified = organisation::Entity::update_many()
        .col_expr(organisation::Column::VerifiedAt, Expr::value(now));
    write(tx, before, verified, now).await
}

/// Each member that becomes another, with what it was and what it becomes: organisations are no people.
#[must_use]
pub fn changes(before: &Organisation, draft: &OrganisationDraft) -> Map<String, Value> {
    let members = [
        ("name", json!(before.name), json!(draft.name)),
        ("kind", json!(before.kind), json!(draft.kind)),
        ("tax_code", json!(before.tax_code), json!(draft.tax_code)),
        ("province_code", json!(before.province_code), json!(draft.province_code)),
        ("code", json!(before.code), json!(draft.code)),
        ("parent_id", json!(before.parent_id), json!(draft.parent_id)),
        ("valid_from", json!(before.valid_from), json!(draft.valid_from)),
        ("valid_to", json!(before.valid_to), json!(draft.valid_to)),
    ];
    members
        .into_iter()
        .filter(|(_, from, to)| from != to)
        .map(|(name, from, to)| (name.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}

fn of_revision(before: &Organisation) -> Condition {
    Condition::all()
        .add(organisation::Column::Id.eq(before.id))
        .add(organisation::Column::Revision.eq(before.revision.cast_signed()))
}

/// The organisation.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: OrganisationId) -> ApiResult<Organisation> {
    let row = organisation::Entity::find_by_id(id).one(db).await?;
    row.map(Organisation::from).ok_or_else(ApiError::not_found)
}

/// The revision as entity tags write it.
#[must_use]
pub fn revision_of(organisation: &Organisation) -> i64 {
    organisation.revision.cast_signed()
}

/// The organisation, which may get something new on this day.
///
/// # Errors
/// 404 when there is none, `organisation_ended` when its last day is over.
pub async fn find_living(
    db: &impl ConnectionTrait,
    id: OrganisationId,
    today: NaiveDate,
) -> ApiResult<Organisation> {
    let organisation = find(db, id).await?;
    match organisation.has_ended(today) {
        true => Err(ProblemCode::OrganisationEnded.into()),
        false => Ok(organisation),
    }
}

/// Whether the organisation of this column does not exist on this day: not yet, or not any more.
pub fn is_out_of_force(organisation: Expr, day: NaiveDate) -> Expr {
    let column = |column| Expr::col((organisation::Entity, column));
    let out = Select::select()
        .expr(Expr::cust("1"))
        .from(organisation::Entity)
        .and_where(column(organisation::Column::Id).eq(organisation))
        .cond_where(
            Condition::any()
                .add(column(organisation::Column::ValidFrom).gt(day))
                .add(column(organisation::Column::ValidTo).lt(day)),
        )
        .take();
    Expr::exists(out)
}

/// Names of organisations; unknown ids are left out. One query.
///
/// # Errors
/// Failures of the database.
pub async fn names(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
) -> ApiResult<HashMap<OrganisationId, String>> {
    let named = named(db, ids).await?;
    Ok(named.into_iter().map(|(id, organisation)| (id, organisation.name)).collect())
}

/// The same with their codes.
///
/// # Errors
/// Failures of the database.
pub async fn named(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
) -> ApiResult<HashMap<OrganisationId, OrganisationName>> {
    let name = |one: Organisation| OrganisationName { id: one.id, name: one.name, code: one.code };
    Ok(many(db, ids).await?.into_iter().map(|(id, one)| (id, name(one))).collect())
}

/// These organisations; unknown ids are left out. One query.
///
/// # Errors
/// Failures of the database.
pub async fn many(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
) -> ApiResult<HashMap<OrganisationId, Organisation>> {
    let rows = bounded::look_up(ids.iter().copied(), async |ids| {
        Ok(organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(db).await?)
    })
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.into())).collect())
}

/// Of which organisations the account is a member. One query.
///
/// # Errors
/// Failures of the database.
pub async fn memberships_of(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> ApiResult<Vec<Membership>> {
    let mut by_account = memberships_of_all(db, &[account]).await?;
    Ok(by_account.remove(&account).unwrap_or_default())
}

/// Of which organisations the accounts are members, by name. One query.
///
/// # Errors
/// Failures of the database.
pub async fn memberships_of_all(
    db: &impl ConnectionTrait,
    accounts: &[AccountId],
) -> ApiResult<HashMap<AccountId, Vec<Membership>>> {
    let mut memberships: HashMap<AccountId, Vec<Membership>> = HashMap::new();
    let rows = bounded::look_up(accounts.iter().copied(), async |ids| {
        Ok(membership::Entity::find()
            .filter(membership::Column::AccountId.is_in(ids))
            .find_also_related(organisation::Entity)
            .order_by_asc(organisation::Column::Folded)
            .order_by_asc(membership::Column::OrganisationId)
            .all(db)
            .await?)
    })
    .await?;
    for (membership, organisation) in rows {
        memberships.entry(membership.account_id).or_default().push(Membership {
            organisation_id: membership.organisation_id,
            organisation_name: organisation.map(|one| one.name).unwrap_or_default(),
            is_manager: membership.is_manager,
        });
    }
    Ok(memberships)
}
