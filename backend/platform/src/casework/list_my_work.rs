//! What waits for the caller, in every part that the caller plays and of all kinds of cases.
//!
//! Each part (the account, its organisations, each grant) has an index in the order of the page: every one
//! gives at most a page of rows, and the first of all of them are the page.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::access::AccountActor;
use nq57_core::casework::{DueWithin, ProvinceCount, WorkCount, WorkItem, WorkPage, WorkSort};
use nq57_core::ids::AccountId;
use nq57_core::time::Timestamp;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, JoinType, Query as Select, SelectStatement, UnionType,
};
use sea_orm::{ColumnTrait, FromQueryResult, Order};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::cases::{CaseRow, named, working_days_left};
use super::counted::{self, Near, Nearness, Provinces};
use super::reach::parts;
use super::table::{case, work_item};
use super::work::never;
use crate::error::ApiResult;
use crate::http::query_string::check_words;
use crate::http::{PageQuery, Paged, SignedIn, link};
use crate::persistence::keyset::Keyset;
use crate::state::AppState;

/// Which part of the work.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SoughtWork {
    /// Only cases of this kind.
    #[serde(rename = "type")]
    #[param(rename = "type", example = "product")]
    kind: Option<String>,
    /// Only this step.
    #[param(example = "check_eligibility")]
    step: Option<String>,
    /// Only what is due so soon, or late, by the working days of the office.
    #[param(inline)]
    due: Option<DueWithin>,
    /// Only what is late; the same as `due=late`.
    late: bool,
    /// Codes of the reference list `provinces`: only what one of their offices handles.
    #[param(example = json!(["92"]))]
    province: Vec<String>,
    /// Words of title, sender or code, with or without diacritics; a code however it is typed: `sp87`, `2026-87`.
    #[param(max_length = 200, example = "cam bien")]
    q: Option<String>,
    /// `due` when absent: what is due first comes first, what has no deadline last. `since`: what waits longest comes
    /// first. `-due` and `-since` are the same the other way round: by `-due`, what has no deadline comes first.
    #[param(inline)]
    sort: Option<WorkSort>,
}

/// What decides about the rows, without the page.
#[derive(Serialize)]
struct Filter<'a> {
    account: AccountId,
    kind: Option<&'a str>,
    step: Option<&'a str>,
    province: &'a [String],
    due: [Option<DueWithin>; 2],
    q: Option<&'a str>,
    sort: WorkSort,
}

