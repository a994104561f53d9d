//! The register as officials search it: every case within the limits of their roles, in whatever state.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::access::{Actor, ClientScope};
use nq57_core::casework::{CaseCount, CasePage, CaseSort, DueWithin, ProvinceCount};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query as Select, SelectStatement};
use sea_orm::{ColumnTrait, FromQueryResult, Order, Value};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::cases::{CaseRow, named};
use super::counted::{self, Near, Nearness, Provinces};
use super::reach::within;
use super::table::case::{Column, Entity};
use crate::error::ApiResult;
use crate::http::query_string::check_words;
use crate::http::{Identified, PageQuery, Paged, link};
use crate::persistence::keyset::Keyset;
use crate::state::AppState;

/// Which cases are looked for. A filter given more than once means any of its values.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SoughtCases {
    /// Words of title, sender or code, with or without diacritics; a code however it is typed: `sp87`, `2026-87`.
    #[param(max_length = 200, example = "cam bien")]
    q: Option<String>,
    /// Kinds of cases.
    #[serde(rename = "type")]
    #[param(rename = "type", example = json!(["product"]))]
    kind: Vec<String>,
    /// States, in the words of their kind.
    #[param(example = json!(["submitted"]))]
    state: Vec<String>,
    /// Who has to act next: the part.
    #[param(example = json!(["intake"]))]
    holder: Vec<String>,
    /// Code of the reference list `provinces`.
    #[param(example = json!(["92"]))]
    province: Vec<String>,
    /// Only cases in which somebody still has to act, or only those in which nobody has.
    open: Option<bool>,
    /// Only what is due so soon, or late, by the working days of the office; what is done is never due.
    #[param(inline)]
    due: Option<DueWithin>,
    /// Only what is late; the same as `due=late`.
    late: bool,
    /// `due` when absent: what is due first comes first, what has no deadline last. `changed_at`: what changed longest
    /// ago comes first. `state`: cases of one state stand together. With `-` the same the other way round: by `-due`,
    /// what has no deadline comes first.
    #[param(inline)]
    sort: Option<CaseSort>,
}

impl SoughtCases {
    /// Both ways to ask for what is due.
    fn near(&self) -> [Option<DueWithin>; 2] {
        [self.due, self.late.then_some(DueWithin::Late)]
    }
}

/// What decides about the rows, without the page.
#[derive(Serialize)]
struct Filter<'a> {
    /// Whose cursor it is.
    reader: &'a str,
    q: Option<&'a str>,
    lists: [&'a [String]; 4],
    open: Option<bool>,
    due: [Option<DueWithin>; 2],
    sort: CaseSort,
}

