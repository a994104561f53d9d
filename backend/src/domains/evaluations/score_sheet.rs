//! A member fills in a score sheet, and submits it once. The sheet that meets the quorum tells the chair.

use actix_web::{HttpRequest, HttpResponse, put};
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::evaluations::{Evaluation, EvaluationAction, RecordScoreSheet};
use nq57_shared::ids::EvaluationId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::validate::Violations;

use super::enter::{enter, entry};
use super::review::review;
use super::{store, view, write};
use crate::domains::products::ProductRecord;

/// Record one's own score sheet.
///
/// Replaces what was kept before. With `submit` every criterion needs a score, the sheet is final and
/// the sheets of the others can be read. Once the chair has recommended no sheet is taken, unless that
/// recommendation is voided. `If-Match` is the revision of the evaluation.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = EvaluationId, Path, description = "The evaluation"), IfMatchHeader),
    request_body = RecordScoreSheet,
    responses(
        (status = 200, description = "The evaluation as it is now", body = Evaluation,
            headers(("ETag" = String, description = "Its revision, as the caller sees it"))),
        (status = 409, description =
            "`conflict_not_declared`, `recused`, `score_sheet_submitted`, `evaluation_closed`, \
            `recommendation_stands`"),
    ),
    security(("bearer" = []))
)]
#[put("/evaluations/{id}/score-sheets/me")]
pub async fn record_score_sheet(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<EvaluationId>,
    seen: IfMatch,
    body: ValidJson<RecordScoreSheet>,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let response = transaction::write(&state.db, async |tx| {
        let product = record(tx, &state, by, id, Some(&seen), &body).await?;
        view::to_response(tx, &state, by, &product, &store::load(tx, id).await?).await
    })
    .await?;
    Ok(current(response.revision, &response))
}

/// Records the sheet of the actor, in the caller's transaction.
///
/// # Errors
/// The denial of the policy, 412 for a stale revision, 422 for scores that do not fit the rubric, and
/// the conflicts that the operation lists.
pub async fn record(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: EvaluationId,
    seen: Option<&IfMatch>,
    body: &RecordScoreSheet,
) -> ApiResult<ProductRecord> {
    let entered = enter(tx, by.actor, EvaluationAction::Score, id, seen).await?;
    let evaluation = &entered.evaluation;
    let account = by.actor.account_id();
    evaluation.may_score(account)?;
    let Some(account) = account else { return Err(ProblemCode::Forbidden.into()) };
    let mut violations = Violations::new();
    body.check_against(&evaluation.rubric.criteria, &mut violations);
    violations.into_result()?;
    let submitted_at = body.submit.then(|| state.clock.now());
    write::set_sheet(tx, entered.permit, id, account, &body.scores, submitted_at).await?;
    if body.submit {
        let entry = entry(by, "evaluation.sheet_submitted", evaluation);
        audit::record(tx, &state.clock, entry).await?;
        review(tx, state, by, &entered.product, entered.product_permit, id).await?;
    }
    Ok(entered.product)
}
