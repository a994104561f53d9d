//! Writes of evaluations. Each consumes a `Permit<Evaluation>`; a change of the evaluation itself gives it a new
//! revision, a declaration or a score sheet gives its seat one.

use chrono::NaiveDate;
use nq57_platform::access::Permit;
use nq57_platform::casework;
use nq57_platform::clock::Clock;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::evaluations::{
    ConflictAnswer, DeclareConflict, Evaluation, EvaluationState, OnSiteVisit, Recommendation,
    Score,
};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::{Timestamp, end_of_vietnam_day};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::evaluation::EvaluationRecord;
use super::table::{evaluation, look, member, recommendation, visit};
use crate::domains::products;

/// Enters an evaluation with its panel.
///
/// # Errors
/// `already_exists` when the product has an evaluation that is not closed.
pub(super) async fn insert(
    tx: &Tx,
    permit: Permit<Evaluation>,
    new: evaluation::Model,
    members: &[AccountId],
) -> ApiResult<()> {
    permit.covers(new.product_id)?;
    let id = new.id;
    evaluation::Entity::insert(new.into_active_model()).exec_without_returning(tx).await?;
    seat(tx, id, members, 0).await
}

async fn seat(tx: &Tx, id: EvaluationId, accounts: &[AccountId], first: i32) -> ApiResult<()> {
    if accounts.is_empty() {
        return Ok(());
    }
    let row = |(account, position): (&AccountId, i32)| member::Model {
        evaluation_id: id,
        account_id: *account,
        position,
        conflict: ConflictAnswer::NotAsked,
        conflict_note: None,
        declared_at: None,
        scores: None,
        submitted_at: None,
        left_at: None,
        revision: 0,
    };
    let rows = accounts.iter().zip(first..).map(row).map(IntoActiveModel::into_active_model);
    // Who had a seat before begins anew on it, but for its revision.
    let again = OnConflict::columns([member::Column::EvaluationId, member::Column::AccountId])
        .update_columns([
            member::Column::Position,
            member::Column::Conflict,
            member::Column::ConflictNote,
            member::Column::DeclaredAt,
            member::Column::Scores,
            member::Column::SubmittedAt,
            member::Column::LeftAt,
        ])
        .value(member::Column::Revision, next_revision())
        .to_owned();
    member::Entity::insert_many(rows).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// The revision of a seat, once more.
fn next_revision() -> Expr {
    Expr::col((member::Entity, member::Column::Revision)).add(1)
}

/// Changes chair, quorum, date and seats; who keeps a seat keeps declaration and sheet.
pub(super) async fn set_panel(
    tx: &Tx,
    permit: Permit<Evaluation>,
    evaluation: &EvaluationRecord,
    panel: &NewPanel,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(evaluation.id)?;
    if !panel.removed.is_empty() {
        member::Entity::update_many()
            .col_expr(member::Column::LeftAt, Expr::value(now))
            .col_expr(member::Column::Revision, next_revision())
            .filter(member::Column::EvaluationId.eq(evaluation.id))
            .filter(member::Column::AccountId.is_in(panel.removed.iter().copied()))
            .exec(tx)
            .await?;
    }
    let last: Option<i32> = member::Entity::find()
        .select_only()
        .column(member::Column::Position)
        .filter(member::Column::EvaluationId.eq(evaluation.id))
        .order_by_desc(member::Column::Position)
        .into_tuple()
        .one(tx)
        .await?;
    seat(tx, evaluation.id, &panel.added, last.map_or(0, |last| last + 1)).await?;
    let row = evaluation::ActiveModel {
        chair_id: Set(panel.chair_id),
        quorum: Set(panel.quorum),
        due_on: Set(panel.due_on),
        due_at: Set(end_of_vietnam_day(panel.due_on)),
        ..Default::default()
    };
    revise(tx, evaluation, row).await
}

/// A panel in the place of another one.
pub(super) struct NewPanel {
    pub chair_id: AccountId,
    pub quorum: u32,
    pub due_on: NaiveDate,
    pub added: Vec<AccountId>,
    pub removed: Vec<AccountId>,
}

/// Records what a member says of conflicts; a declared one besides as a fact that outlives the seat.
pub(super) async fn set_conflict(
    tx: &Tx,
    permit: Permit<Evaluation>,
    evaluation: &EvaluationRecord,
    account: AccountId,
    said: &DeclareConflict,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(evaluation.id)?;
    if said.answer == ConflictAnswer::Declared {
        let (case, note) = (products::subject_of(evaluation.product_id), said.note.as_deref());
        casework::recuse(tx, now, case, evaluation.id.0, account, note).await?;
    }
    let row = member::ActiveModel {
        conflict: Set(said.answer),
        conflict_note: Set(said.note.clone()),
        declared_at: Set(Some(now)),
        ..Default::default()
    };
    set_member(tx, evaluation.id, account, row).await
}

/// Notes that sheets of others were shown to the account. The first time stays.
pub(super) async fn note_look(
    tx: &Tx,
    id: EvaluationId,
    account: AccountId,
    now: Timestamp,
) -> ApiResult<()> {
    let fact = look::Model { evaluation_id: id, account_id: account, first_at: now };
    look::Entity::insert(fact.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Records a member's sheet; `submitted_at` makes it final.
pub(super) async fn set_sheet(
    tx: &Tx,
    permit: Permit<Evaluation>,
    id: EvaluationId,
    account: AccountId,
    scores: &[Score],
    submitted_at: Option<Timestamp>,
) -> ApiResult<()> {
    permit.covers(id)?;
    let row = member::ActiveModel {
        scores: Set(Some(scores.to_vec().into())),
        submitted_at: Set(submitted_at),
        ..Default::default()
    };
    set_member(tx, id, account, row).await
}

async fn set_member(
    tx: &Tx,
    id: EvaluationId,
    account: AccountId,
    row: member::ActiveModel,
) -> ApiResult<()> {
    member::Entity::update_many()
        .set(row)
        .col_expr(member::Column::Revision, Expr::col(member::Column::Revision).add(1))
        .filter(member::Column::EvaluationId.eq(id))
        .filter(member::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes since when the quorum is met, or that it no longer is. The revision stays.
pub(super) async fn set_quorum_reached(
    tx: &Tx,
    id: EvaluationId,
    at: Option<Timestamp>,
) -> ApiResult<()> {
    evaluation::Entity::update_many()
        .col_expr(evaluation::Column::QuorumReachedAt, Expr::value(at))
        .filter(evaluation::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Records the chair's recommendation in the place of an earlier one, and for good among all that were given.
pub(super) async fn set_recommendation(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Evaluation>,
    evaluation: &EvaluationRecord,
    given: &Recommendation,
) -> ApiResult<()> {
    permit.covers(evaluation.id)?;
    let fact = recommendation::Model {
        id: clock.new_id(),
        evaluation_id: evaluation.id,
        account_id: Some(given.by.id),
        at: given.at,
        verdict: given.verdict,
        reason: given.reason.clone(),
    };
    recommendation::Entity::insert(fact.into_active_model()).exec_without_returning(tx).await?;
    let row = evaluation::ActiveModel {
        state: Set(EvaluationState::Recommended),
        recommended_by: Set(Some(given.by.id)),
        recommended_verdict: Set(Some(given.verdict)),
        recommended_reason: Set(Some(given.reason.clone())),
        recommended_at: Set(Some(given.at)),
        ..Default::default()
    };
    revise(tx, evaluation, row).await
}

/// The evaluation has no recommendation any more; what was given stays among all that were.
pub(super) async fn void_recommendation(tx: &Tx, evaluation: &EvaluationRecord) -> ApiResult<()> {
    let row = evaluation::ActiveModel {
        state: Set(EvaluationState::Open),
        recommended_by: Set(None),
        recommended_verdict: Set(None),
        recommended_reason: Set(None),
        recommended_at: Set(None),
        ..Default::default()
    };
    revise(tx, evaluation, row).await
}

/// Records the minutes of the look on site in the place of earlier ones, and for good among all.
pub(super) async fn set_visit(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Evaluation>,
    evaluation: &EvaluationRecord,
    by: Option<AccountId>,
    visit: &OnSiteVisit,
) -> ApiResult<()> {
    permit.covers(evaluation.id)?;
    let fact = visit::Model {
        id: clock.new_id(),
        evaluation_id: evaluation.id,
        account_id: by,
        at: clock.now(),
        visited_on: visit.held_on,
        place: visit.place.clone(),
        minutes: visit.minutes.clone(),
    };
    visit::Entity::insert(fact.into_active_model()).exec_without_returning(tx).await?;
    let row = evaluation::ActiveModel {
        visited_on: Set(Some(visit.held_on)),
        visited_place: Set(Some(visit.place.clone())),
        visited_minutes: Set(Some(visit.minutes.clone())),
        ..Default::default()
    };
    revise(tx, evaluation, row).await
}

/// Closes every evaluation of the product that is not closed: whoever decided about the product was
/// permitted to.
pub(super) async fn close(tx: &Tx, product: ProductId, now: Timestamp) -> ApiResult<()> {
    evaluation::Entity::update_many()
        .col_expr(evaluation::Column::State, Expr::value(EvaluationState::Closed))
        .col_expr(evaluation::Column::ClosedAt, Expr::value(now))
        .col_expr(evaluation::Column::Revision, Expr::col(evaluation::Column::Revision).add(1))
        .filter(evaluation::Column::ProductId.eq(product))
        .filter(evaluation::Column::State.ne(EvaluationState::Closed))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a change of the evaluation itself, under its next revision.
async fn revise(
    tx: &Tx,
    evaluation: &EvaluationRecord,
    mut row: evaluation::ActiveModel,
) -> ApiResult<()> {
    row.revision = Set(evaluation.revision + 1);
    let written = evaluation::Entity::update_many()
        .set(row)
        .filter(evaluation::Column::Id.eq(evaluation.id))
        .filter(evaluation::Column::Revision.eq(evaluation.revision))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        return Err(ProblemCode::StaleRevision.into());
    }
    Ok(())
}
