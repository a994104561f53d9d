//! The tree of organisations and what became of which, each walked by one query to a bounded depth. Neither has a
//! circle: whoever changes them holds the gate first.

use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::persistence::values::values;
use nq57_shared::access::Reach;
use nq57_shared::ids::OrganisationId;
use sea_orm::sea_query::{
    Alias, CommonTableExpression, Expr, ExprTrait, Query as Select, SelectStatement, UnionType,
    WithQuery,
};
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, JoinType, Order, QueryOrder, QuerySelect,
};

use super::table::{organisation, succession};

/// Levels that the tree may have.
pub const DEEPEST: usize = 12;
/// Organisations below one to which a grant may be limited. What acts for more has no limit.
pub const MOST_BELOW: usize = 500;
/// Pairs that the grants of one account may need; what is nearest comes first.
const MOST_PAIRS: u64 = 2_000;

const WALK: &str = "walk";

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
}

/// A place that a walk came to.
#[derive(FromQueryResult)]
struct Step {
    start: OrganisationId,
    place: OrganisationId,
    level: i32,
}

fn walked(column: &'static str) -> Expr {
    Expr::col((Alias::new(WALK), Alias::new(column)))
}

/// Walks from these, which are on level 0, and finds start, place and level.
fn rows(from: &[OrganisationId], way: Way) -> SelectStatement {
    use organisation::{Column, Entity};
    let of = |column: Column| Expr::col((Entity, column));
    let mut rows = Select::select()
        .expr(of(Column::Id))
        .expr(of(Column::Id))
        .expr(Expr::cust("0"))
        .from(Entity)
        .and_where(of(Column::Id).is_in(from.iter().copied()))
        .take();
    let (to, meets) = match way {
        Way::Up => (Column::ParentId, Column::Id),
        Way::Down => (Column::Id, Column::ParentId),
    };
    let next = Select::select()
        .expr(walked("start"))
        .expr(of(to))
        .expr(walked("level").add(1))
        .from(Alias::new(WALK))
        .join(JoinType::InnerJoin, Entity, of(meets).eq(walked("place")))
        .and_where(of(to).is_not_null())
        .and_where(walked("level").lt(i32::try_from(DEEPEST).unwrap_or(i32::MAX)))
        .take();
    rows.union(UnionType::All, next);
    rows
}

/// The places of a walk, in this order of levels, at most so many.
async fn walk(
    db: &impl ConnectionTrait,
    from: &[OrganisationId],
    way: Way,
    order: Order,
    most: u64,
) -> ApiResult<Vec<Step>> {
    let shown = Select::select()
        .expr_as(walked("start"), "start")
        .expr_as(walked("place"), "place")
        .expr_as(walked("level"), "level")
        .from(Alias::new(WALK))
        .order_by_expr(walked("level"), order)
        .order_by_expr(walked("place"), Order::Asc)
        .limit(most)
        .take();
    let names = ["start", "place", "level"].map(Alias::new);
    let statement = db.get_database_backend().build(&over(rows(from, way), &names, shown));
    Ok(Step::find_by_statement(statement).all(db).await?)
}

/// A query over what another one finds again and again.
fn over(rows: SelectStatement, names: &[Alias], shown: SelectStatement) -> WithQuery {
    let table = CommonTableExpression::new()
        .table_name(Alias::new(WALK))
        .columns(names.iter().cloned())
        .query(rows)
        .to_owned();
    shown.with(Select::with().recursive(true).cte(table).to_owned())
}

/// What stands below these, for the grants that are limited to them. One query; none for nobody.
///
/// # Errors
/// Failures of the database.
pub async fn reach_of(
    db: &impl ConnectionTrait,
    organisations: &[OrganisationId],
) -> ApiResult<Reach> {
    if organisations.is_empty() {
        return Ok(Reach::default());
    }
    let steps = walk(db, organisations, Way::Down, Order::Asc, MOST_PAIRS).await?;
    let below = steps.into_iter().filter(|step| step.level > 0);
    Ok(Reach::new(below.map(|step| (step.start, step.place))))
}

/// How many stand below, at most one more than a grant may be limited to.
///
/// # Errors
/// Failures of the database.
pub async fn count_below(db: &impl ConnectionTrait, id: OrganisationId) -> ApiResult<usize> {
    let most = u64::try_from(MOST_BELOW).unwrap_or(u64::MAX).saturating_add(2);
    Ok(walk(db, &[id], Way::Down, Order::Asc, most).await?.len().saturating_sub(1))
}

/// What stands above, the nearest first; without the organisation itself.
///
/// # Errors
/// Failures of the database.
pub async fn above(
    db: &impl ConnectionTrait,
    organisations: &[OrganisationId],
) -> ApiResult<Vec<OrganisationId>> {
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    let steps = walk(db, organisations, Way::Up, Order::Asc, MOST_PAIRS).await?;
    let above = steps.into_iter().filter(|step| step.level > 0);
    Ok(above.map(|step| step.place).collect())
}

/// Levels below the organisation.
pub(super) async fn height(db: &impl ConnectionTrait, id: OrganisationId) -> ApiResult<usize> {
    let deepest = walk(db, &[id], Way::Down, Order::Desc, 1).await?;
    let level = deepest.first().map_or(0, |step| step.level);
    Ok(usize::try_from(level).unwrap_or_default())
}

/// Whether one of these is the organisation, or became it by whatever way.
pub(super) async fn lead_to(
    db: &impl ConnectionTrait,
    from: &[OrganisationId],
    id: OrganisationId,
) -> ApiResult<bool> {
    use succession::{Column, Entity};
    if from.is_empty() || from.contains(&id) {
        return Ok(!from.is_empty());
    }
    let of = |column: Column| Expr::col((Entity, column));
    let mut later = Select::select()
        .expr(of(Column::SuccessorId))
        .from(Entity)
        .and_where(of(Column::PredecessorId).is_in(from.iter().copied()))
        .take();
    let next = Select::select()
        .expr(of(Column::SuccessorId))
        .from(Alias::new(WALK))
        .join(JoinType::InnerJoin, Entity, of(Column::PredecessorId).eq(walked("place")))
        .take();
    // What was found before is not walked again: it ends, whatever splits and merges.
    later.union(UnionType::Distinct, next);
    let shown = Select::select()
        .expr_as(walked("place"), "place")
        .from(Alias::new(WALK))
        .and_where(walked("place").eq(id))
        .limit(1)
        .take();
    let found: Vec<OrganisationId> =
        values(db, &over(later, &[Alias::new("place")], shown)).await?;
    Ok(found.contains(&id))
}

/// Serialises whatever could close a circle: the first organisation is the gate.
pub(super) async fn lock(tx: &Tx) -> ApiResult<()> {
    organisation::Entity::find()
        .order_by_asc(organisation::Column::Id)
        .limit(1)
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(())
}
