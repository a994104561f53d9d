//! Writes of rounds. Each consumes a `Permit<Evaluation>`; a change of the round itself gives it a new
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

use super::round::Round;
use super::table::{look, member, recommendation, round, visit};
use crate::domains::products;

/// Enters a round with its panel.
///
/// # Errors
/// `already_exists` when the product has a round that is not closed.
pub(super) async fn insert(
    tx: &Tx,
    permit: Permit<Evaluation>,
    new: round::Model,
    members: &[AccountId],
) -> ApiResult<()> {
    permit.covers(new.product_id)?;
    let id = new.id;
    round::Entity::insert(new.into_active_model()).exec_without_returning(tx).await?;
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
    round: &Round,
    panel: &NewPanel,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(round.id)?;
    if !panel.removed.is_empty() {
        member::Entity::update_many()
            .col_expr(member::Column::LeftAt, Expr::value(now))
            .col_expr(member::Column::Revision, next_revision())
            .filter(member::Column::EvaluationId.eq(round.id))
            .filter(member::Column::AccountId.is_in(panel.removed.iter().copied()))
            .exec(tx)
            .await?;
    }
    let last: Option<i32> = member::Entity::find()
        .select_only()
        .column(member::Column::Position)
        .filter(member::Column::EvaluationId.eq(round.id))
        .order_by_desc(member::Column::Position)
        .into_tuple()
        .one(tx)
        .await?;
    seat(tx, round.id, &panel.added, last.map_or(0, |last| last + 1)).await?;
    let row = round::ActiveModel {
        chair_id: Set(panel.chair_id),
        quorum: Set(panel.quorum),
        due_on: Set(panel.due_on),
        due_at: Set(end_of_vietnam_day(panel.due_on)),
        ..Default::default()
    };
    revise(tx, round, row).await
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
    round: &Round,
    account: AccountId,
    said: &DeclareConflict,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(round.id)?;
    if said.answer == ConflictAnswer::Declared {
        let (case, note) = (products::subject_of(round.product_id), said.note.as_deref());
        casework::recuse(tx, now, case, round.id.0, account, note).await?;
    }
    let row = member::ActiveModel {
        conflict: Set(said.answer),
        conflict_note: Set(said.note.clone()),
        declared_at: Set(Some(now)),
        ..Default::default()
    };
    set_member(tx, round.id, account, row).await
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
    round::Entity::update_many()
        .col_expr(round::Column::QuorumReachedAt, Expr::value(at))
        .filter(round::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Records the chair's recommendation in the place of an earlier one, and for good among all that were given.
pub(super) async fn set_recommendation(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Evaluation>,
    round: &Round,
    given: &Recommendation,
) -> ApiResult<()> {
    permit.covers(round.id)?;
    let fact = recommendation::Model {
        id: clock.new_id(),
        evaluation_id: round.id,
        account_id: Some(given.by.id),
        at: given.at,
        verdict: given.verdict,
        reason: given.reason.clone(),
    };
    recommendation::Entity::insert(fact.into_active_model()).exec_without_returning(tx).await?;
    let row = round::ActiveModel {
        state: Set(EvaluationState::Recommended),
        recommended_by: Set(Some(given.by.id)),
        recommended_verdict: Set(Some(given.verdict)),
        recommended_reason: Set(Some(given.reason.clone())),
        recommended_at: Set(Some(given.at)),
        ..Default::default()
    };
    revise(tx, round, row).await
}

/// The round has no recommendation any more; what was given stays among all that were.
pub(super) async fn void_recommendation(tx: &Tx, round: &Round) -> ApiResult<()> {
    let row = round::ActiveModel {
        state: Set(EvaluationState::Open),
        recommended_by: Set(None),
        recommended_verdict: Set(None),
        recommended_reason: Set(None),
        recommended_at: Set(None),
        ..Default::default()
    };
    revise(tx, round, row).await
}

/// Records the minutes of the look on site in the place of earlier ones, and for good among all.
pub(super) async fn set_visit(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Evaluation>,
    round: &Round,
    by: Option<AccountId>,
    visit: &OnSiteVisit,
) -> ApiResult<()> {
    permit.covers(round.id)?;
    let fact = visit::Model {
        id: clock.new_id(),
        evaluation_id: round.id,
        account_id: by,
        at: clock.now(),
        visited_on: visit.held_on,
        place: visit.place.clone(),
        minutes: visit.minutes.clone(),
    };
    visit::Entity::insert(fact.into_active_model()).exec_without_returning(tx).await?;
    let row = round::ActiveModel {
        visited_on: Set(Some(visit.held_on)),
        visited_place: Set(Some(visit.place.clone())),
        visited_minutes: Set(Some(visit.minutes.clone())),
        ..Default::default()
    };
    revise(tx, round, row).await
}

/// Closes every round of the product that is not closed: whoever decided about the product was
/// permitted to.
pub(super) async fn close(tx: &Tx, product: ProductId, now: Timestamp) -> ApiResult<()> {
    round::Entity::update_many()
        .col_expr(round::Column::State, Expr::value(EvaluationState::Closed))
        .col_expr(round::Column::ClosedAt, Expr::value(now))
        .col_expr(round::Column::Revision, Expr::col(round::Column::Revision).add(1))
        .filter(round::Column::ProductId.eq(product))
        .filter(round::Column::State.ne(EvaluationState::Closed))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a change of the round itself, under its next revision.
async fn revise(tx: &Tx, round: &Round, mut row: round::ActiveModel) -> ApiResult<()> {
    row.revision = Set(round.revision + 1);
    let written = round::Entity::update_many()
        .set(row)
        .filter(round::Column::Id.eq(round.id))
        .filter(round::Column::Revision.eq(round.revision))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        return Err(ProblemCode::StaleRevision.into());
    }
    Ok(())
}
