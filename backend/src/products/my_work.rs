//! What waits for the caller, in every part that the caller plays: what is due first comes first.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get};
use chrono::TimeDelta;
use nq57_shared::access::{AccountActor, Role};
use nq57_shared::ids::{EvaluationId, OrganisationId, ProductId};
use nq57_shared::page::Page;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductState, WorkItem, WorkStep};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect,
    QueryTrait, Select,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::authors;
use super::cards::Turn;
use super::list_working::{COLUMNS, Row, limited, own};
use super::store::known;
use super::table::product::{Column, Entity};
use crate::error::ApiResult;
use crate::evaluations;
use crate::http::{Query, SignedIn, link};
use crate::persistence::keyset::Keyset;
use crate::state::AppState;

/// Which part of the work.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SoughtWork {
    /// Items in a page, at most 100; 20 when absent.
    #[serde(skip_serializing_if = "super::list::belongs_to_the_page")]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[serde(skip_serializing_if = "super::list::belongs_to_the_page")]
    cursor: Option<String>,
    /// Whether to answer `total`.
    #[serde(skip_serializing_if = "super::list::belongs_to_the_page")]
    count: bool,
}

/// List my work.
///
/// Everything that waits for the caller as submitter, intake officer, chair, member of a panel or
/// publisher, each product once with the next thing to do and until when that is due; what is due first
/// comes first, what has no deadline last. Officials never find their own submissions here.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(SoughtWork),
    responses((status = 200, description = "A page of work", body = Page<WorkItem>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/my-work")]
pub async fn list_my_work(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    sought: Query<SoughtWork>,
) -> ApiResult<HttpResponse> {
    let page = seek(&state, caller.account(), &sought).await?;
    let mut answer = HttpResponse::Ok();
    if let Some(next) = link::next(&request, page.next_cursor.as_deref()) {
        answer.insert_header(next);
    }
    Ok(answer.json(page))
}

/// What has no deadline sorts as if it were due then.
fn last() -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::days(400_000)
}

/// What open rounds want of the caller, joined to each product.
const ROUND: &str = "waiting";

fn of_round(column: &'static str) -> Expr {
    Expr::col((ROUND, column))
}

/// A product with what its round wants of the caller.
#[derive(FromQueryResult)]
struct WorkRow {
    #[sea_orm(nested)]
    product: Row,
    round_step: Option<String>,
    round_id: Option<Uuid>,
    round_due_at: Option<Timestamp>,
}

impl WorkRow {
    /// Until when the caller's own task is due: what the round sets comes before the product's deadline.
    fn due_at(&self) -> Option<Timestamp> {
        self.round_due_at.or(self.product.due_at)
    }
}

async fn seek(
    state: &AppState,
    account: &AccountActor,
    sought: &SoughtWork,
) -> ApiResult<Page<WorkItem>> {
    let due = Expr::col((Entity, Column::DueAt)).if_null(last());
    let due = of_round("due_at").if_null(due);
    let paging = Keyset::new(&account.id)?
        .ascending(due)
        .ascending(Expr::col((Entity, Column::Id)))
        .page(&state.cursors, sought.limit, sought.cursor.as_deref())?;
    let query = waiting(account)
        .expr_as(of_round("step"), "round_step")
        .expr_as(of_round("evaluation_id"), "round_id")
        .expr_as(of_round("due_at"), "round_due_at");
    let rows = paging.apply(query).into_model::<WorkRow>().all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| {
        let due = row.due_at().unwrap_or(last());
        vec![due.into(), row.product.card.id.into()]
    })?;
    let total = match sought.count {
        true => Some(waiting(account).count(&state.db).await?),
        false => None,
    };
    let ids: Vec<ProductId> = rows.iter().map(|row| ProductId(row.product.card.id)).collect();
    let rounds = evaluations::open_rounds(&state.db, &ids).await?;
    let items: ApiResult<Vec<_>> =
        rows.into_iter().map(|row| item(state, account, row, &rounds)).collect();
    Ok(Page { items: items?, next_cursor, total })
}

