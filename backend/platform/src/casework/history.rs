//! The history of cases: every change of state or of holder, who acted in which part, and how long it was held.

use nq57_core::access::Actor;
use nq57_core::calendar::WorkingCalendar;
use nq57_core::time::{Timestamp, vietnam_date};
use nq57_core::tracking::TimelineEntry;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::table::transition;
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::persistence::transaction::Tx;
use crate::subject::Subject;

/// The rows, for a domain that reads and counts its own.
pub use super::table::transition as transitions;

/// A change to be written down, after its effects.
#[derive(Clone, Copy, Debug)]
pub struct Transition<'a> {
    pub event: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    /// Number of the version that it happens to.
    pub version: u32,
    /// The part that the event belongs to; nobody's when the time sends it.
    pub acted_as: Option<&'static str>,
    /// Who had it until now.
    pub held_by: Option<&'static str>,
    /// Since when.
    pub since: Timestamp,
    pub reason: Option<&'a str>,
    /// The sender does not learn of it, who follows the case by its code.
    pub is_internal: bool,
}

/// Writes the change down.
///
/// # Errors
/// Failures of the database.
pub async fn record(
    tx: &Tx,
    clock: &Clock,
    calendar: &WorkingCalendar,
    actor: &Actor,
    case: Subject,
    change: &Transition<'_>,
) -> ApiResult<()> {
    let now = clock.now();
    let row = transition::ActiveModel {
        id: Set(clock.new_id()),
        kind: Set(case.kind.to_owned()),
        case_id: Set(case.id),
        at: Set(now),
        event: Set(change.event.to_owned()),
        from_state: Set(change.from.to_owned()),
        to_state: Set(change.to.to_owned()),
        version: Set(change.version),
        acted_as: Set(change.acted_as.map(str::to_owned)),
        actor_id: Set(actor.account_id()),
        reason: Set(change.reason.map(str::to_owned)),
        held_by: Set(change.held_by.map(str::to_owned)),
        held_tenths: Set(working_tenths(calendar, change.since, now)),
        is_internal: Set(change.is_internal),
    };
    transition::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The event that came to a case next after a thing with this id was written, as a query of one text. Ids ascend with
/// time.
#[must_use]
pub fn next_event(case: Expr, after: Expr) -> SelectStatement {
    let column = |column| Expr::col((transition::Entity, column));
    Query::select()
        .expr(column(transition::Column::Event))
        .from(transition::Entity)
        .and_where(column(transition::Column::CaseId).eq(case))
        .and_where(column(transition::Column::Id).gt(after))
        .order_by((transition::Entity, transition::Column::Id), Order::Asc)
        .limit(1)
        .take()
}

/// What happened so far, as the sender may know it, oldest first.
pub(super) async fn told(
    db: &impl ConnectionTrait,
    kind: &str,
    case_id: Uuid,
) -> ApiResult<Vec<TimelineEntry>> {
    let rows = transition::Entity::find()
        .filter(transition::Column::CaseId.eq(case_id))
        .filter(transition::Column::Kind.eq(kind))
        .filter(transition::Column::IsInternal.eq(false))
        .order_by_asc(transition::Column::Id)
        .all(db)
        .await?;
    let entry = |row: transition::Model| TimelineEntry {
        at: row.at,
        event: row.event,
        from: row.from_state,
        to: row.to_state,
        version: row.version,
        by: row.acted_as,
        reason: row.reason,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Working days between two instants, in tenths. Within one day a tenth is 2.4 hours of the clock.
fn working_tenths(calendar: &WorkingCalendar, from: Timestamp, to: Timestamp) -> i32 {
    if vietnam_date(from) == vietnam_date(to) {
        let tenths = Ord::max((to - from).num_minutes(), 0) / 144;
        return i32::try_from(tenths).unwrap_or(i32::MAX);
    }
    calendar.working_days_between(vietnam_date(from), vietnam_date(to)).saturating_mul(10)
}
