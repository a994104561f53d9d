//! Queries about rounds: rows in, `Round` out. Whoever gets one decides what of it may leave.

use std::collections::{HashMap, HashSet};

use nq57_shared::evaluations::{
    ConflictAnswer, EvaluationMode, EvaluationState, OnSiteVisit, Person, Recommendation,
    RecommendedVerdict, Rubric,
};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::products::WorkStep;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::round::{Member, Round};
use super::table::{conflict, look, member, round};
use crate::error::{ApiError, ApiResult};
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;
use crate::products;

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

/// The latest round of this version, closed or not.
pub(super) async fn latest_of(
    db: &impl ConnectionTrait,
    product: ProductId,
    version: u32,
) -> ApiResult<Option<Round>> {
    let select = rounds_of(product).filter(round::Column::ProductVersion.eq(number(version)?));
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
    with_members(db, product, rows).await
}

/// The rounds of these products that are not closed.
pub(super) async fn open_ids_of(
    db: &impl ConnectionTrait,
    products: &[ProductId],
) -> ApiResult<HashMap<ProductId, EvaluationId>> {
    let rows: Vec<(Uuid, Uuid)> = round::Entity::find()
        .select_only()
        .column(round::Column::ProductId)
        .column(round::Column::Id)
        .filter(round::Column::ProductId.is_in(products.iter().map(|id| id.0)))
        .filter(round::Column::State.ne(EvaluationState::Closed.as_str()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(product, id)| (ProductId(product), EvaluationId(id))).collect())
}

/// The next thing that each open round wants of the account, if any, as `product_id`, `evaluation_id`,
/// `step`, and `due_at` where the round itself sets a day for it: one row for each product.
pub(super) fn waiting_for(account: AccountId) -> SelectStatement {
    let seat = |column| Expr::col((member::Entity, column));
    let of_round = |column| Expr::col((round::Entity, column));
    let has_said = |answer: ConflictAnswer| seat(member::Column::Conflict).eq(answer.as_str());
    // Once it was recommended nothing is owed any more.
    let is_open = || of_round(round::Column::State).eq(EvaluationState::Open.as_str());
    let owes_answer = || has_said(ConflictAnswer::NotAsked).and(is_open());
    let owes_sheet = || {
        let has_none = seat(member::Column::SubmittedAt).is_null();
        has_said(ConflictAnswer::None).and(has_none).and(is_open())
    };
    let owes_recommendation = of_round(round::Column::ChairId)
        .eq(account.0)
        .and(is_open())
        .and(of_round(round::Column::QuorumReachedAt).is_not_null());
    let step = Expr::case(owes_answer(), WorkStep::DeclareConflict.as_str())
        .case(owes_sheet(), WorkStep::Score.as_str())
        .case(owes_recommendation, WorkStep::Recommend.as_str());
    // A sheet beyond the quorum is welcome, and not late.
    let is_waited_for = of_round(round::Column::QuorumReachedAt).is_null();
    let owes = owes_answer().or(owes_sheet()).and(is_waited_for);
    let due_at = Expr::case(owes, of_round(round::Column::DueAt));
    let same_round = of_round(round::Column::Id).eq(seat(member::Column::EvaluationId));
    let own_seat = same_round
        .and(seat(member::Column::AccountId).eq(account.0))
        .and(seat(member::Column::LeftAt).is_null());
    let declared = declared_by(account);
    Query::select()
        .expr_as(of_round(round::Column::ProductId), "product_id")
        .expr_as(of_round(round::Column::Id), "evaluation_id")
        .expr_as(step, "step")
        .expr_as(due_at, "due_at")
        .from(round::Entity)
        .join(JoinType::LeftJoin, member::Entity, own_seat)
        .and_where(of_round(round::Column::State).ne(EvaluationState::Closed.as_str()))
        .and_where(
            seat(member::Column::AccountId)
                .is_not_null()
                .or(of_round(round::Column::ChairId).eq(account.0)),
        )
        .and_where(of_round(round::Column::ProductId).not_in_subquery(declared))
        .take()
}

/// Who may not judge this product: declared a conflict, or stood on the submitter's side when it was written.
pub(super) async fn conflicts_of(
    db: &impl ConnectionTrait,
    product: ProductId,
) -> ApiResult<HashSet<AccountId>> {
    let declared: Vec<Uuid> = conflict::Entity::find()
        .select_only()
        .column(conflict::Column::AccountId)
        .filter(conflict::Column::ProductId.eq(product.0))
        .into_tuple()
        .all(db)
        .await?;
    let product = products::find(db, product).await?.ok_or_else(ApiError::not_found)?;
    let mut conflicts = products::side_of(db, &product).await?;
    conflicts.extend(declared.into_iter().map(AccountId));
    Ok(conflicts)
}

/// The ids of the products about which this account declared a conflict, as a query.
pub(super) fn declared_by(account: AccountId) -> SelectStatement {
    Query::select()
        .column(conflict::Column::ProductId)
        .from(conflict::Entity)
        .and_where(Expr::col(conflict::Column::AccountId).eq(account.0))
        .take()
}

/// Whether the account declared a conflict about this product.
pub(super) async fn is_recused(
    db: &impl ConnectionTrait,
    product: ProductId,
    account: AccountId,
) -> ApiResult<bool> {
    let fact = conflict::Entity::find_by_id((product.0, account.0));
    Ok(fact.one(db).await?.is_some())
}

/// The account's seat in the round of this product that is not closed, as far as standing asks for it.
pub(super) struct Seat {
    pub is_taken: bool,
    /// A sheet is in, or the recommendation was given.
    pub has_judged: bool,
}

/// How the account takes part in the round of this product that is not closed.
pub(super) async fn seat_of(
    db: &impl ConnectionTrait,
    product: ProductId,
    account: AccountId,
) -> ApiResult<Seat> {
    let own = Expr::col((member::Entity, member::Column::EvaluationId))
        .eq(Expr::col((round::Entity, round::Column::Id)))
        .and(Expr::col((member::Entity, member::Column::AccountId)).eq(account.0));
    let mut select = rounds_of(product)
        .select_only()
        .column(round::Column::RecommendedBy)
        .column(member::Column::AccountId)
        .column(member::Column::SubmittedAt)
        .column(member::Column::LeftAt)
        .filter(round::Column::State.ne(EvaluationState::Closed.as_str()));
    QueryTrait::query(&mut select).join(JoinType::LeftJoin, member::Entity, own);
    type Row = (Option<Uuid>, Option<Uuid>, Option<Timestamp>, Option<Timestamp>);
    let row: Option<Row> = select.into_tuple().one(db).await?;
    Ok(row.map_or(Seat { is_taken: false, has_judged: false }, |(by, seat, sheet, left)| Seat {
        is_taken: seat.is_some() && left.is_none(),
        has_judged: sheet.is_some() || by == Some(account.0),
    }))
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
