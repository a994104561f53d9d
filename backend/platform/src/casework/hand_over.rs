//! Cases go over to the office that took the place of theirs, or to the organisation that their sender has become:
//! so many at a time, each with a fact of its own that nothing erases. Their deadlines run on; what waits for
//! whoever has gone waits for the successor.

use std::collections::BTreeMap;

use nq57_core::casework::CaseSummary;
use nq57_core::handover::{HANDOVER_MOST, HandoverProgress};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter,
};
use uuid::Uuid;

use super::table::{case, handover, work_item};
use super::work::Assignee;
use super::{counted, participants};
use crate::access::Permit;
use crate::audit::{self, By};
use crate::error::ApiResult;
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;
use crate::persistence::values::values;
use crate::registry::{DraftBounds, Succession};
use crate::state::AppState;

/// What goes over.
#[derive(Clone, Debug)]
pub struct HandOver<'a> {
    pub succession: Succession<'a>,
    pub reason: &'a str,
    /// Also the cases in which nobody has to act any more.
    pub include_closed: bool,
    /// Whoever belongs to the organisation that goes, as a query of `account_id`: they stood on the sender's side,
    /// and never judge the case.
    pub side: Option<SelectStatement>,
}

/// Hands over as many cases as one request may. Whoever calls this lets nobody else do the same meanwhile, and has
/// found out that the one has ended and the other has taken its place.
///
/// # Errors
/// Whatever a domain answers; failures of the database.
pub async fn hand_over(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    permit: Permit<CaseSummary>,
    what: HandOver<'_>,
) -> ApiResult<HandoverProgress> {
    permit.covers_new()?;
    let found = found(tx, &what, HANDOVER_MOST).await?;
    let ids: Vec<Uuid> = found.iter().map(|case| case.id).collect();
    if !ids.is_empty() {
        let mut kinds: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for case in &found {
            kinds.entry(&case.kind).or_default().push(case.id);
        }
        // The rows of the domains first: whoever changes a case holds its row there, and is done before the rest.
        for (kind, ids) in kinds {
            state.registry.tell_of_handover(tx, state, (kind, &ids), what.succession).await?;
        }
        if let Some(side) = what.side.clone() {
            keep_apart(tx, state, what.succession, &ids, side).await?;
        }
        move_rows(tx, what.succession, &ids).await?;
        write_down(tx, state, by, &what, &found).await?;
    }
    let moved = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let bounds =
        DraftBounds { go: HANDOVER_MOST.saturating_sub(moved), counted: counted::MOST + 1 };
    let registry = state.registry;
    let drafts = registry.hand_drafts_over(tx, state, by, what.succession, bounds).await?;
    let left = count_left(tx, &what).await? + drafts.1;
    Ok(HandoverProgress {
        moved: moved + drafts.0,
        left: Ord::min(left, counted::MOST),
        at_least: left > counted::MOST,
    })
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
    kind: String,
}

/// The cases of what goes, at most so many of each part: those of its own, and those where work waits for it.
fn cases_of(what: &HandOver<'_>, most: u64) -> SelectStatement {
    let column = |column| Expr::col((case::Entity, column));
    let rows = || {
        let mut rows = Query::select();
        rows.expr_as(column(case::Column::Id), "id")
            .expr_as(column(case::Column::Kind), "kind")
            .from(case::Entity)
            .limit(most);
        if !what.include_closed {
            rows.and_where(column(case::Column::IsOpen).eq(true));
        }
        rows
    };
    let part = |rows: SelectStatement, name: &'static str| {
        Query::select()
            .columns([Alias::new("id"), Alias::new("kind")])
            .from_subquery(rows, Alias::new(name))
            .take()
    };
    match what.succession {
        Succession::Province { from, .. } => {
            let own = rows().and_where(column(case::Column::ProvinceCode).eq(from)).take();
            part(own, "own")
        }
        Succession::Organisation { from, .. } => {
            let own = rows().and_where(column(case::Column::OrganisationId).eq(from)).take();
            let waiting = Query::select()
                .column(work_item::Column::CaseId)
                .from(work_item::Entity)
                .and_where(work_item::Column::Assignee.eq(Assignee::of_organisation(from)))
                .take();
            let waiting = rows().and_where(column(case::Column::Id).in_subquery(waiting)).take();
            part(own, "own").union(UnionType::Distinct, part(waiting, "waiting")).take()
        }
    }
}

