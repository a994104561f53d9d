//! The register as officials search it: every case within the limits of their roles, in whatever state.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::access::policy::{self, RegisterLimit};
use nq57_core::access::{Actor, ClientScope};
use nq57_core::casework::{CaseCount, CasePage, CaseSort, DueWithin};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query as Select, SelectStatement};
use sea_orm::{ColumnTrait, FromQueryResult, Order, Value};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::cases::{CaseRow, named};
use super::counted::{self, Near, Nearness};
use super::list_my_work::apart;
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
    /// Words of title, sender or code, with or without diacritics; a code however it is typed.
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
    /// `due` when absent: what is due first comes first.
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
/// provinces and organisations, but for those of their own organisation. With `count=true` the answer has `total` and
/// `counts`, which go as far as 10,000.
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
    let key = |column| Expr::col((Entity, column));
    let keyset = Keyset::new(&filter)?;
    let paging = match sort {
        CaseSort::Due => keyset.ascending(key(Column::DueAt)).ascending(key(Column::Id)),
        CaseSort::LatestChanged => {
            keyset.descending(key(Column::ChangedAt)).descending(key(Column::Id))
        }
        CaseSort::State => keyset
            .ascending(key(Column::State))
            .ascending(key(Column::DueAt))
            .ascending(key(Column::Id)),
    };
    let paging = sought.page.of(state, paging)?;
    let near = Nearness::now(state);
    let wanted = within.add(wanted(state, near, sought));
    let mut rows = Select::select().from(Entity).cond_where(wanted.clone()).take();
    CaseRow::select(&mut rows);
    paging.apply_to(&mut rows);
    let statement = state.db.get_database_backend().build(&rows);
    let rows = CaseRow::find_by_statement(statement).all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| {
        let (due, id): (Value, Value) = (row.due_at.into(), row.id.into());
        match sort {
            CaseSort::Due => vec![due, id],
            CaseSort::LatestChanged => vec![row.changed_at.into(), id],
            CaseSort::State => vec![row.state.clone().into(), due, id],
        }
    })?;
    let items = rows.into_iter().map(|row| row.summary(state)).collect();
    let mut page = CasePage { items, next_cursor, total: None, counts: None, at_least: false };
    if sought.page.count {
        let counts = counts(state, &wanted, near).await?;
        let (total, at_least) = counted::total(counts.iter().map(|count| count.cases));
        page = CasePage { total: Some(total), counts: Some(counts), at_least, ..page };
    }
    Ok(page)
}

/// What the register shows to the actor.
pub(super) fn within(actor: &Actor) -> ApiResult<Condition> {
    let limits = policy::register(actor)?;
    let any = limits.into_iter().fold(Condition::any(), |any, limit| any.add(limited(limit)));
    let all = Condition::all().add(any);
    Ok(match actor {
        Actor::Account(account) => all.add(apart(account)),
        // Its sender learns less of a case than the register knows.
        Actor::Client(client) => {
            let sender = Column::OrganisationId;
            all.add(sender.is_null().or(sender.ne(client.organisation)))
        }
        Actor::Anonymous | Actor::System => all,
    })
}

/// The rows within one limit; a list without a value holds none.
fn limited(limit: RegisterLimit) -> Condition {
    let mut all = Condition::all().add(Expr::val(1).eq(1));
    if let Some(provinces) = limit.provinces {
        all = all.add(match provinces.as_slice() {
            [province] => Column::ProvinceCode.eq(province.as_str()),
            several => Column::ProvinceCode.is_in(several.iter().map(String::as_str)),
        });
    }
    if let Some(organisations) = limit.organisations {
        all = all.add(Column::OrganisationId.is_in(organisations));
    }
    all
}

/// The rows that the filters leave.
fn wanted(state: &AppState, near: Nearness, sought: &SoughtCases) -> Condition {
    let mut all = Condition::all();
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
        all = all.add(named(state, q));
    }
    all
}

#[derive(FromQueryResult)]
struct Counted {
    kind: String,
    state: String,
    holder: Option<String>,
    cases: i64,
    #[sea_orm(nested)]
    near: Near,
}

/// How many of these cases there are by kind, state and holder.
async fn counts(state: &AppState, wanted: &Condition, near: Nearness) -> ApiResult<Vec<CaseCount>> {
    let statement = state.db.get_database_backend().build(&grouped(wanted, near));
    let rows = Counted::find_by_statement(statement).all(&state.db).await?;
    let count = |row: Counted| CaseCount {
        kind: row.kind,
        state: row.state,
        holder: row.holder,
        cases: row.cases.unsigned_abs(),
        late: row.near.late.unsigned_abs(),
        today: row.near.today.unsigned_abs(),
        soon: row.near.soon.unsigned_abs(),
    };
    Ok(rows.into_iter().map(count).collect())
}

fn grouped(wanted: &Condition, near: Nearness) -> SelectStatement {
    let found = Select::select()
        .columns([Column::Kind, Column::State, Column::Holder, Column::IsOpen, Column::DueAt])
        .from(Entity)
        .cond_where(wanted.clone())
        .limit(counted::MOST + 1)
        .take();
    let column = |column: Column| Expr::col((Alias::new("found"), column));
    let mut groups = Select::select();
    groups
        .expr_as(column(Column::Kind), "kind")
        .expr_as(column(Column::State), "state")
        .expr_as(column(Column::Holder), "holder")
        .expr_as(column(Column::Kind).count(), "cases");
    near.count(&mut groups, &column(Column::DueAt), Some(&column(Column::IsOpen)));
    groups
        .from_subquery(found, Alias::new("found"))
        .add_group_by([column(Column::Kind), column(Column::State), column(Column::Holder)])
        .order_by_expr(column(Column::Kind), Order::Asc)
        .order_by_expr(column(Column::State), Order::Asc)
        .take()
}
