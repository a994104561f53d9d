//! Queries about rounds: rows in, `Round` out. Writes consume a `Permit<Evaluation>`; a change of the
//! round itself gives it a new revision, a declaration or a score sheet does not.

use std::collections::HashMap;

use chrono::NaiveDate;
use nq57_shared::evaluations::{
    ConflictAnswer, Evaluation, EvaluationMode, EvaluationState, OnSiteVisit, Recommendation,
    RecommendedVerdict, Rubric, Score,
};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::round::{Member, Round};
use super::table::{member, round};
use crate::access::Permit;
use crate::error::{ApiError, ApiResult};

/// The round; 404 when there is none.
pub(super) async fn load(db: &impl ConnectionTrait, id: EvaluationId) -> ApiResult<Round> {
    let row = round::Entity::find_by_id(id.0).one(db).await?.ok_or_else(ApiError::not_found)?;
    one(db, row).await
}

/// The round, held until the transaction ends: what members and chair do at once happens in turn.
pub(super) async fn hold(tx: &impl ConnectionTrait, id: EvaluationId) -> ApiResult<Round> {
    let select = round::Entity::find_by_id(id.0).lock_exclusive();
    let row = select.one(tx).await?.ok_or_else(ApiError::not_found)?;
    one(tx, row).await
}

/// The latest round of this version, closed or not.
pub(super) async fn latest_of(
    db: &impl ConnectionTrait,
    product: ProductId,
    version: u32,
) -> ApiResult<Option<Round>> {
    let select = rounds_of(product).filter(round::Column::ProductVersion.eq(number(version)));
    match select.one(db).await? {
        None => Ok(None),
        Some(row) => Ok(Some(one(db, row).await?)),
    }
}

/// The round of this product that is not closed.
pub(super) async fn open_id_of(
    db: &impl ConnectionTrait,
    product: ProductId,
) -> ApiResult<Option<EvaluationId>> {
    let id: Option<Uuid> = rounds_of(product)
        .select_only()
        .column(round::Column::Id)
        .filter(round::Column::State.ne(EvaluationState::Closed.as_str()))
        .into_tuple()
        .one(db)
        .await?;
    Ok(id.map(EvaluationId))
}

/// All rounds of a product, the latest first.
pub(super) async fn all_of(db: &impl ConnectionTrait, product: ProductId) -> ApiResult<Vec<Round>> {
    let rows = rounds_of(product).all(db).await?;
    with_members(db, rows).await
}

/// The rounds that are not closed and in which the account has a seat or the chair, first due first.
pub(super) async fn open_for(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> ApiResult<Vec<Round>> {
    let seats = seats_of(account).into_query();
    let rows = round::Entity::find()
        .filter(round::Column::State.ne(EvaluationState::Closed.as_str()))
        .filter(
            round::Column::ChairId
                .eq(account.0)
                .or(round::Column::Id.in_subquery(seats)),
        )
        .order_by_asc(round::Column::DueOn)
        .order_by_asc(round::Column::Id)
        .all(db)
        .await?;
    with_members(db, rows).await
}

/// The rounds in which the account has a seat and has not declared a conflict.
pub(super) fn seats_of(account: AccountId) -> Select<member::Entity> {
    member::Entity::find()
        .select_only()
        .column(member::Column::EvaluationId)
        .filter(member::Column::AccountId.eq(account.0))
        .filter(member::Column::Conflict.ne(ConflictAnswer::Declared.as_str()))
}

/// Rounds with a recommendation that are not closed, first due first.
pub(super) async fn recommended(
    db: &impl ConnectionTrait,
) -> ApiResult<Vec<(ProductId, EvaluationId)>> {
    let rows: Vec<(Uuid, Uuid)> = round::Entity::find()
        .select_only()
        .column(round::Column::ProductId)
        .column(round::Column::Id)
        .filter(round::Column::State.eq(EvaluationState::Recommended.as_str()))
        .order_by_asc(round::Column::DueOn)
        .order_by_asc(round::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(product, id)| (ProductId(product), EvaluationId(id))).collect())
}

