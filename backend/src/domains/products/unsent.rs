//! What the audit shows to nobody: what a submitter has written and not sent, whether it was a draft, a next version or
//! an answer.

use nq57_platform::casework;
use nq57_platform::casework::attachments::Attachable;
use nq57_platform::registry::EntryColumns;
use nq57_shared::products::ProductEvent;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{ExprTrait, Query, SimpleExpr};

use super::attachments::Filed;
use super::edit::EDITED;
use super::table::product::{Column, Entity};

/// The deeds by which somebody writes at a product, which is possible only while its submitter holds it.
const WRITING: [&str; 3] = [EDITED, Filed::ATTACHED, Filed::DETACHED];

/// Everything about a product that was never sent, and all writing that the next event has not sent: none came yet, or
/// it was taken back, given up or suspended.
pub(super) fn unsent(entry: &EntryColumns) -> SimpleExpr {
    let never =
        Query::select().column(Column::Id).from(Entity).and_where(Column::Code.is_null()).take();
    let next = casework::next_event(entry.case.clone(), entry.id.clone());
    let is_sent = SimpleExpr::from(next).if_null("").eq(ProductEvent::Submit.as_str());
    let is_writing = entry.action.clone().is_in(WRITING);
    entry.case.clone().in_subquery(never).or(is_writing.and(is_sent.not()))
}
