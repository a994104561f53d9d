//! The history of a product: every change of state, who acted in which part, and how long it was held.

use nq57_shared::access::Actor;
use nq57_shared::calendar::WorkingCalendar;
use nq57_shared::ids::ProductId;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{HistoryEntry, ProductEvent, ProductState};
use nq57_shared::time::{Timestamp, vietnam_date};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use super::store::{ProductRecord, from_column, known, to_column};
use super::table::transition::{ActiveModel, Entity, Model};
use crate::clock::Clock;
use crate::error::ApiResult;

/// A change of state to be written down, after its effects.
pub(super) struct Transition<'a> {
    pub event: ProductEvent,
    pub from: ProductState,
    /// When it had entered the state that it left.
    pub since: Timestamp,
    pub reason: Option<&'a str>,
}

/// Writes the change down.
pub(super) async fn record(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    calendar: &WorkingCalendar,
    actor: &Actor,
    product: &ProductRecord,
    transition: Transition<'_>,
) -> ApiResult<()> {
    let now = clock.now();
    let row = ActiveModel {
        id: Set(clock.new_id()),
        product_id: Set(product.id.0),
        at: Set(now),
        event: Set(transition.event.as_str().to_owned()),
        from_state: Set(transition.from.as_str().to_owned()),
        to_state: Set(product.state.as_str().to_owned()),
        version: Set(to_column(product.version)?),
        acted_as: Set(transition.event.sent_by().map(|part| part.as_str().to_owned())),
        actor_id: Set(actor.account_id().map(|id| id.0)),
        reason: Set(transition.reason.map(str::to_owned)),
        held_by: Set(transition.from.holder().map(|holder| holder.as_str().to_owned())),
        held_tenths: Set(working_tenths(calendar, transition.since, now)),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Working days between two instants, in tenths. Within one day a tenth is 2.4 hours of the clock.
fn working_tenths(calendar: &WorkingCalendar, from: Timestamp, to: Timestamp) -> i32 {
    if vietnam_date(from) == vietnam_date(to) {
        let tenths = (to - from).num_minutes().max(0) / 144;
        return i32::try_from(tenths).unwrap_or(i32::MAX);
    }
    calendar.working_days_between(vietnam_date(from), vietnam_date(to)).saturating_mul(10)
}

/// The row as the API shows it.
pub(super) fn entry(row: Model) -> ApiResult<HistoryEntry> {
    Ok(HistoryEntry {
        at: row.at,
        event: known(ProductEvent::parse(&row.event), &row.event)?,
        from: known(ProductState::parse(&row.from_state), &row.from_state)?,
        to: known(ProductState::parse(&row.to_state), &row.to_state)?,
        version: from_column(row.version)?,
        by: row.acted_as.as_deref().map(|part| known(Holder::parse(part), part)).transpose()?,
        reason: row.reason,
    })
}

/// Whether the public history has this entry, and what of it: decisions with their reasons, nothing
/// of a version that is not public yet.
pub(super) fn public(entry: HistoryEntry, public_version: u32) -> Option<HistoryEntry> {
    if entry.event.is_private() || entry.version > public_version {
        return None;
    }
    let reason = entry.reason.filter(|_| entry.event.is_reason_public());
    Some(HistoryEntry { reason, ..entry })
}

/// The whole history of a product, for the page that follows it by code.
pub(super) async fn all(db: &impl ConnectionTrait, id: ProductId) -> ApiResult<Vec<HistoryEntry>> {
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

    use super::table::transition::Column;
    let rows =
        Entity::find().filter(Column::ProductId.eq(id.0)).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(entry).collect()
}