async fn found(tx: &Tx, what: &HandOver<'_>, most: u64) -> ApiResult<Vec<Found>> {
    let mut rows = cases_of(what, most);
    rows.limit(most);
    let statement = tx.get_database_backend().build(&rows);
    Ok(Found::find_by_statement(statement).all(tx).await?)
}

async fn count_left(tx: &Tx, what: &HandOver<'_>) -> ApiResult<u64> {
    let rows = cases_of(what, counted::MOST + 1);
    let count = Query::select()
        .expr(Expr::col((Alias::new("left_over"), Alias::new("id"))).count())
        .from_subquery(rows, Alias::new("left_over"))
        .take();
    let left: Vec<i64> = values(tx, &count).await?;
    Ok(left.first().map_or(0, |left| left.unsigned_abs()))
}

/// Notes for good who stood on the side of the sender that goes.
async fn keep_apart(
    tx: &Tx,
    state: &AppState,
    succession: Succession<'_>,
    ids: &[Uuid],
    side: SelectStatement,
) -> ApiResult<()> {
    let Succession::Organisation { from, .. } = succession else { return Ok(()) };
    let column = |column| Expr::col((case::Entity, column));
    let sent = Query::select()
        .expr(column(case::Column::Id))
        .from(case::Entity)
        .and_where(column(case::Column::Id).is_in(ids.iter().copied()))
        .and_where(column(case::Column::OrganisationId).eq(from))
        .take();
    participants::add_sides(tx, state.clock.now(), sent, side).await
}

/// Writes the successor into register and work.
async fn move_rows(tx: &Tx, succession: Succession<'_>, ids: &[Uuid]) -> ApiResult<()> {
    let ids = || ids.iter().copied();
    let cases = case::Entity::update_many().filter(case::Column::Id.is_in(ids()));
    let work = work_item::Entity::update_many().filter(work_item::Column::CaseId.is_in(ids()));
    let (cases, work) = match succession {
        Succession::Organisation { from, to } => {
            let waits_for = Assignee::of_organisation;
            (
                cases
                    .filter(case::Column::OrganisationId.eq(from))
                    .col_expr(case::Column::OrganisationId, Expr::value(to)),
                work.filter(work_item::Column::Assignee.eq(waits_for(from)))
                    .col_expr(work_item::Column::Assignee, Expr::value(waits_for(to))),
            )
        }
        Succession::Province { from, to } => (
            cases
                .filter(case::Column::ProvinceCode.eq(from))
                .col_expr(case::Column::ProvinceCode, Expr::value(to)),
            work.filter(work_item::Column::ProvinceCode.eq(from))
                .col_expr(work_item::Column::ProvinceCode, Expr::value(to)),
        ),
    };
    cases.exec(tx).await?;
    work.exec(tx).await?;
    Ok(())
}

/// A fact and an entry of the audit for each case.
async fn write_down(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    what: &HandOver<'_>,
    found: &[Found],
) -> ApiResult<()> {
    let (organisations, provinces) = match what.succession {
        Succession::Organisation { from, to } => ((Some(from), Some(to)), (None, None)),
        Succession::Province { from, to } => ((None, None), (Some(from), Some(to))),
    };
    let fact = |case: &Found| handover::ActiveModel {
        id: Set(state.clock.new_id()),
        kind: Set(case.kind.clone()),
        case_id: Set(case.id),
        at: Set(state.clock.now()),
        actor_id: Set(by.actor.account_id()),
        from_organisation_id: Set(organisations.0),
        to_organisation_id: Set(organisations.1),
        from_province: Set(provinces.0.map(str::to_owned)),
        to_province: Set(provinces.1.map(str::to_owned)),
        reason: Set(what.reason.to_owned()),
    };
    for some in bounded::rows(found.iter().map(fact).collect()) {
        handover::Entity::insert_many(some).exec_without_returning(tx).await?;
    }
    let entries = found.iter().map(|case| {
        by.entry_on("case.handed_over", case.kind.clone(), case.id)
            .changed("organisation_id", organisations.0, organisations.1)
            .changed("province_code", provinces.0, provinces.1)
    });
    audit::record_all(tx, &state.clock, entries).await
}
