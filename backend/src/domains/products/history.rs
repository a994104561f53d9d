//! What of a product's history is shown to whom.

use nq57_platform::casework::transitions::{Column, Model};
use nq57_platform::error::ApiResult;
use nq57_shared::ids::ProductId;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{HistoryEntry, ProductEvent, ProductState};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use serde::Serialize;

use super::store::{from_column, known, to_column};

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
        let all =
            Condition::all().add(Column::CaseId.eq(id.0)).add(left_out(ProductEvent::is_internal));
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
