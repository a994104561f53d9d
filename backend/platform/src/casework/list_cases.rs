//! The register as officials search it: every case within the limits of their roles, in whatever state.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::access::{AccountActor, Denial, Role, RoleGrant};
use nq57_core::casework::{CaseCount, CasePage, CaseSort};
use nq57_core::ids::AccountId;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query as Select, SelectStatement};
use sea_orm::{ColumnTrait, FromQueryResult, Order};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::cases::{CaseRow, named};
use super::list_my_work::{apart, broadest};
use super::table::case::{Column, Entity};
use crate::error::ApiResult;
use crate::http::query_string::check_words;
use crate::http::{Query, SignedIn, link};
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
    /// Only what is late.
    late: bool,
    /// `due` when absent: what is due first comes first.
    #[param(inline)]
    sort: Option<CaseSort>,
    /// Items in a page, at most 100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Whether to answer `total` and `counts`.
    count: bool,
}

/// What decides about the rows, without the page.
#[derive(Serialize)]
struct Filter<'a> {
    account: AccountId,
    q: Option<&'a str>,
    lists: [&'a [String]; 4],
    open: Option<bool>,
    late: bool,
    sort: CaseSort,
}

/// List cases.
///
/// For officials: every case within the province and organisation of their roles, of all kinds and in all
/// states, but for drafts, for their own and for those that they may not judge.
#[utoipa::path(
    tag = "work",
    security(("bearer" = [])),
    params(SoughtCases),
    responses((status = 200, description = "A page of cases", body = CasePage,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/cases")]
pub async fn list_cases(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    sought: Query<SoughtCases>,
) -> ApiResult<HttpResponse> {
    let page = page(&state, caller.account(), &sought).await?;
    Ok(link::page(&request, &page))
}

async fn page(
    state: &AppState,
    account: &AccountActor,
    sought: &SoughtCases,
) -> ApiResult<CasePage> {
    check_words(sought.q.as_deref())?;
    let within = within(account)?;
    let sort = sought.sort.unwrap_or_default();
    let filter = Filter {
        account: account.id,
        q: sought.q.as_deref(),
        lists: [&sought.kind, &sought.state, &sought.holder, &sought.province],
        open: sought.open,
        late: sought.late,
        sort,
    };
    let key = |column| Expr::col((Entity, column));
    let keyset = Keyset::new(&filter)?;
    let paging = match sort {
        CaseSort::Due => keyset.ascending(key(Column::DueAt)).ascending(key(Column::Id)),
        CaseSort::LatestChanged => {
            keyset.descending(key(Column::ChangedAt)).descending(key(Column::Id))
        }
    };
    let paging = paging.page(&state.cursors, sought.limit, sought.cursor.as_deref())?;
    let wanted = within.clone().add(wanted(state, sought));
    let mut rows = Select::select().from(Entity).cond_where(wanted.clone()).take();
    CaseRow::select(&mut rows);
    paging.apply_to(&mut rows);
    let statement = state.db.get_database_backend().build(&rows);
    let rows = CaseRow::find_by_statement(statement).all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| {
        let first = match sort {
            CaseSort::Due => row.due_at,
            CaseSort::LatestChanged => row.changed_at,
        };
        vec![first.into(), row.id.into()]
    })?;
    let (total, counts) = match sought.count {
        false => (None, None),
        true => (Some(total(state, &wanted).await?), Some(counts(state, &within).await?)),
    };
    let items = rows.into_iter().map(|row| row.summary(state)).collect();
    Ok(CasePage { items, next_cursor, total, counts })
}

/// What the register shows to the account.
fn within(account: &AccountActor) -> ApiResult<Condition> {
    let grants = account.grants.iter().filter(|grant| Role::REGISTER.contains(&grant.role));
    let grants: Vec<RoleGrant> = grants.cloned().collect();
    if grants.is_empty() {
        return Err(Denial::Forbidden.code().into());
    }
    let limits = broadest(&grants).into_iter().fold(Condition::any(), |any, grant| {
        let mut all = Condition::all().add(Expr::val(1).eq(1));
        if let Some(province) = &grant.province_code {
            all = all.add(Column::ProvinceCode.eq(province.as_str()));
        }
        if let Some(organisation) = grant.organisation_id {
            let within = account.reach.of(organisation).map(|id| id.0);
            all = all.add(Column::OrganisationId.is_in(within));
        }
        any.add(all)
    });
    let sent = Column::State.ne(DRAFT);
    Ok(Condition::all().add(limits).add(sent).add(apart(account)))
}

/// A case that is being written anew is its sender's alone.
const DRAFT: &str = "draft";

/// The rows that the filters leave.
fn wanted(state: &AppState, sought: &SoughtCases) -> Condition {
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
    if sought.late {
        all = all.add(Column::IsOpen.eq(true)).add(Column::DueAt.lt(state.clock.now()));
    }
    if let Some(q) = &sought.q {
        all = all.add(named(q));
    }
    all
}

#[derive(FromQueryResult)]
struct Total {
    total: i64,
}

async fn total(state: &AppState, wanted: &Condition) -> ApiResult<u64> {
    let select = Select::select()
        .expr_as(Expr::col((Entity, Column::Id)).count(), "total")
        .from(Entity)
        .cond_where(wanted.clone())
        .take();
    let statement = state.db.get_database_backend().build(&select);
    let found = Total::find_by_statement(statement).one(&state.db).await?;
    Ok(found.map_or(0, |found| found.total.unsigned_abs()))
}

#[derive(FromQueryResult)]
struct Counted {
    kind: String,
    state: String,
    holder: Option<String>,
    cases: i64,
    late: i64,
}

/// How many cases there are by kind, state and holder.
async fn counts(state: &AppState, within: &Condition) -> ApiResult<Vec<CaseCount>> {
    let select = counted(state, within);
    let statement = state.db.get_database_backend().build(&select);
    let rows = Counted::find_by_statement(statement).all(&state.db).await?;
    let count = |row: Counted| CaseCount {
        kind: row.kind,
        state: row.state,
        holder: row.holder,
        cases: row.cases.unsigned_abs(),
        late: row.late.unsigned_abs(),
    };
    Ok(rows.into_iter().map(count).collect())
}

fn counted(state: &AppState, within: &Condition) -> SelectStatement {
    let column = |column| Expr::col((Entity, column));
    let is_late = column(Column::IsOpen).and(column(Column::DueAt).lt(state.clock.now()));
    Select::select()
        .expr_as(column(Column::Kind), "kind")
        .expr_as(column(Column::State), "state")
        .expr_as(column(Column::Holder), "holder")
        .expr_as(column(Column::Id).count(), "cases")
        .expr_as(Expr::expr(Expr::case(is_late, 1).finally(0)).sum(), "late")
        .from(Entity)
        .cond_where(within.clone())
        .add_group_by([column(Column::Kind), column(Column::State), column(Column::Holder)])
        .order_by_expr(column(Column::Kind), Order::Asc)
        .order_by_expr(column(Column::State), Order::Asc)
        .take()
}
