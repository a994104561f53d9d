//! What of a product's history is shown to whom.

use nq57_platform::casework::transitions::{Column, Entity};
use nq57_shared::ids::ProductId;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{HistoryEntry, ProductEvent, ProductState};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, Select};
use serde::Serialize;
use uuid::Uuid;

/// A transition of a product.
#[derive(FromQueryResult)]
pub(super) struct Row {
    pub id: Uuid,
    at: Timestamp,
    event: ProductEvent,
    from_state: ProductState,
    to_state: ProductState,
    version: u32,
    acted_as: Option<Holder>,
    reason: Option<String>,
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
    pub fn rows(self, id: ProductId) -> Select<Entity> {
        let left_out = |is_left_out: fn(ProductEvent) -> bool| {
            let events = ProductEvent::ALL.iter().copied().filter(move |one| is_left_out(*one));
            Column::Event.is_not_in(events)
        };
        let all = Entity::find().filter(Column::CaseId.eq(id));
        let all = all.filter(left_out(ProductEvent::is_internal));
        match self {
            Self::Whole => all,
            Self::Public { version } => {
                all.filter(left_out(ProductEvent::is_private)).filter(Column::Version.lte(version))
            }
            Self::Nothing => all.filter(Expr::val(1).eq(0)),
        }
    }

    /// What it shows of one of them.
    pub fn to_response(self, row: Row) -> HistoryEntry {
        let shows_reason = self == Self::Whole || row.event.is_reason_public();
        HistoryEntry {
            at: row.at,
            event: row.event,
            from: row.from_state,
            to: row.to_state,
            version: row.version,
            by: row.acted_as,
            reason: row.reason.filter(|_| shows_reason),
        }
    }
}
