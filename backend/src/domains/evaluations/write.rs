//! Writes of rounds. Each consumes a `Permit<Evaluation>`; a change of the round itself gives it a new
//! revision, a declaration or a score sheet gives its seat one.

use chrono::NaiveDate;
use nq57_platform::access::Permit;
use nq57_platform::casework;
use nq57_platform::clock::Clock;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::evaluations::{
    ConflictAnswer, DeclareConflict, Evaluation, EvaluationState, OnSiteVisit, Recommendation,
    Score,
};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::{Timestamp, end_of_vietnam_day};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;

use super::round::Round;
use super::store::number;
use super::table::{look, member, recommendation, round, visit};
use crate::domains::products;

/// Enters a round with its panel.
///
/// # Errors
/// `already_exists` when the product has a round that is not closed.
pub(super) async fn insert(tx: &Tx, permit: Permit<Evaluation>, new: &Round) -> ApiResult<()> {
    permit.covers(new.product_id)?;
    let row = round::ActiveModel {
        id: Set(new.id.0),
        product_id: Set(new.product_id.0),
        product_version: Set(number(new.product_version)?),
        state: Set(new.state.as_str().to_owned()),
        mode: Set(new.mode.as_str().to_owned()),
        rubric: Set(to_json(&new.rubric)?),
        chair_id: Set(new.chair_id.0),
        quorum: Set(number(new.quorum)?),
        due_on: Set(new.due_on),
        due_at: Set(new.due_at),
        opened_at: Set(new.opened_at),
        revision: Set(new.revision),
        ..Default::default()
    };
    round::Entity::insert(row).exec_without_returning(tx).await?;
    let accounts: Vec<AccountId> = new.members.iter().map(|member| member.account_id).collect();
    seat(tx, new.id, &accounts, 0).await
}

async fn seat(tx: &Tx, id: EvaluationId, accounts: &[AccountId], first: i32) -> ApiResult<()> {
    if accounts.is_empty() {
        return Ok(());
    }
    let rows = accounts.iter().zip(first..).map(|(account, position)| member::ActiveModel {
        evaluation_id: Set(id.0),
        account_id: Set(account.0),
        position: Set(position),
        conflict: Set(ConflictAnswer::NotAsked.as_str().to_owned()),
        conflict_note: Set(None),
        declared_at: Set(None),
        scores: Set(None),
        submitted_at: Set(None),
        left_at: Set(None),
        revision: Set(0),
    });
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
            .filter(member::Column::EvaluationId.eq(round.id.0))
            .filter(member::Column::AccountId.is_in(panel.removed.iter().map(|id| id.0)))
            .exec(tx)
            .await?;
    }
    let last: Option<i32> = member::Entity::find()
        .select_only()
        .column(member::Column::Position)
        .filter(member::Column::EvaluationId.eq(round.id.0))
        .order_by_desc(member::Column::Position)
        .into_tuple()
        .one(tx)
        .await?;
    seat(tx, round.id, &panel.added, last.map_or(0, |last| last + 1)).await?;
    let row = round::ActiveModel {
        chair_id: Set(panel.chair_id.0),
        quorum: Set(number(panel.quorum)?),
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

/// Keeps what a member says of conflicts; a declared one besides as a fact that outlives the seat.
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
        conflict: Set(said.answer.as_str().to_owned()),
        conflict_note: Set(said.note.clone()),
        declared_at: Set(Some(now)),
        ..Default::default()
    };
    set_member(tx, round.id, account, row).await
}

/// Notes that sheets of others were shown to the account. The first time is the one that is kept.
pub(super) async fn note_look(
    tx: &Tx,
    id: EvaluationId,
    account: AccountId,
    now: Timestamp,
) -> ApiResult<()> {
    let fact = look::ActiveModel {
        evaluation_id: Set(id.0),
        account_id: Set(account.0),
        first_at: Set(now),
    };
    look::Entity::insert(fact).exec_without_returning(tx).await?;
    Ok(())
}

/// Keeps a member's sheet; `submitted_at` makes it final.
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
        scores: Set(Some(to_json(&scores)?)),
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
        .filter(member::Column::EvaluationId.eq(id.0))
        .filter(member::Column::AccountId.eq(account.0))
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
        .filter(round::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Keeps the chair's recommendation in the place of an earlier one, and for good among all that were given.
pub(super) async fn set_recommendation(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Evaluation>,
    round: &Round,
    given: &Recommendation,
) -> ApiResult<()> {
    permit.covers(round.id)?;
    let fact = recommendation::ActiveModel {
        id: Set(clock.new_id()),
        evaluation_id: Set(round.id.0),
        account_id: Set(Some(given.by.id.0)),
        at: Set(given.at),
        verdict: Set(given.verdict.as_str().to_owned()),
        reason: Set(given.reason.clone()),
    };
    recommendation::Entity::insert(fact).exec_without_returning(tx).await?;
    let row = round::ActiveModel {
        state: Set(EvaluationState::Recommended.as_str().to_owned()),
        recommended_by: Set(Some(given.by.id.0)),
        recommended_verdict: Set(Some(given.verdict.as_str().to_owned())),
        recommended_reason: Set(Some(given.reason.clone())),
        recommended_at: Set(Some(given.at)),
        ..Default::default()
    };
    revise(tx, round, row).await
}

/// The round has no recommendation any more; what was given stays among all that were.
pub(super) async fn void_recommendation(tx: &Tx, round: &Round) -> ApiResult<()> {
    let row = round::ActiveModel {
        state: Set(EvaluationState::Open.as_str().to_owned()),
        recommended_by: Set(None),
        recommended_verdict: Set(None),
        recommended_reason: Set(None),
        recommended_at: Set(None),
        ..Default::default()
    };
    revise(tx, round, row).await
}

/// Keeps the minutes of the look on site in the place of earlier ones, and for good among all.
pub(super) async fn set_visit(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Evaluation>,
    round: &Round,
    by: Option<AccountId>,
    visit: &OnSiteVisit,
) -> ApiResult<()> {
    permit.covers(round.id)?;
    let fact = visit::ActiveModel {
        id: Set(clock.new_id()),
        evaluation_id: Set(round.id.0),
        account_id: Set(by.map(|account| account.0)),
        at: Set(clock.now()),
        visited_on: Set(visit.held_on),
        place: Set(visit.place.clone()),
        minutes: Set(visit.minutes.clone()),
    };
    visit::Entity::insert(fact).exec_without_returning(tx).await?;
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
        .col_expr(round::Column::State, Expr::value(EvaluationState::Closed.as_str()))
        .col_expr(round::Column::ClosedAt, Expr::value(now))
        .col_expr(round::Column::Revision, Expr::col(round::Column::Revision).add(1))
        .filter(round::Column::ProductId.eq(product.0))
        .filter(round::Column::State.ne(EvaluationState::Closed.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a change of the round itself, under its next revision.
async fn revise(tx: &Tx, round: &Round, mut row: round::ActiveModel) -> ApiResult<()> {
    row.revision = Set(round.revision + 1);
    let written = round::Entity::update_many()
        .set(row)
        .filter(round::Column::Id.eq(round.id.0))
        .filter(round::Column::Revision.eq(round.revision))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        return Err(ProblemCode::StaleRevision.into());
    }
    Ok(())
}

fn to_json(value: &impl Serialize) -> ApiResult<String> {
    serde_json::to_string(value).map_err(ApiError::internal)
}
