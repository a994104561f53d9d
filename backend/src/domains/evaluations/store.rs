//! Queries about evaluations. Whoever gets one decides what of it may leave.

use std::collections::{HashMap, HashSet};

use nq57_platform::casework;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::bounded;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::evaluations::EvaluationState;
use nq57_shared::ids::{AccountId, EvaluationId, OrganisationId, ProductId};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use super::evaluation::{EvaluationRecord, Member};
use super::table::{evaluation, look, member, recommendation};
use crate::domains::products;

/// The evaluation; 404 when there is none.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    id: EvaluationId,
) -> ApiResult<EvaluationRecord> {
    let row = evaluation::Entity::find_by_id(id).one(db).await?.ok_or_else(ApiError::not_found)?;
    one(db, row).await
}

/// The evaluation, locked until the transaction ends: what members and chair do at once happens in turn.
pub(super) async fn load_for_update(tx: &Tx, id: EvaluationId) -> ApiResult<EvaluationRecord> {
    let select = evaluation::Entity::find_by_id(id).lock_exclusive();
    let row = select.one(tx).await?.ok_or_else(ApiError::not_found)?;
    one(tx, row).await
}

/// The evaluation of this product that is not closed.
pub(super) async fn open_id_of(
    db: &impl ConnectionTrait,
    product: ProductId,
) -> ApiResult<Option<EvaluationId>> {
    let open =
        evaluations_of(product).filter(evaluation::Column::State.ne(EvaluationState::Closed));
    Ok(open.select_only().column(evaluation::Column::Id).into_tuple().one(db).await?)
}

/// All evaluations of a product, the latest first.
pub(super) async fn all_of(
    db: &impl ConnectionTrait,
    product: ProductId,
) -> ApiResult<Vec<EvaluationRecord>> {
    let rows = evaluations_of(product).all(db).await?;
    with_members(db, product, rows).await
}

/// Who may not judge this product: declared a conflict, or stands on the submitter's side or did when it was written.
pub(super) async fn conflicts_of(
    db: &impl ConnectionTrait,
    product: ProductId,
) -> ApiResult<HashSet<AccountId>> {
    let product = products::find(db, product).await?.ok_or_else(ApiError::not_found)?;
    products::kept_from(db, &product).await
}

/// The evaluations that are not closed, of what the organisation has sent, in which the account plays a part.
pub(super) async fn open_with(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    account: AccountId,
) -> ApiResult<Vec<EvaluationId>> {
    let played = casework::played_in(organisation, account);
    Ok(not_closed()
        .filter(evaluation::Column::ProductId.in_subquery(played))
        .into_tuple()
        .all(db)
        .await?)
}

/// Those in which the account sits or leads.
pub(super) async fn open_of(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> ApiResult<Vec<EvaluationId>> {
    let seats = Query::select()
        .column(member::Column::EvaluationId)
        .from(member::Entity)
        .and_where(member::Column::AccountId.eq(account))
        .and_where(member::Column::LeftAt.is_null())
        .take();
    let part = Condition::any()
        .add(evaluation::Column::ChairId.eq(account))
        .add(evaluation::Column::Id.in_subquery(seats));
    Ok(not_closed().filter(part).into_tuple().all(db).await?)
}

/// Those of these products.
pub(super) async fn open_among(
    db: &impl ConnectionTrait,
    products: impl IntoIterator<Item = ProductId>,
) -> ApiResult<Vec<EvaluationId>> {
    bounded::look_up(products, async |some| {
        let open = not_closed().filter(evaluation::Column::ProductId.is_in(some));
        Ok(open.into_tuple().all(db).await?)
    })
    .await
}

fn not_closed() -> Select<evaluation::Entity> {
    evaluation::Entity::find()
        .select_only()
        .column(evaluation::Column::Id)
        .filter(evaluation::Column::State.ne(EvaluationState::Closed))
        .order_by_asc(evaluation::Column::Id)
}

/// Everybody who has ever recommended in this evaluation.
pub(super) async fn recommenders_of(
    db: &impl ConnectionTrait,
    id: EvaluationId,
) -> ApiResult<Vec<AccountId>> {
    let found: Vec<Option<AccountId>> = recommendation::Entity::find()
        .select_only()
        .column(recommendation::Column::AccountId)
        .distinct()
        .filter(recommendation::Column::EvaluationId.eq(id))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

fn evaluations_of(product: ProductId) -> Select<evaluation::Entity> {
    evaluation::Entity::find()
        .filter(evaluation::Column::ProductId.eq(product))
        .order_by_desc(evaluation::Column::Id)
}

async fn one(db: &impl ConnectionTrait, row: evaluation::Model) -> ApiResult<EvaluationRecord> {
    let mut evaluations = with_members(db, row.product_id, vec![row]).await?;
    evaluations.pop().ok_or_else(ApiError::not_found)
}

async fn with_members(
    db: &impl ConnectionTrait,
    product: ProductId,
    rows: Vec<evaluation::Model>,
) -> ApiResult<Vec<EvaluationRecord>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|row| row.id);
    let mut panels: HashMap<EvaluationId, Vec<Member>> = HashMap::new();
    let seats = bounded::look_up(ids(), async |ids| {
        Ok(member::Entity::find()
            .filter(member::Column::EvaluationId.is_in(ids))
            .filter(member::Column::LeftAt.is_null())
            .order_by_asc(member::Column::Position)
            .all(db)
            .await?)
    });
    for seat in seats.await? {
        panels.entry(seat.evaluation_id).or_default().push(seat);
    }
    let mut looks: HashMap<EvaluationId, HashSet<AccountId>> = HashMap::new();
    let seen = bounded::look_up(ids(), async |ids| {
        Ok(look::Entity::find().filter(look::Column::EvaluationId.is_in(ids)).all(db).await?)
    });
    for look in seen.await? {
        looks.entry(look.evaluation_id).or_default().insert(look.account_id);
    }
    let conflicts = conflicts_of(db, product).await?;
    let evaluation = |row: evaluation::Model| EvaluationRecord {
        members: panels.remove(&row.id).unwrap_or_default(),
        looks: looks.remove(&row.id).unwrap_or_default(),
        conflicts: conflicts.clone(),
        row,
    };
    Ok(rows.into_iter().map(evaluation).collect())
}
