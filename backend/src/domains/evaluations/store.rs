//! Queries about rounds: rows in, `Round` out. Whoever gets one decides what of it may leave.

use std::collections::{HashMap, HashSet};

use nq57_platform::casework;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::bounded;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::evaluations::{
    ConflictAnswer, EvaluationMode, EvaluationState, OnSiteVisit, Person, Recommendation,
    RecommendedVerdict, Rubric,
};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::round::{Member, Round};
use super::table::{look, member, recommendation, round};
use crate::domains::products;

/// The round; 404 when there is none.
pub(super) async fn load(db: &impl ConnectionTrait, id: EvaluationId) -> ApiResult<Round> {
    let row = round::Entity::find_by_id(id.0).one(db).await?.ok_or_else(ApiError::not_found)?;
    one(db, row).await
}

/// The round, held until the transaction ends: what members and chair do at once happens in turn.
pub(super) async fn hold(tx: &Tx, id: EvaluationId) -> ApiResult<Round> {
    let select = round::Entity::find_by_id(id.0).lock_exclusive();
    let row = select.one(tx).await?.ok_or_else(ApiError::not_found)?;
    one(tx, row).await
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
    with_members(db, product, rows).await
}

/// Who may not judge this product: declared a conflict, or stood on the submitter's side when it was written.
pub(super) async fn conflicts_of(
    db: &impl ConnectionTrait,
    product: ProductId,
) -> ApiResult<HashSet<AccountId>> {
    let declared = casework::recused_of(db, product.0).await?;
    let product = products::find(db, product).await?.ok_or_else(ApiError::not_found)?;
    let mut conflicts = products::side_of(db, &product).await?;
    conflicts.extend(declared);
    Ok(conflicts)
}

/// Everybody who has ever recommended in this round.
pub(super) async fn recommenders_of(
    db: &impl ConnectionTrait,
    id: EvaluationId,
) -> ApiResult<Vec<AccountId>> {
    let found: Vec<Option<Uuid>> = recommendation::Entity::find()
        .select_only()
        .column(recommendation::Column::AccountId)
        .distinct()
        .filter(recommendation::Column::EvaluationId.eq(id.0))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().flatten().map(AccountId).collect())
}

fn rounds_of(product: ProductId) -> Select<round::Entity> {
    round::Entity::find()
        .filter(round::Column::ProductId.eq(product.0))
        .order_by_desc(round::Column::Id)
}

async fn one(db: &impl ConnectionTrait, row: round::Model) -> ApiResult<Round> {
    let mut rounds = with_members(db, ProductId(row.product_id), vec![row]).await?;
    rounds.pop().ok_or_else(ApiError::not_found)
}

async fn with_members(
    db: &impl ConnectionTrait,
    product: ProductId,
    rows: Vec<round::Model>,
) -> ApiResult<Vec<Round>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|row| row.id);
    let mut panels: HashMap<Uuid, Vec<Member>> = HashMap::new();
    let seats = bounded::look_up(ids(), async |ids| {
        Ok(member::Entity::find()
            .filter(member::Column::EvaluationId.is_in(ids))
            .filter(member::Column::LeftAt.is_null())
            .order_by_asc(member::Column::Position)
            .all(db)
            .await?)
    });
    for seat in seats.await? {
        panels.entry(seat.evaluation_id).or_default().push(to_member(seat)?);
    }
    let mut looks: HashMap<Uuid, HashSet<AccountId>> = HashMap::new();
    let seen = bounded::look_up(ids(), async |ids| {
        Ok(look::Entity::find().filter(look::Column::EvaluationId.is_in(ids)).all(db).await?)
    });
    for look in seen.await? {
        looks.entry(look.evaluation_id).or_default().insert(AccountId(look.account_id));
    }
    let conflicts = conflicts_of(db, product).await?;
    rows.into_iter()
        .map(|row| {
            let members = panels.remove(&row.id).unwrap_or_default();
            let looks = looks.remove(&row.id).unwrap_or_default();
            to_round(row, members, conflicts.clone(), looks)
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

fn to_round(
    row: round::Model,
    members: Vec<Member>,
    conflicts: HashSet<AccountId>,
    looks: HashSet<AccountId>,
) -> ApiResult<Round> {
    let recommendation = match (
        row.recommended_by,
        row.recommended_verdict,
        row.recommended_reason,
        row.recommended_at,
    ) {
        (Some(by), Some(verdict), Some(reason), Some(at)) => Some(Recommendation {
            // The name is looked up with the others.
            by: Person { id: AccountId(by), display_name: String::new() },
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
        product_version: u32::try_from(row.product_version).map_err(ApiError::internal)?,
        state: EvaluationState::parse(&row.state).ok_or_else(|| unreadable("state"))?,
        mode: EvaluationMode::parse(&row.mode).ok_or_else(|| unreadable("mode"))?,
        rubric: from_json::<Rubric>(&row.rubric)?,
        chair_id: AccountId(row.chair_id),
        quorum: u32::try_from(row.quorum).map_err(ApiError::internal)?,
        due_on: row.due_on,
        due_at: row.due_at,
        opened_at: row.opened_at,
        quorum_reached_at: row.quorum_reached_at,
        on_site,
        recommendation,
        revision: row.revision,
        members,
        conflicts,
        looks,
    })
}

fn unreadable(column: &str) -> ApiError {
    ApiError::internal(anyhow::anyhow!("a column {column} of an evaluation has an unknown value"))
}

fn from_json<T: DeserializeOwned>(text: &str) -> ApiResult<T> {
    serde_json::from_str(text).map_err(ApiError::internal)
}

/// A count as its column holds it.
pub(super) fn number(count: u32) -> ApiResult<i32> {
    i32::try_from(count).map_err(ApiError::internal)
}