/// List my work.
///
/// Everything that waits for the caller in every part that the caller plays, each with what is to be done and
/// until when, and since when it waits. Officials find here neither their own cases nor those that they may not judge.
/// With `count=true` the answer has `total`, `counts` and `provinces`, which go as far as 10,000.
#[utoipa::path(
    tag = "work",
    security(("bearer" = [])),
    params(SoughtWork, PageQuery),
    responses((status = 200, description = "A page of work", body = WorkPage,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/my-work")]
pub async fn list_my_work(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    sought: Paged<SoughtWork>,
) -> ApiResult<HttpResponse> {
    let page = page(&state, caller.account(), &sought).await?;
    Ok(link::page(&request, &page))
}

/// A piece of work with its case.
#[derive(FromQueryResult)]
struct Row {
    item_id: Uuid,
    step: String,
    source_id: Uuid,
    since: Timestamp,
    item_due_at: Timestamp,
    #[sea_orm(nested)]
    case: CaseRow,
}

async fn page(
    state: &AppState,
    account: &AccountActor,
    sought: &Paged<SoughtWork>,
) -> ApiResult<WorkPage> {
    check_words(sought.q.as_deref())?;
    let filter = Filter {
        account: account.id,
        kind: sought.kind.as_deref(),
        step: sought.step.as_deref(),
        province: &sought.province,
        due: [sought.due, sought.late.then_some(DueWithin::Late)],
        q: sought.q.as_deref(),
        sort: sought.sort.unwrap_or_default(),
    };
    let (column, name, way) = order(filter.sort);
    let keys = [column, work_item::Column::Id].map(|key| Expr::col((work_item::Entity, key)));
    let paging = sought.page.of(state, Keyset::new(&filter)?.by(keys, &way))?;
    let near = Nearness::now(state);
    let wanted = wanted(state, &filter, near).await?;
    let parts = parts(account);
    let (limit, rows) = (paging.limit(), |rows: &mut SelectStatement| paging.apply_to(rows));
    let rows = shown(&union(&parts, &wanted, rows), (name, way), limit);
    let statement = state.db.get_database_backend().build(&rows);
    let rows = Row::find_by_statement(statement).all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| {
        let first = match filter.sort {
            WorkSort::Due | WorkSort::LatestDue => row.item_due_at,
            WorkSort::Since | WorkSort::LatestSince => row.since,
        };
        vec![first.into(), row.item_id.into()]
    })?;
    let items = rows.into_iter().map(|row| item(state, row)).collect();
    let mut page = WorkPage {
        items,
        next_cursor,
        total: None,
        counts: None,
        provinces: None,
        at_least: false,
    };
    if sought.page.count {
        let (counts, provinces) = counts(state, &parts, &wanted, near).await?;
        let (total, at_least) = counted::total(counts.iter().map(|count| count.waiting));
        let (counts, provinces) = (Some(counts), Some(provinces));
        page = WorkPage { total: Some(total), counts, provinces, at_least, ..page };
    }
    Ok(page)
}

/// The column of an order, its name among what waits, and the direction; each has an index for every part, which is
/// read either way.
fn order(sort: WorkSort) -> (work_item::Column, &'static str, Order) {
    use work_item::Column::{DueAt, Since};
    match sort {
        WorkSort::Due => (DueAt, "item_due_at", Order::Asc),
        WorkSort::LatestDue => (DueAt, "item_due_at", Order::Desc),
        WorkSort::Since => (Since, "item_since", Order::Asc),
        WorkSort::LatestSince => (Since, "item_since", Order::Desc),
    }
}

/// The rows that the filters leave.
async fn wanted(state: &AppState, filter: &Filter<'_>, near: Nearness) -> ApiResult<Condition> {
    let mut all = Condition::all();
    if let Some(kind) = filter.kind {
        all = all.add(case::Column::Kind.eq(kind));
    }
    if let Some(step) = filter.step {
        all = all.add(work_item::Column::Step.eq(step));
    }
    if !filter.province.is_empty() {
        let codes = filter.province.iter().map(String::as_str);
        all = all.add(work_item::Column::ProvinceCode.is_in(codes));
    }
    let due_at = Expr::col((work_item::Entity, work_item::Column::DueAt));
    for within in filter.due.into_iter().flatten() {
        all = all.add(near.is(within, &due_at));
    }
    if let Some(q) = filter.q {
        all = all.add(named(state, q).await?);
    }
    Ok(all)
}

const WAITING: &str = "waiting";

fn waiting(column: &'static str) -> Expr {
    Expr::col((Alias::new(WAITING), Alias::new(column)))
}

/// The work of all parts, each once: ids and what sorts them. `bound` cuts what each part gives.
fn union(
    parts: &[Condition],
    wanted: &Condition,
    bound: impl Fn(&mut SelectStatement),
) -> SelectStatement {
    let mut branches = parts.iter().enumerate().map(|(number, part)| {
        let item = |column| Expr::col((work_item::Entity, column));
        let mut rows = Select::select()
            .expr_as(item(work_item::Column::Id), "item_id")
            .expr_as(item(work_item::Column::DueAt), "item_due_at")
            .expr_as(item(work_item::Column::Since), "item_since")
            .from(work_item::Entity)
            .join(
                JoinType::InnerJoin,
                case::Entity,
                Expr::col((case::Entity, case::Column::Id)).eq(item(work_item::Column::CaseId)),
            )
            .cond_where(part.clone())
            .cond_where(wanted.clone())
            .take();
        bound(&mut rows);
        // Rows of a part are sorted and cut before they are put together with those of the others.
        Select::select()
            .columns(["item_id", "item_due_at", "item_since"].map(Alias::new))
            .from_subquery(rows, Alias::new(format!("part_{number}")))
            .take()
    });
    let mut all = branches.next().unwrap_or_default();
    for branch in branches {
        all.union(UnionType::Distinct, branch);
    }
    all
}

/// The first rows of a union, with everything that is shown of them.
fn shown(
    union: &SelectStatement,
    (first, way): (&'static str, Order),
    limit: u64,
) -> SelectStatement {
    use work_item::Column as Item;
    let item = |column| Expr::col((work_item::Entity, column));
    let mut select = Select::select();
    select
        .expr_as(waiting("item_id"), "item_id")
        .expr_as(waiting("item_due_at"), "item_due_at")
        .expr_as(item(Item::Step), "step")
        .expr_as(item(Item::SourceId), "source_id")
        .expr_as(waiting("item_since"), "since");
    CaseRow::select(&mut select);
    select
        .from_subquery(union.clone(), Alias::new(WAITING))
        .join(JoinType::InnerJoin, work_item::Entity, item(Item::Id).eq(waiting("item_id")))
        .join(
            JoinType::InnerJoin,
            case::Entity,
            Expr::col((case::Entity, case::Column::Id)).eq(item(Item::CaseId)),
        )
        .order_by_expr(waiting(first), way.clone())
        .order_by_expr(waiting("item_id"), way)
        .limit(limit + 1)
        .take()
}

#[derive(FromQueryResult)]
struct Counted {
    kind: String,
    step: String,
    province_code: Option<String>,
    waiting: i64,
    #[sea_orm(nested)]
    near: Near,
}

/// How much of this waits: by kind and step, and by province.
async fn counts(
    state: &AppState,
    parts: &[Condition],
    wanted: &Condition,
    near: Nearness,
) -> ApiResult<(Vec<WorkCount>, Vec<ProvinceCount>)> {
    let statement = state.db.get_database_backend().build(&grouped(parts, wanted, near));
    let rows = Counted::find_by_statement(statement).all(&state.db).await?;
    let (mut counts, mut provinces) = (BTreeMap::new(), Provinces::default());
    for Counted { kind, step, province_code, waiting, near } in rows {
        let waiting = waiting.unsigned_abs();
        provinces.add(province_code, waiting);
        let alike = (kind.clone(), step.clone());
        let none = WorkCount { kind, step, waiting: 0, late: 0, today: 0, soon: 0 };
        let count = counts.entry(alike).or_insert(none);
        count.waiting += waiting;
        near.add_to(&mut count.late, &mut count.today, &mut count.soon);
    }
    Ok((counts.into_values().collect(), provinces.counts()))
}

fn grouped(parts: &[Condition], wanted: &Condition, near: Nearness) -> SelectStatement {
    let bound = |rows: &mut SelectStatement| {
        rows.limit(counted::MOST + 1);
    };
    let item = |column| Expr::col((work_item::Entity, column));
    let groups_of = || {
        let kind = Expr::col((case::Entity, case::Column::Kind));
        [kind, item(work_item::Column::Step), item(work_item::Column::ProvinceCode)]
    };
    let mut groups = Select::select();
    groups.exprs(groups_of()).expr_as(waiting("item_id").count(), "waiting");
    near.count(&mut groups, &waiting("item_due_at"), None);
    groups
        .from_subquery(union(parts, wanted, bound), Alias::new(WAITING))
        .join(
            JoinType::InnerJoin,
            work_item::Entity,
            item(work_item::Column::Id).eq(waiting("item_id")),
        )
        .join(
            JoinType::InnerJoin,
            case::Entity,
            Expr::col((case::Entity, case::Column::Id)).eq(item(work_item::Column::CaseId)),
        )
        .add_group_by(groups_of())
        .take()
}

fn item(state: &AppState, row: Row) -> WorkItem {
    let due_at = Some(row.item_due_at).filter(|due| *due < never());
    WorkItem {
        id: row.item_id,
        step: row.step,
        opens: row.source_id,
        since: row.since,
        due_at,
        working_days_left: working_days_left(state, due_at),
        case: row.case.summary(state),
    }
}
