//! A member says whether there is a conflict of interest. A declared one recuses for good.

use actix_web::{HttpRequest, HttpResponse, put};
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::evaluations::{ConflictAnswer, DeclareConflict, Evaluation, EvaluationAction};
use nq57_shared::ids::{AccountId, EvaluationId};
use nq57_shared::problem::ProblemCode;

use super::enter::{about, enter, entry, named};
use super::evaluation::EvaluationRecord;
use super::notices::{ChairNeeded, ConflictDeclared};
use super::panel::Able;
use super::review::review;
use super::{store, view, write};
use crate::domains::products::{self, ProductRecord};
use crate::identity::accounts;

/// Declare whether there is a conflict of interest.
///
/// Needed before scoring. `declared` recuses the member from this product for good, later evaluations and
/// versions included: no sheet can be recorded, one that is in no longer counts, no seat and no chair
/// can be had again, and the chair is told. `If-Match` is the revision of the evaluation.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = EvaluationId, Path, description = "The evaluation"), IfMatchHeader),
    request_body = DeclareConflict,
    responses(
        (status = 200, description = "The evaluation as it is now", body = Evaluation,
            headers(("ETag" = String, description = "Its revision, as the caller sees it"))),
        (status = 409, description = "`evaluation_closed`, or `recused` for a declaration taken back"),
    ),
    security(("bearer" = []))
)]
#[put("/evaluations/{id}/conflicts/me")]
pub async fn declare_conflict(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<EvaluationId>,
    seen: IfMatch,
    body: ValidJson<DeclareConflict>,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let response = transaction::write(&state.db, async |tx| {
        let product = declare(tx, &state, by, id, Some(&seen), &body).await?;
        view::to_response(tx, &state, by, &product, &store::load(tx, id).await?).await
    })
    .await?;
    Ok(current(response.revision, &response))
}

/// Keeps the answer of the actor, in the caller's transaction.
///
/// # Errors
/// The denial of the policy, 412 for a stale revision, `evaluation_closed`, `recused`.
pub async fn declare(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: EvaluationId,
    seen: Option<&IfMatch>,
    body: &DeclareConflict,
) -> ApiResult<ProductRecord> {
    let entered = enter(tx, by.actor, EvaluationAction::DeclareConflict, id, seen).await?;
    let (evaluation, product) = (&entered.evaluation, &entered.product);
    let account = by.actor.account_id();
    evaluation.may_answer(account, body.answer)?;
    let Some(account) = account else { return Err(ProblemCode::Forbidden.into()) };
    let before = evaluation.member(Some(account)).map(|member| member.conflict);
    if before == Some(ConflictAnswer::Declared) {
        return Ok(entered.product);
    }
    write::set_conflict(tx, entered.permit, evaluation, account, body, state.clock.now()).await?;
    if before != Some(body.answer) {
        let entry = entry(by, "evaluation.conflict_answered", evaluation)
            .with("account_id", account.to_string())
            .with("answer", body.answer.as_str())
            .changed("conflict", before.map(ConflictAnswer::as_str), Some(body.answer.as_str()));
        audit::record(tx, &state.clock, entry).await?;
    }
    if body.answer == ConflictAnswer::Declared {
        let names = accounts::names(tx, &[account]).await?;
        let member = names.get(&account).cloned().unwrap_or_default();
        tell(tx, state, evaluation, product, account, member).await?;
    }
    review(tx, state, by, product, entered.product_permit, id).await?;
    Ok(entered.product)
}

/// Tells the chair; when the chair is recused, now or before, those who can name another one.
async fn tell(
    tx: &Tx,
    state: &AppState,
    evaluation: &EvaluationRecord,
    product: &ProductRecord,
    declared: AccountId,
    member: String,
) -> ApiResult<()> {
    let (title, code) = named(product);
    let is_without_chair =
        declared == evaluation.chair_id || evaluation.is_recused(Some(evaluation.chair_id));
    if !is_without_chair {
        let told = Notice::new(&ConflictDeclared { title, code, member });
        let told = about(told, evaluation).to([evaluation.chair_id]);
        return notifications::notify(tx, &state.clock, told).await;
    }
    let roles = [Role::PanelChair, Role::Administrator];
    let now = state.clock.now();
    let mut leaders = products::officials_of(tx, product, &roles, now).await?;
    // The recused chair can name a successor too, and needs to hear that this is what is wanted; not one who
    // belongs to the submitter.
    let chair = evaluation.chair_id;
    let leads = Able::load(tx, product, now).await?.to_lead(chair);
    if leads && !products::is_of_sender(tx, product, chair).await? {
        leaders.push(chair);
    }
    let told = about(Notice::new(&ChairNeeded { title, code }), evaluation).to(leaders);
    notifications::notify(tx, &state.clock, told).await
}