/// Everything that waits for the account, in every part that it plays. Its seats come before decisions
/// on the same product: they are owed first.
fn waiting(account: &AccountActor) -> Select<Entity> {
    let own = own(account.id, &account.organisations);
    let answers = in_state(ProductState::MoreInformation).add(own.clone());
    let under_evaluation = || {
        let states = [ProductState::UnderEvaluation, ProductState::OnSite];
        Condition::all().add(Column::State.is_in(states.map(ProductState::as_str)))
    };
    let sits = |role| matches!(role, Role::Evaluator | Role::PanelChair);
    let has_seat = account.grants.iter().any(|grant| sits(grant.role));
    let official = Condition::any()
        .add(in_state(ProductState::Submitted).add(within(account, Role::IntakeOfficer)))
        .add(in_state(ProductState::Accepted).add(within(account, Role::PanelChair)))
        .add(in_state(ProductState::Decided).add(within(account, Role::Publisher)))
        .add(
            under_evaluation()
                .add(Column::Holder.eq(Holder::Publisher.as_str()))
                .add(within(account, Role::Publisher)),
        )
        .add(under_evaluation().add(Expr::val(has_seat)).add(of_round("step").is_not_null()));
    let shut_out = Condition::any()
        .add(Column::Id.in_subquery(evaluations::declared_by(account.id)))
        .add(Column::Id.in_subquery(authors::written_by(account.id)));
    let official = Condition::all().add(shut_out.not()).add(official);
    let mut query = Entity::find()
        .select_only()
        .columns(COLUMNS)
        .filter(Condition::any().add(answers).add(Condition::all().add(own.not()).add(official)));
    let same = of_round("product_id").eq(Expr::col((Entity, Column::Id)));
    let rounds = evaluations::waiting_for(account.id);
    QueryTrait::query(&mut query).join_subquery(JoinType::LeftJoin, rounds, ROUND, same);
    query
}

fn in_state(state: ProductState) -> Condition {
    Condition::all().add(Column::State.eq(state.as_str()))
}

/// What lies within the limits under which the caller holds the role; nothing without the role.
fn within(account: &AccountActor, role: Role) -> Condition {
    let limits: Vec<(Option<OrganisationId>, Option<String>)> = account
        .grants
        .iter()
        .filter(|grant| grant.role == role)
        .map(|grant| (grant.organisation_id, grant.province_code.clone()))
        .collect();
    if limits.is_empty() {
        return Condition::all().add(Expr::val(1).eq(0));
    }
    limits.iter().fold(Condition::any(), |any, limit| any.add(limited(limit)))
}

fn item(
    state: &AppState,
    account: &AccountActor,
    row: WorkRow,
    rounds: &HashMap<ProductId, EvaluationId>,
) -> ApiResult<WorkItem> {
    let at = known(ProductState::parse(&row.product.state), &row.product.state)?;
    let own_step = row.round_step.as_deref();
    let own_step = own_step.map(|text| known(WorkStep::parse(text), text)).transpose()?;
    let (step, evaluation_id) = match at {
        ProductState::MoreInformation => (WorkStep::AnswerInformation, None),
        ProductState::Submitted => (WorkStep::CheckEligibility, None),
        ProductState::Accepted => (WorkStep::OpenEvaluation, None),
        ProductState::Decided => (WorkStep::Publish, None),
        _ => match own_step {
            Some(step) => (step, row.round_id.map(EvaluationId)),
            None => (WorkStep::Decide, rounds.get(&ProductId(row.product.card.id)).copied()),
        },
    };
    let own = Turn::new(state, None, row.due_at());
    Ok(WorkItem {
        step,
        evaluation_id,
        due_at: own.due_at,
        working_days_left: own.working_days_left,
        product: row.product.summary(state, account)?,
    })
}
