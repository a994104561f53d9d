//! What waits for the caller, in every part that the caller plays and of all kinds of cases.
//!
//! Each part (the account, its organisations, each grant) has an index in the order of the page: every one
//! gives at most a page of rows, and the first of all of them are the page.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::access::{AccountActor, RoleGrant};
use nq57_core::casework::{DueWithin, WorkCount, WorkItem, WorkPage};
use nq57_core::ids::AccountId;
use nq57_core::time::Timestamp;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, JoinType, Query as Select, SelectStatement, UnionType,
};
use sea_orm::{ColumnTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::cases::{CaseRow, named, working_days_left};
use super::counted::{self, Near, Nearness};
use super::participants::shut_out;
use super::table::{case, participant, work_item};
use super::work::{Assignee, never};
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
    /// Words of title, sender or code, with or without diacritics; a code however it is typed.
    #[param(max_length = 200, example = "cam bien")]
    q: Option<String>,
}

/// What decides about the rows, without the page.
#[derive(Serialize)]
struct Filter<'a> {
    account: AccountId,
    kind: Option<&'a str>,
    step: Option<&'a str>,
    due: [Option<DueWithin>; 2],
    q: Option<&'a str>,
}

/// List my work.
///
/// Everything that waits for the caller in every part that the caller plays, each with what is to be done and
/// until when; what is due first comes first, what has no deadline last. Officials find here neither their own
/// cases nor those that they may not judge. With `count=true` the answer has `total` and `counts`, which go as far as
/// 10,000.
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
        due: [sought.due, sought.late.then_some(DueWithin::Late)],
        q: sought.q.as_deref(),
    };
    let order = Keyset::new(&filter)?
        .ascending(Expr::col((work_item::Entity, work_item::Column::DueAt)))
        .ascending(Expr::col((work_item::Entity, work_item::Column::Id)));
    let paging = sought.page.of(state, order)?;
    let near = Nearness::now(state);
    let wanted = wanted(state, &filter, near);
    let parts = parts(account);
    let (limit, rows) = (paging.limit(), |rows: &mut SelectStatement| paging.apply_to(rows));
    let rows = shown(&union(&parts, &wanted, rows), limit);
    let statement = state.db.get_database_backend().build(&rows);
    let rows = Row::find_by_statement(statement).all(&state.db).await?;
    let (rows, next_cursor) =
        paging.cut(rows, |row| vec![row.item_due_at.into(), row.item_id.into()])?;
    let items = rows.into_iter().map(|row| item(state, row)).collect();
    let mut page = WorkPage { items, next_cursor, total: None, counts: None, at_least: false };
    if sought.page.count {
        let counts = counts(state, &parts, &wanted, near).await?;
        let (total, at_least) = counted::total(counts.iter().map(|count| count.waiting));
        page = WorkPage { total: Some(total), counts: Some(counts), at_least, ..page };
    }
    Ok(page)
}

/// The rows that the filters leave.
fn wanted(state: &AppState, filter: &Filter<'_>, near: Nearness) -> Condition {
    let mut all = Condition::all();
    if let Some(kind) = filter.kind {
        all = all.add(case::Column::Kind.eq(kind));
    }
    if let Some(step) = filter.step {
        all = all.add(work_item::Column::Step.eq(step));
    }
    let due_at = Expr::col((work_item::Entity, work_item::Column::DueAt));
    for within in filter.due.into_iter().flatten() {
        all = all.add(near.is(within, &due_at));
    }
    if let Some(q) = filter.q {
        all = all.add(named(state, q));
    }
    all
}

/// What waits for the caller in each of the parts, as conditions that share no order of rows.
fn parts(account: &AccountActor) -> Vec<Condition> {
    let assignee = |key: String| Condition::all().add(work_item::Column::Assignee.eq(key));
    let own_account = Assignee::of_account(account.id);
    let needs = || Expr::col((work_item::Entity, work_item::Column::Needs));
    let mut parts = vec![assignee(own_account.clone()).add(needs().is_null())];
    let grants = RoleGrant::broadest(&account.grants);
    if !grants.is_empty() {
        // A seat, and the work that goes with it, is worth nothing beyond what the role reaches.
        let one_of = grants.iter().fold(Condition::any(), |any, grant| {
            let needed = work_item::Column::Needs.contains(grant.role.as_str());
            any.add(limited(Condition::all().add(needed), grant, account))
        });
        parts.push(judging(assignee(own_account).add(one_of), account));
    }
    for organisation in &account.organisations {
        // What waits for the account itself is there already.
        let others = Condition::any()
            .add(case::Column::OwnerId.is_null())
            .add(case::Column::OwnerId.ne(account.id));
        parts.push(assignee(Assignee::of_organisation(*organisation)).add(others));
    }
    for grant in grants {
        let part = limited(assignee(Assignee::of_role(grant.role)), grant, account);
        parts.push(judging(part, account));
    }
    parts
}

