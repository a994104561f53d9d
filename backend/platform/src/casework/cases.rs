//! The register: one row for each case that was sent, written whenever its state or its holder changes; and what
//! lists of all kinds read of it.

use chrono::Datelike;
use nq57_core::casework::CaseSummary;
use nq57_core::fold::fold;
use nq57_core::ids::{AccountId, OrganisationId};
use nq57_core::time::{Timestamp, vietnam_date};
use nq57_core::tracking;
use sea_orm::sea_query::{Condition, Expr, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::table::case::{ActiveModel, Column, Entity};
use super::table::work_item;
use super::work::never;
use crate::error::ApiResult;
use crate::persistence::search;
use crate::persistence::transaction::Tx;
use crate::state::AppState;
use crate::subject::Subject;

/// A case as it stands now.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub subject: Subject,
    pub code: Option<&'a str>,
    pub title: &'a str,
    /// Whose it is, in words.
    pub sender: &'a str,
    /// Title and sender stay as they stood: what is being written is not sent yet.
    pub keeps_words: bool,
    /// Who sent it; nobody for a case without an account.
    pub owner: Option<AccountId>,
    /// For which organisation.
    pub organisation: Option<OrganisationId>,
    /// The province whose office handles it.
    pub province: Option<&'a str>,
    pub state: &'static str,
    /// The part that has to act next; nobody's when the case is done.
    pub holder: Option<&'static str>,
    pub due_at: Option<Timestamp>,
    pub submitted_at: Option<Timestamp>,
}

/// Writes the case into the register, in the place of what stood there; for whom it was sent and who handles it stay
/// as they were when it began.
///
/// # Errors
/// Failures of the database.
pub async fn record(tx: &Tx, now: Timestamp, case: &Case<'_>) -> ApiResult<()> {
    // Series and year are in every code: of those only the whole is looked for.
    let number = case.code.and_then(|code| code.rsplit('-').next()).unwrap_or_default();
    let words = [case.title, case.sender, number].join(" ");
    let row = ActiveModel {
        id: Set(case.subject.id),
        kind: Set(case.subject.kind.to_owned()),
        code: Set(case.code.map(str::to_owned)),
        title: Set(case.title.to_owned()),
        folded: Set(fold(&words)),
        sender: Set(case.sender.to_owned()),
        owner_id: Set(case.owner),
        organisation_id: Set(case.organisation),
        province_code: Set(case.province.map(str::to_owned)),
        state: Set(case.state.to_owned()),
        is_open: Set(case.holder.is_some()),
        holder: Set(case.holder.map(str::to_owned)),
        due_at: Set(case.due_at.unwrap_or(never())),
        submitted_at: Set(case.submitted_at),
        changed_at: Set(now),
    };
    let again = OnConflict::column(Column::Id)
        .update_columns(Column::iter().filter(|column| match column {
            Column::Id | Column::OrganisationId | Column::ProvinceCode => false,
            Column::Title | Column::Folded | Column::Sender => !case.keeps_words,
            _ => true,
        }))
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// What was due then is due now, in the register and in all work of the case.
pub(super) async fn move_due(
    tx: &Tx,
    case: Subject,
    from: Timestamp,
    to: Timestamp,
) -> ApiResult<()> {
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(to))
        .filter(Column::Id.eq(case.id))
        .filter(Column::Kind.eq(case.kind))
        .filter(Column::DueAt.eq(from))
        .exec(tx)
        .await?;
    work_item::Entity::update_many()
        .col_expr(work_item::Column::DueAt, Expr::value(to))
        .filter(work_item::Column::CaseId.eq(case.id))
        .filter(work_item::Column::DueAt.eq(from))
        .exec(tx)
        .await?;
    Ok(())
}

/// The case as the register has it.
pub(super) async fn find(state: &AppState, kind: &str, id: Uuid) -> ApiResult<Option<CaseSummary>> {
    let mut select = Query::select()
        .from(Entity)
        .and_where(Column::Id.eq(id))
        .and_where(Column::Kind.eq(kind))
        .take();
    CaseRow::select(&mut select);
    let statement = state.db.get_database_backend().build(&select);
    let row = CaseRow::find_by_statement(statement).one(&state.db).await?;
    Ok(row.map(|row| row.summary(state)))
}

/// What a list reads of a case.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct CaseRow {
    pub id: Uuid,
    pub kind: String,
    code: Option<String>,
    title: String,
    sender: String,
    pub state: String,
    holder: Option<String>,
    province_code: Option<String>,
    pub due_at: Timestamp,
    submitted_at: Option<Timestamp>,
    pub changed_at: Timestamp,
}

impl CaseRow {
    /// Asks for its columns.
    pub fn select(select: &mut SelectStatement) {
        for (column, name) in [
            (Column::Id, "id"),
            (Column::Kind, "kind"),
            (Column::Code, "code"),
            (Column::Title, "title"),
            (Column::Sender, "sender"),
            (Column::State, "state"),
            (Column::Holder, "holder"),
            (Column::ProvinceCode, "province_code"),
            (Column::DueAt, "due_at"),
            (Column::SubmittedAt, "submitted_at"),
            (Column::ChangedAt, "changed_at"),
        ] {
            select.expr_as(Expr::col((Entity, column)), name);
        }
    }

    /// As the API shows it.
    pub fn summary(self, state: &AppState) -> CaseSummary {
        let due_at = Some(self.due_at).filter(|due| *due < never());
        CaseSummary {
            id: self.id,
            kind: self.kind,
            code: self.code,
            title: self.title,
            sender: self.sender,
            state: self.state,
            holder: self.holder,
            province_code: self.province_code,
            due_at,
            working_days_left: working_days_left(state, due_at),
            submitted_at: self.submitted_at,
            changed_at: self.changed_at,
        }
    }
}

/// Working days until then, not counting today.
pub(super) fn working_days_left(state: &AppState, due_at: Option<Timestamp>) -> Option<i32> {
    let snapshot = state.reference.snapshot();
    let now = state.clock.now();
    due_at.map(|due| snapshot.calendar().working_days_left(now, due))
}

/// The years, this one and those before, in whose codes a number without a year is looked for.
const YEARS: i32 = 10;

/// Cases with all these words in title, sender or number; or those with this code, however it is typed, where there are
/// any.
pub(super) async fn named(state: &AppState, q: &str) -> ApiResult<Condition> {
    let year = vietnam_date(state.clock.now()).year();
    let series = state.registry.all_tracked().map(|tracked| tracked.series);
    let codes = tracking::codes(q, series, year - YEARS + 1..=year);
    // A code names one case, which its index finds; joined with words by OR it would be looked for in every row.
    if !codes.is_empty() {
        let known = Entity::find().select_only().column(Column::Code);
        let known: Vec<String> =
            known.filter(Column::Code.is_in(codes)).into_tuple().all(&state.db).await?;
        if !known.is_empty() {
            return Ok(Condition::all().add(Column::Code.is_in(known)));
        }
    }
    Ok(search::has_words(&Expr::col((Entity, Column::Folded)), q))
}