/// List cases.
///
/// For officials: every case within the province and organisation of their roles, of all kinds and in all
/// states, but for drafts, for their own and for those that they may not judge. For clients: every case within their
/// provinces and organisations, but for those of their own organisation. With `count=true` the answer has `total`,
/// `counts` and `provinces`, which go as far as 10,000.
#[utoipa::path(
    tag = "work",
    security(("bearer" = [])),
    extensions(("x-required-scope" = json!(ClientScope::CasesRead))),
    params(SoughtCases, PageQuery),
    responses((status = 200, description = "A page of cases", body = CasePage,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/cases")]
pub async fn list_cases(
    state: AppState,
    request: HttpRequest,
    caller: Identified,
    sought: Paged<SoughtCases>,
) -> ApiResult<HttpResponse> {
    let page = page(&state, caller.actor(), &caller.scope(), &sought).await?;
    Ok(link::page(&request, &page))
}

async fn page(
    state: &AppState,
    actor: &Actor,
    reader: &str,
    sought: &Paged<SoughtCases>,
) -> ApiResult<CasePage> {
    check_words(sought.q.as_deref())?;
    let within = within(actor)?;
    let sort = sought.sort.unwrap_or_default();
    let filter = Filter {
        reader,
        q: sought.q.as_deref(),
        lists: [&sought.kind, &sought.state, &sought.holder, &sought.province],
        open: sought.open,
        due: sought.near(),
        sort,
    };
    let (columns, order) = order(sort);
    let keys = columns.iter().map(|column| Expr::col((Entity, *column)));
    let paging = sought.page.of(state, Keyset::new(&filter)?.by(keys, &order))?;
    let near = Nearness::now(state);
    let wanted = wanted(state, within, near, sought).await?;
    let mut rows = Select::select().from(Entity).cond_where(wanted.clone()).take();
    CaseRow::select(&mut rows);
    paging.apply_to(&mut rows);
    let statement = state.db.get_database_backend().build(&rows);
    let rows = CaseRow::find_by_statement(statement).all(&state.db).await?;
    let (rows, next_cursor) =
        paging.cut(rows, |row| columns.iter().map(|column| key(row, *column)).collect())?;
    let items = rows.into_iter().map(|row| row.summary(state)).collect();
    let mut page = CasePage {
        items,
        next_cursor,
        total: None,
        counts: None,
        provinces: None,
        at_least: false,
    };
    if sought.page.count {
        let (counts, provinces) = counts(state, &wanted, near).await?;
        let (total, at_least) = counted::total(counts.iter().map(|count| count.cases));
        let (counts, provinces) = (Some(counts), Some(provinces));
        page = CasePage { total: Some(total), counts, provinces, at_least, ..page };
    }
    Ok(page)
}

/// The columns of an order, all in one direction: each has an index, which is read either way.
fn order(sort: CaseSort) -> (&'static [Column], Order) {
    let columns: &[Column] = match sort {
        CaseSort::Due | CaseSort::LatestDue => &[Column::DueAt, Column::Id],
        CaseSort::Changed | CaseSort::LatestChanged => &[Column::ChangedAt, Column::Id],
        CaseSort::State | CaseSort::LastState => &[Column::State, Column::DueAt, Column::Id],
    };
    let order = match sort {
        CaseSort::Due | CaseSort::Changed | CaseSort::State => Order::Asc,
        CaseSort::LatestDue | CaseSort::LatestChanged | CaseSort::LastState => Order::Desc,
    };
    (columns, order)
}

/// What a row has in a column of an order.
fn key(row: &CaseRow, column: Column) -> Value {
    match column {
        Column::DueAt => row.due_at.into(),
        Column::ChangedAt => row.changed_at.into(),
        Column::State => row.state.clone().into(),
        _ => row.id.into(),
    }
}

/// The rows that the filters leave of those `within` the reader's roles.
async fn wanted(
    state: &AppState,
    within: Condition,
    near: Nearness,
    sought: &SoughtCases,
) -> ApiResult<Condition> {
    let mut all = within;
    for (column, values) in [
        (Column::Kind, &sought.kind),
        (Column::State, &sought.state),
        (Column::Holder, &sought.holder),
        (Column::ProvinceCode, &sought.province),
    ] {
        if !values.is_empty() {
            all = all.add(column.is_in(values.iter().map(String::as_str)));
        }
    }
    if let Some(is_open) = sought.open {
        all = all.add(Column::IsOpen.eq(is_open));
    }
    let due_at = Expr::col((Entity, Column::DueAt));
    for within in sought.near().into_iter().flatten() {
        all = all.add(Column::IsOpen.eq(true)).add(near.is(within, &due_at));
    }
    if let Some(q) = &sought.q {
        let listed = |cases: &mut SelectStatement| {
            cases.cond_where(all.clone());
        };
        let named = named(state, q, listed).await?;
        all = all.add(named);
    }
    Ok(all)
}

#[derive(FromQueryResult)]
struct Counted {
    kind: String,
    state: String,
    holder: Option<String>,
    province_code: Option<String>,
    cases: i64,
    #[sea_orm(nested)]
    near: Near,
}

/// How many of these cases there are: by kind, state and holder, and by province.
async fn counts(
    state: &AppState,
    wanted: &Condition,
    near: Nearness,
) -> ApiResult<(Vec<CaseCount>, Vec<ProvinceCount>)> {
    let statement = state.db.get_database_backend().build(&grouped(wanted, near));
    let rows = Counted::find_by_statement(statement).all(&state.db).await?;
    let (mut counts, mut provinces) = (BTreeMap::new(), Provinces::default());
    for Counted { kind, state, holder, province_code, cases, near } in rows {
        let cases = cases.unsigned_abs();
        provinces.add(province_code, cases);
        let alike = (kind.clone(), state.clone(), holder.clone());
        let none = CaseCount { kind, state, holder, cases: 0, late: 0, today: 0, soon: 0 };
        let count = counts.entry(alike).or_insert(none);
        count.cases += cases;
        near.add_to(&mut count.late, &mut count.today, &mut count.soon);
    }
    Ok((counts.into_values().collect(), provinces.counts()))
}

fn grouped(wanted: &Condition, near: Nearness) -> SelectStatement {
    let groups_of = [Column::Kind, Column::State, Column::Holder, Column::ProvinceCode];
    let found = Select::select()
        .columns(groups_of.into_iter().chain([Column::IsOpen, Column::DueAt]))
        .from(Entity)
        .cond_where(wanted.clone())
        .limit(counted::MOST + 1)
        .take();
    let column = |column: Column| Expr::col((Alias::new("found"), column));
    let mut groups = Select::select();
    groups.exprs(groups_of.map(column)).expr_as(column(Column::Kind).count(), "cases");
    near.count(&mut groups, &column(Column::DueAt), Some(&column(Column::IsOpen)));
    groups.from_subquery(found, Alias::new("found")).add_group_by(groups_of.map(column)).take()
}
