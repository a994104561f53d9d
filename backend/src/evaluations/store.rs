//! Queries about rounds: rows in, `Round` out. Whoever gets one decides what of it may leave.

use std::collections::HashMap;

use nq57_shared::evaluations::{
    ConflictAnswer, EvaluationMode, EvaluationState, OnSiteVisit, Recommendation,
    RecommendedVerdict, Rubric,
};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::round::{Member, Round};
use super::table::{member, round};
use crate::error::{ApiError, ApiResult};
use crate::persistence::bounded;

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
        .filter(round::Column::ChairId.eq(account.0).or(round::Column::Id.in_subquery(seats)))
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

async fn with_members(db: &impl ConnectionTrait, rows: Vec<round::Model>) -> ApiResult<Vec<Round>> {
    let mut panels: HashMap<Uuid, Vec<Member>> = HashMap::new();
    let seats = bounded::look_up(rows.iter().map(|row| row.id), async |ids| {
        Ok(member::Entity::find()
            .filter(member::Column::EvaluationId.is_in(ids))
            .order_by_asc(member::Column::Position)
            .all(db)
            .await?)
    });
    for seat in seats.await? {
        panels.entry(seat.evaluation_id).or_default().push(to_member(seat)?);
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
        revision: row.revision,
    })
}

fn to_round(row: round::Model, members: Vec<Member>) -> ApiResult<Round> {
    let recommendation = match (row.recommended_verdict, row.recommended_reason, row.recommended_at)
    {
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

pub(super) fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
