//! The queries of contacts.

use nq57_core::time::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, Iterable, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use super::NewContact;
use super::table::contact::{ActiveModel, Column, Entity, Model};
use crate::error::ApiResult;
use crate::persistence::transaction::Tx;

pub(super) async fn of_case(db: &impl ConnectionTrait, case: Uuid) -> ApiResult<Option<Model>> {
    Ok(Entity::find().filter(Column::CaseId.eq(case)).one(db).await?)
}

pub(super) async fn find_for_update(tx: &Tx, id: Uuid) -> ApiResult<Option<Model>> {
    Ok(Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// Two that give an address at once: the last one stays.
pub(super) async fn replace(
    tx: &Tx,
    new: &NewContact<'_>,
    id: Uuid,
    now: Timestamp,
) -> ApiResult<()> {
    let row = ActiveModel {
        id: Set(id),
        case_id: Set(new.case.id),
        kind: Set(new.case.kind.to_owned()),
        code: Set(new.code.to_owned()),
        email: Set(new.email.to_owned()),
        name: Set(nq57_core::text::name(new.name)),
        language: Set(new.language),
        created_at: Set(now),
        confirmed_at: Set(None),
        stopped_at: Set(None),
        refusals: Set(0),
        erase_at: Set(None),
    };
    let is_new = |column: &Column| !matches!(column, Column::CaseId | Column::EraseAt);
    let again =
        OnConflict::column(Column::CaseId).update_columns(Column::iter().filter(is_new)).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn rename(tx: &Tx, new: &NewContact<'_>) -> ApiResult<()> {
    Entity::update_many()
        .col_expr(Column::Name, Expr::value(nq57_core::text::name(new.name)))
        .col_expr(Column::Language, Expr::value(new.language))
        .filter(Column::CaseId.eq(new.case.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The contact as it is now; nothing when it is gone or stopped.
pub(super) async fn confirm(tx: &Tx, id: Uuid, now: Timestamp) -> ApiResult<Option<Model>> {
    let Some(contact) = find_for_update(tx, id).await? else { return Ok(None) };
    if contact.stopped_at.is_some() {
        return Ok(None);
    }
    if contact.confirmed_at.is_none() {
        Entity::update_many()
            .col_expr(Column::ConfirmedAt, Expr::value(now))
            .filter(Column::Id.eq(id))
            .exec(tx)
            .await?;
    }
    Ok(Some(contact))
}

pub(super) async fn stop(tx: &Tx, id: Uuid, now: Timestamp) -> ApiResult<()> {
    Entity::update_many()
        .col_expr(Column::StoppedAt, Expr::value(now))
        .col_expr(Column::Email, Expr::value(""))
        .col_expr(Column::Name, Expr::value(""))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn note_refusals(tx: &Tx, id: Uuid, refusals: i32) -> ApiResult<()> {
    Entity::update_many()
        .col_expr(Column::Refusals, Expr::value(refusals))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn erase_at(tx: &Tx, case: Uuid, at: Timestamp) -> ApiResult<()> {
    Entity::update_many()
        .col_expr(Column::EraseAt, Expr::value(at))
        .filter(Column::CaseId.eq(case))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn erase(tx: &Tx, case: Uuid) -> ApiResult<()> {
    Entity::delete_many().filter(Column::CaseId.eq(case)).exec(tx).await?;
    Ok(())
}

/// Those whose time is over, and those that nobody has confirmed since `unconfirmed`.
pub(super) async fn erase_due(tx: &Tx, now: Timestamp, unconfirmed: Timestamp) -> ApiResult<()> {
    let is_forgotten =
        Condition::all().add(Column::ConfirmedAt.is_null()).add(Column::CreatedAt.lte(unconfirmed));
    let is_due = [Condition::all().add(Column::EraseAt.lte(now)), is_forgotten];
    for due in is_due {
        Entity::delete_many().filter(due).exec(tx).await?;
    }
    Ok(())
}
