//! What waits for the caller, in every part that the caller plays: what is due first comes first.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get};
use chrono::TimeDelta;
use nq57_shared::access::{AccountActor, Role};
use nq57_shared::ids::{EvaluationId, OrganisationId, ProductId};
use nq57_shared::page::Page;
use nq57_shared::products::{ProductState, WorkItem, WorkStep};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::list_working::{COLUMNS, Row, limited, own};
use super::store::known;
use super::table::product::{Column, Entity};
use crate::app::AppState;
use crate::error::ApiResult;
use crate::evaluations;
use crate::http::{Query, SignedIn, link};
use crate::persistence::keyset::Keyset;

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
/// publisher, each product once with the next thing to do; what is due first comes first, what has no
/// deadline last. Officials never find their own submissions here.
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

/// What waits in rounds of evaluation, by product.
type Rounds = HashMap<ProductId, (EvaluationId, WorkStep)>;

async fn seek(
    state: &AppState,
    account: &AccountActor,
    sought: &SoughtWork,
) -> ApiResult<Page<WorkItem>> {
    let due = Expr::col((Entity, Column::DueAt)).if_null(last());
    let paging = Keyset::new(&account.id)?
        .ascending(due)
        .ascending(Expr::col((Entity, Column::Id)))
        .page(sought.limit, sought.cursor.as_deref())?;
    let rounds = rounds(&state.db, account).await?;
    let waiting = waiting(account, &rounds);
    let query = Entity::find().select_only().columns(COLUMNS).filter(waiting.clone());
    let rows = paging.apply(query).into_model::<Row>().all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| {
        let due = row.due_at.unwrap_or(last());
        vec![due.into(), row.card.id.into()]
    })?;
    let total = match sought.count {
        true => Some(Entity::find().filter(waiting).count(&state.db).await?),
        false => None,
    };
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.extend(item(state, row, &rounds)?);
    }
    Ok(Page { items, next_cursor, total })
}

/// The caller's seats come before decisions on the same product: they are owed first.
async fn rounds(db: &impl ConnectionTrait, account: &AccountActor) -> ApiResult<Rounds> {
    let mut rounds = Rounds::new();
    if account.grants.iter().any(|grant| grant.role == Role::Publisher) {
        for (product, evaluation) in evaluations::awaiting_decision(db).await? {
            rounds.insert(product, (evaluation, WorkStep::Decide));
        }
    }
    let sits = |role| matches!(role, Role::Evaluator | Role::PanelChair);
    if account.grants.iter().any(|grant| sits(grant.role)) {
        for work in evaluations::work_of(db, account.id).await? {
            rounds.insert(work.product_id, (work.evaluation_id, work.step));
        }
    }
    Ok(rounds)
}

fn waiting(account: &AccountActor, rounds: &Rounds) -> Condition {
    let own = own(account.id, &account.organisations);
    let answers = in_state(ProductState::MoreInformation).add(own.clone());
    let seats = |wanted: bool| {
        rounds
            .iter()
            .filter(move |(_, (_, step))| (*step == WorkStep::Decide) == wanted)
            .map(|(product, _)| product.0)
            .collect::<Vec<_>>()
    };
    let under_evaluation = [ProductState::UnderEvaluation, ProductState::OnSite];
    let official = Condition::any()
        .add(in_state(ProductState::Submitted).add(within(account, Role::IntakeOfficer)))
        .add(in_state(ProductState::Accepted).add(within(account, Role::PanelChair)))
        .add(in_state(ProductState::Decided).add(within(account, Role::Publisher)))
        .add(
            Condition::all()
                .add(Column::State.is_in(under_evaluation.map(ProductState::as_str)))
                .add(Column::Id.is_in(seats(true)))
                .add(within(account, Role::Publisher)),
        )
        .add(
            Condition::all()
                .add(Column::State.is_in(under_evaluation.map(ProductState::as_str)))
                .add(Column::Id.is_in(seats(false))),
        );
    Condition::any().add(answers).add(Condition::all().add(own.not()).add(official))
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

fn item(state: &AppState, row: Row, rounds: &Rounds) -> ApiResult<Option<WorkItem>> {
    let at = known(ProductState::parse(&row.state), &row.state)?;
    let round = rounds.get(&ProductId(row.card.id)).copied();
    let (step, evaluation_id) = match (at, round) {
        (ProductState::MoreInformation, _) => (WorkStep::AnswerInformation, None),
        (ProductState::Submitted, _) => (WorkStep::CheckEligibility, None),
        (ProductState::Accepted, _) => (WorkStep::OpenEvaluation, None),
        (ProductState::Decided, _) => (WorkStep::Publish, None),
        (_, Some((evaluation, step))) => (step, Some(evaluation)),
        (_, None) => return Ok(None),
    };
    Ok(Some(WorkItem { step, product: row.summary(state)?, evaluation_id }))
}