/// What of it the limits of the grant include.
fn limited(mut part: Condition, grant: &RoleGrant, account: &AccountActor) -> Condition {
    if let Some(province) = &grant.province_code {
        part = part.add(work_item::Column::ProvinceCode.eq(province.as_str()));
    }
    if let Some(organisation) = grant.organisation_id {
        let within = account.reach.of(organisation);
        part = part.add(case::Column::OrganisationId.is_in(within));
    }
    part
}

/// Takes away what no official does: decide about what one has judged, and all that [`apart`] takes away.
fn judging(part: Condition, account: &AccountActor) -> Condition {
    let judged = Select::select()
        .column(participant::Column::CaseId)
        .from(participant::Entity)
        .and_where(Expr::col(participant::Column::AccountId).eq(account.id))
        .and_where(Expr::col(participant::Column::Part).eq(JUDGE))
        .take();
    let of_case = Expr::col((case::Entity, case::Column::Id));
    let is_role = Expr::col((work_item::Entity, work_item::Column::Needs)).is_null();
    let decides = Condition::all().add(is_role).add(of_case.in_subquery(judged)).not();
    part.add(apart(account)).add(decides)
}

/// What is neither one's own nor a case where one declared a conflict or has written for the sender.
pub(super) fn apart(account: &AccountActor) -> Condition {
    let of_case = || Expr::col((case::Entity, case::Column::Id));
    let (owner, sender) = (case::Column::OwnerId, case::Column::OrganisationId);
    let organisations = account.organisations.iter().copied();
    let apart = Condition::all()
        .add(owner.is_null().or(owner.ne(account.id)))
        .add(sender.is_null().or(sender.is_not_in(organisations)));
    shut_out(account.id)
        .into_iter()
        .fold(apart, |apart, cases| apart.add(of_case().not_in_subquery(cases)))
}

/// The part of who has judged a case and therefore does not decide about it.
pub const JUDGE: &str = "judge";

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
            .columns([Alias::new("item_id"), Alias::new("item_due_at")])
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
fn shown(union: &SelectStatement, limit: u64) -> SelectStatement {
    use work_item::Column as Item;
    let item = |column| Expr::col((work_item::Entity, column));
    let mut select = Select::select();
    select
        .expr_as(waiting("item_id"), "item_id")
        .expr_as(waiting("item_due_at"), "item_due_at")
        .expr_as(item(Item::Step), "step")
        .expr_as(item(Item::SourceId), "source_id")
        .expr_as(item(Item::Since), "since");
    CaseRow::select(&mut select);
    select
        .from_subquery(union.clone(), Alias::new(WAITING))
        .join(JoinType::InnerJoin, work_item::Entity, item(Item::Id).eq(waiting("item_id")))
        .join(
            JoinType::InnerJoin,
            case::Entity,
            Expr::col((case::Entity, case::Column::Id)).eq(item(Item::CaseId)),
        )
        .order_by_expr(waiting("item_due_at"), sea_orm::Order::Asc)
        .order_by_expr(waiting("item_id"), sea_orm::Order::Asc)
        .limit(limit + 1)
        .take()
}

#[derive(FromQueryResult)]
struct Counted {
    kind: String,
    step: String,
    waiting: i64,
    #[sea_orm(nested)]
    near: Near,
}

/// How much of this waits by kind and step.
async fn counts(
    state: &AppState,
    parts: &[Condition],
    wanted: &Condition,
    near: Nearness,
) -> ApiResult<Vec<WorkCount>> {
    let bound = |rows: &mut SelectStatement| {
        rows.limit(counted::MOST + 1);
    };
    let item = |column| Expr::col((work_item::Entity, column));
    let kind = || Expr::col((case::Entity, case::Column::Kind));
    let step = || item(work_item::Column::Step);
    let mut groups = Select::select();
    groups
        .expr_as(kind(), "kind")
        .expr_as(step(), "step")
        .expr_as(waiting("item_id").count(), "waiting");
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
        .add_group_by([kind(), step()])
        .order_by_expr(kind(), sea_orm::Order::Asc)
        .order_by_expr(step(), sea_orm::Order::Asc);
    let statement = state.db.get_database_backend().build(&groups);
    let rows = Counted::find_by_statement(statement).all(&state.db).await?;
    let count = |row: Counted| WorkCount {
        kind: row.kind,
        step: row.step,
        waiting: row.waiting.unsigned_abs(),
        late: row.near.late.unsigned_abs(),
        today: row.near.today.unsigned_abs(),
        soon: row.near.soon.unsigned_abs(),
    };
    Ok(rows.into_iter().map(count).collect())
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
