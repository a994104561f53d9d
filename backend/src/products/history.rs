//! The history of a product: every change of state and of turn, who acted in which part, and how long it
//! was held.

use nq57_shared::access::Actor;
use nq57_shared::calendar::WorkingCalendar;
use nq57_shared::ids::ProductId;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{HistoryEntry, ProductEvent, ProductState};
use nq57_shared::time::{Timestamp, vietnam_date};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use serde::Serialize;

use super::store::{ProductRecord, from_column, known, to_column};
use super::table::transition::{ActiveModel, Column, Entity, Model};
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::persistence::transaction::Tx;

/// A change of state to be written down, after its effects.
pub(super) struct Transition<'a> {
    pub event: ProductEvent,
    pub from: ProductState,
    /// Who had it until now.
    pub held_by: Option<Holder>,
    /// Since when.
    pub since: Timestamp,
    pub reason: Option<&'a str>,
}

/// Writes the change down.
pub(super) async fn record(
    tx: &Tx,
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
        held_by: Set(transition.held_by.map(|holder| holder.as_str().to_owned())),
        held_tenths: Set(working_tenths(calendar, transition.since, now)),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Working days between two instants, in tenths. Within one day a tenth is 2.4 hours of the clock.
fn working_tenths(calendar: &WorkingCalendar, from: Timestamp, to: Timestamp) -> i32 {
    if vietnam_date(from) == vietnam_date(to) {
        let tenths = Ord::max((to - from).num_minutes(), 0) / 144;
        return i32::try_from(tenths).unwrap_or(i32::MAX);
    }
    calendar.working_days_between(vietnam_date(from), vietnam_date(to)).saturating_mul(10)
}

/// The row as the API shows it.
fn entry(row: Model) -> ApiResult<HistoryEntry> {
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

/// How much of a history somebody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Extent {
    /// All changes of state with their reasons.
    Whole,
    /// What led to the public version, with the reasons of decisions.
    Public { version: u32 },
    /// Nothing is public.
    Nothing,
}

impl Extent {
    /// The rows that it has: what happens inside of evaluations is in none.
    pub fn rows(self, id: ProductId) -> ApiResult<Condition> {
        let left_out = |is_left_out: fn(ProductEvent) -> bool| {
            let events = ProductEvent::ALL.iter().filter(move |event| is_left_out(**event));
            Column::Event.is_not_in(events.map(|event| event.as_str()))
        };
        let all = Condition::all()
            .add(Column::ProductId.eq(id.0))
            .add(left_out(ProductEvent::is_internal));
        Ok(match self {
            Self::Whole => all,
            Self::Public { version } => all
                .add(left_out(ProductEvent::is_private))
                .add(Column::Version.lte(to_column(version)?)),
            Self::Nothing => all.add(Expr::val(1).eq(0)),
        })
    }

    /// What it shows of one of them.
    pub fn shown(self, row: Model) -> ApiResult<HistoryEntry> {
        let entry = entry(row)?;
        Ok(match self {
            Self::Whole => entry,
            Self::Public { .. } | Self::Nothing => {
                let reason = entry.reason.filter(|_| entry.event.is_reason_public());
                HistoryEntry { reason, ..entry }
            }
        })
    }
}

/// The whole history of a product, for the page that follows it by code.
pub(super) async fn all(db: &impl ConnectionTrait, id: ProductId) -> ApiResult<Vec<HistoryEntry>> {
    let rows = Entity::find().filter(Extent::Whole.rows(id)?);
    let rows = rows.order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(|row| Extent::Whole.shown(row)).collect()
}