/// Whether the account has a seat in a round of this product and has not declared a conflict.
pub(super) async fn has_seat(
    db: &impl ConnectionTrait,
    product: ProductId,
    account: AccountId,
) -> ApiResult<bool> {
    let seats = seats_of(account).into_query();
    let found: Option<Uuid> = rounds_of(product)
        .select_only()
        .column(round::Column::Id)
        .filter(round::Column::Id.in_subquery(seats))
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

fn rounds_of(product: ProductId) -> Select<round::Entity> {
    round::Entity::find()
        .filter(round::Column::ProductId.eq(product.0))
        .order_by_desc(round::Column::Id)
}

async fn one(db: &impl ConnectionTrait, row: round::Model) -> ApiResult<Round> {
    let mut rounds = with_members(db, vec![row]).await?;
    rounds.pop().ok_or_else(ApiError::not_found)
}

async fn with_members(
    db: &impl ConnectionTrait,
    rows: Vec<round::Model>,
) -> ApiResult<Vec<Round>> {
    let mut panels: HashMap<Uuid, Vec<Member>> = HashMap::new();
    if !rows.is_empty() {
        let seats = member::Entity::find()
            .filter(member::Column::EvaluationId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(member::Column::Position)
            .all(db)
            .await?;
        for seat in seats {
            panels.entry(seat.evaluation_id).or_default().push(to_member(seat)?);
        }
    }
    rows.into_iter()
        .map(|row| {
            let members = panels.remove(&row.id).unwrap_or_default();
            to_round(row, members)
        })
        .collect()
}

fn to_member(row: member::Model) -> ApiResult<Member> {
    Ok(Member {
        account_id: AccountId(row.account_id),
        conflict: ConflictAnswer::parse(&row.conflict).ok_or_else(|| unreadable("conflict"))?,
        conflict_note: row.conflict_note,
        scores: row.scores.as_deref().map(from_json).transpose()?,
        submitted_at: row.submitted_at,
    })
}

fn to_round(row: round::Model, members: Vec<Member>) -> ApiResult<Round> {
    let recommendation = match (row.recommended_verdict, row.recommended_reason, row.recommended_at) {
        (Some(verdict), Some(reason), Some(at)) => Some(Recommendation {
            verdict: RecommendedVerdict::parse(&verdict).ok_or_else(|| unreadable("verdict"))?,
            reason,
            at,
        }),
        _ => None,
    };
    let on_site = match (row.visited_on, row.visited_place, row.visited_minutes) {
        (Some(held_on), Some(place), Some(minutes)) => {
            Some(OnSiteVisit { held_on, place, minutes })
        }
        _ => None,
    };
    Ok(Round {
        id: EvaluationId(row.id),
        product_id: ProductId(row.product_id),
        product_version: u32::try_from(row.product_version).unwrap_or_default(),
        state: EvaluationState::parse(&row.state).ok_or_else(|| unreadable("state"))?,
        mode: EvaluationMode::parse(&row.mode).ok_or_else(|| unreadable("mode"))?,
        rubric: from_json::<Rubric>(&row.rubric)?,
        chair_id: AccountId(row.chair_id),
        quorum: u32::try_from(row.quorum).unwrap_or_default(),
        due_on: row.due_on,
        opened_at: row.opened_at,
        quorum_reached_at: row.quorum_reached_at,
        on_site,
        recommendation,
        revision: row.revision,
        members,
    })
}

fn unreadable(column: &str) -> ApiError {
    ApiError::internal(anyhow::anyhow!("a column {column} of an evaluation has an unknown value"))
}

fn from_json<T: DeserializeOwned>(text: &str) -> ApiResult<T> {
    serde_json::from_str(text).map_err(ApiError::internal)
}

fn to_json(value: &impl Serialize) -> ApiResult<String> {
    serde_json::to_string(value).map_err(ApiError::internal)
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Enters a round with its panel.
///
/// # Errors
/// `already_exists` when the product has a round that is not closed.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    _permit: Permit<Evaluation>,
    new: &Round,
) -> ApiResult<()> {
    let row = round::ActiveModel {
        id: Set(new.id.0),
        product_id: Set(new.product_id.0),
        product_version: Set(number(new.product_version)),
        state: Set(new.state.as_str().to_owned()),
        mode: Set(new.mode.as_str().to_owned()),
        rubric: Set(to_json(&new.rubric)?),
        chair_id: Set(new.chair_id.0),
        quorum: Set(number(new.quorum)),
        due_on: Set(new.due_on),
        opened_at: Set(new.opened_at),
        revision: Set(new.revision),
        ..Default::default()
    };
    round::Entity::insert(row).exec_without_returning(tx).await?;
    let accounts: Vec<AccountId> = new.members.iter().map(|member| member.account_id).collect();
    seat(tx, new.id, &accounts, 0).await
}

async fn seat(
    tx: &impl ConnectionTrait,
    id: EvaluationId,
    accounts: &[AccountId],
    first: i32,
) -> ApiResult<()> {
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
    });
    member::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Changes chair, quorum, date and seats; who keeps a seat keeps declaration and sheet.
pub(super) async fn set_panel(
    tx: &impl ConnectionTrait,
    _permit: Permit<Evaluation>,
    round: &Round,
    panel: &NewPanel,
) -> ApiResult<()> {
    if !panel.removed.is_empty() {
        member::Entity::delete_many()
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
        quorum: Set(number(panel.quorum)),
        due_on: Set(panel.due_on),
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

/// Keeps what a member says of conflicts.
pub(super) async fn set_conflict(
    tx: &impl ConnectionTrait,
    _permit: Permit<Evaluation>,
    id: EvaluationId,
    account: AccountId,
    answer: ConflictAnswer,
    note: Option<String>,
    now: Timestamp,
) -> ApiResult<()> {
    let row = member::ActiveModel {
        conflict: Set(answer.as_str().to_owned()),
        conflict_note: Set(note),
        declared_at: Set(Some(now)),
        ..Default::default()
    };
    set_member(tx, id, account, row).await
}

/// Keeps a member's sheet; `submitted_at` makes it final.
pub(super) async fn set_sheet(
    tx: &impl ConnectionTrait,
    _permit: Permit<Evaluation>,
    id: EvaluationId,
    account: AccountId,
    scores: &[Score],
    submitted_at: Option<Timestamp>,
) -> ApiResult<()> {
    let row = member::ActiveModel {
        scores: Set(Some(to_json(&scores)?)),
        submitted_at: Set(submitted_at),
        ..Default::default()
    };
    set_member(tx, id, account, row).await
}

async fn set_member(
    tx: &impl ConnectionTrait,
    id: EvaluationId,
    account: AccountId,
    row: member::ActiveModel,
) -> ApiResult<()> {
    member::Entity::update_many()
        .set(row)
        .filter(member::Column::EvaluationId.eq(id.0))
        .filter(member::Column::AccountId.eq(account.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes since when the quorum is met, or that it no longer is. The revision stays.
pub(super) async fn set_quorum_reached(
    tx: &impl ConnectionTrait,
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

/// Keeps the chair's recommendation in the place of an earlier one.
pub(super) async fn set_recommendation(
    tx: &impl ConnectionTrait,
    _permit: Permit<Evaluation>,
    round: &Round,
    given: &Recommendation,
) -> ApiResult<()> {
    let row = round::ActiveModel {
        state: Set(EvaluationState::Recommended.as_str().to_owned()),
        recommended_verdict: Set(Some(given.verdict.as_str().to_owned())),
        recommended_reason: Set(Some(given.reason.clone())),
        recommended_at: Set(Some(given.at)),
        ..Default::default()
    };
    revise(tx, round, row).await
}

/// Keeps the minutes of the look on site in the place of earlier ones.
pub(super) async fn set_visit(
    tx: &impl ConnectionTrait,
    _permit: Permit<Evaluation>,
    round: &Round,
    visit: &OnSiteVisit,
) -> ApiResult<()> {
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
pub(super) async fn close(
    tx: &impl ConnectionTrait,
    product: ProductId,
    now: Timestamp,
) -> ApiResult<()> {
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
async fn revise(
    tx: &impl ConnectionTrait,
    round: &Round,
    mut row: round::ActiveModel,
) -> ApiResult<()> {
    row.revision = Set(round.revision + 1);
    let written = round::Entity::update_many()
        .set(row)
        .filter(round::Column::Id.eq(round.id.0))
        .filter(round::Column::Revision.eq(round.revision))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        return Err(nq57_shared::problem::ProblemCode::StaleRevision.into());
    }
    Ok(())
}
