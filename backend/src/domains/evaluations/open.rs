//! Opens an evaluation: keeps the rubric as it stands, seats the panel, and puts the product under
//! evaluation in the same transaction.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::access::{allow, permit};
use nq57_platform::audit::{self, By};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::idempotency::{self, Answer};
use nq57_platform::http::openapi::{IdempotencyKeyHeader, IfMatchHeader};
use nq57_platform::http::{FromPath, IdempotencyKey, IfMatch, SignedIn, ValidJson};
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::{PanelStanding, ProductAction, may};
use nq57_shared::access::{Actor, Decision};
use nq57_shared::evaluations::{Evaluation, EvaluationState, OpenEvaluation};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::problem::{FieldCode, ProblemCode};
use nq57_shared::products::ProductEvent;
use nq57_shared::time::{end_of_vietnam_day, vietnam_date};

use super::enter::{about, entry, named};
use super::follow_up::{follow_up, tell_product};
use super::notices::EvaluationAssigned;
use super::table::evaluation;
use super::{deadline, panel, store, view, write};
use crate::domains::products::{self, Change, ProductRecord};

const RUBRICS: &str = "rubrics";

/// Open an evaluation.
///
/// Keeps the rubric as it stands today, seats the panel and moves the product to `under_evaluation`
/// at once. `If-Match` is the revision of the product. The chair needs the role `panel_chair`, members
/// `evaluator` or `panel_chair`; nobody of the submitting organisation may sit on the panel, nor whoever
/// declared a conflict about this product before.
#[utoipa::path(
    tag = "evaluations",
    params(
        ("id" = ProductId, Path, description = "The product"),
        IfMatchHeader,
        IdempotencyKeyHeader,
    ),
    request_body = OpenEvaluation,
    responses(
        (status = 201, description = "The evaluation", body = Evaluation, headers(
            ("Location" = String, description = "Its address"),
            ("ETag" = String, description = "Its revision"),
        )),
        (status = 409, description = "`evaluation_open`, or the product is not at this step"),
    ),
    security(("bearer" = []))
)]
#[post("/products/{id}/evaluations")]
pub async fn open_evaluation(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(product): FromPath<ProductId>,
    seen: IfMatch,
    key: IdempotencyKey,
    body: ValidJson<OpenEvaluation>,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let may_again = async |tx: &Tx| {
        let product = products::find(tx, product).await?.ok_or_else(ApiError::not_found)?;
        let conflicts = store::conflicts_of(tx, product.id).await?;
        allow(decide(by.actor, &product, &conflicts))
    };
    idempotency::once(&state, &caller, &key, body.bytes(), may_again, async |tx| {
        let id = open(tx, &state, by, product, Some(&seen), &body).await?;
        let product = products::find(tx, product).await?.ok_or_else(ApiError::not_found)?;
        let evaluation = store::load(tx, id).await?;
        let response = view::to_response(tx, &state, by, &product, &evaluation).await?;
        Answer::created(format!("/api/v1/evaluations/{id}"), evaluation.revision, &response)
    })
    .await
}

fn decide(actor: &Actor, product: &ProductRecord, conflicts: &HashSet<AccountId>) -> Decision {
    let standing = PanelStanding {
        is_recused: actor.account_id().is_some_and(|account| conflicts.contains(&account)),
        ..PanelStanding::default()
    };
    may(actor, ProductAction::OpenEvaluation, Some(&product.subject(standing)))
}

/// Opens an evaluation for the actor, in the caller's transaction.
///
/// # Errors
/// The denial of the policy, 412 for a stale revision, `evaluation_open`, 422 for a panel that may not
/// be, and the refusal of the product's workflow.
pub async fn open(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    product: ProductId,
    seen: Option<&IfMatch>,
    body: &OpenEvaluation,
) -> ApiResult<EvaluationId> {
    let now = state.clock.now();
    let product = products::find(tx, product).await?.ok_or_else(ApiError::not_found)?;
    let conflicts = store::conflicts_of(tx, product.id).await?;
    let decision = decide(by.actor, &product, &conflicts);
    let (permitted, product_permit) = (permit(decision)?, permit(decision)?);
    if let Some(seen) = seen {
        seen.check(product.revision_for(by.actor))?;
    }
    if store::open_id_of(tx, product.id).await?.is_some() {
        return Err(ProblemCode::EvaluationOpen.into());
    }
    let today = vietnam_date(now);
    let snapshot = state.reference.snapshot();
    let rubric = snapshot
        .rubric(&body.rubric_id)
        .filter(|rubric| snapshot.is_valid(RUBRICS, &rubric.id, today));
    let able = panel::Able::load(tx, &product, now).await?;
    let mut violations = panel::check(tx, state, &body.panel(), &[], &able, &conflicts).await?;
    let Some(rubric) = rubric else {
        violations.add("/rubric_id", FieldCode::UnknownValue);
        return Err(violations.into());
    };
    violations.into_result()?;
    let row = evaluation::Model {
        id: state.clock.new_id(),
        product_id: product.id,
        product_version: product.version,
        state: EvaluationState::Open,
        mode: body.mode,
        rubric: rubric.into(),
        chair_id: body.chair_id,
        quorum: body.quorum,
        due_on: body.due_on,
        due_at: end_of_vietnam_day(body.due_on),
        opened_at: now,
        quorum_reached_at: None,
        visited_on: None,
        visited_place: None,
        visited_minutes: None,
        recommended_by: None,
        recommended_verdict: None,
        recommended_reason: None,
        recommended_at: None,
        closed_at: None,
        revision: 1,
    };
    let id = row.id;
    write::insert(tx, permitted, row, &body.member_ids).await.map_err(|error| {
        match error.code() {
            ProblemCode::AlreadyExists => {
                ApiError::problem(ProblemCode::EvaluationOpen).because(error)
            }
            _ => error,
        }
    })?;
    let evaluation = store::load(tx, id).await?;
    tell_product(tx, product_permit, &evaluation, evaluation.facts()).await?;
    let change = Change::following(product.id, ProductEvent::StartEvaluation);
    products::change_state(tx, state, by, change).await?;
    deadline::begin(tx, state, &evaluation).await?;
    let members: Vec<String> = body.member_ids.iter().map(ToString::to_string).collect();
    let entry = entry(by, "evaluation.opened", &evaluation)
        .with("chair", evaluation.chair_id.to_string())
        .with("members", members)
        .with("quorum", evaluation.quorum)
        .with("due_on", evaluation.due_on.to_string())
        .with("rubric", evaluation.rubric.id.as_str());
    audit::record(tx, &state.clock, entry).await?;
    let ((title, code), due_on) = (named(&product), evaluation.due_on);
    let assigned = about(Notice::new(&EvaluationAssigned { title, code, due_on }), &evaluation)
        .to(body.member_ids.iter().copied())
        .to([body.chair_id]);
    notifications::notify(tx, &state.clock, assigned).await?;
    follow_up(tx, state, id).await?;
    Ok(id)
}
