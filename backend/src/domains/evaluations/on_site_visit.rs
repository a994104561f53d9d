//! The chair records the look at the product on site: when, where, what was found.

use actix_web::{HttpRequest, HttpResponse, put};
use nq57_platform::audit::{self, By};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::evaluations::{Evaluation, EvaluationAction, OnSiteVisit};
use nq57_shared::ids::EvaluationId;
use nq57_shared::problem::FieldCode;
use nq57_shared::time::vietnam_date;

use super::enter::{enter, entry};
use super::{store, view, write};
use crate::domains::products::ProductRecord;

/// Record the look on site.
///
/// For the chair, while the evaluation is not closed; it replaces what was recorded before. `If-Match`
/// is the revision of the evaluation.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = EvaluationId, Path, description = "The evaluation"), IfMatchHeader),
    request_body = OnSiteVisit,
    responses(
        (status = 200, description = "The evaluation as it is now", body = Evaluation,
            headers(("ETag" = String, description = "Its new revision"))),
        (status = 409, description = "`evaluation_closed`, `recused`"),
    ),
    security(("bearer" = []))
)]
#[put("/evaluations/{id}/on-site-visit")]
pub async fn record_on_site_visit(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<EvaluationId>,
    seen: IfMatch,
    body: ValidJson<OnSiteVisit>,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let response = transaction::write(&state.db, async |tx| {
        let product = record(tx, &state, by, id, Some(&seen), &body).await?;
        view::to_response(tx, &state, by, &product, &store::load(tx, id).await?).await
    })
    .await?;
    Ok(current(response.revision, &response))
}

/// Records the minutes, in the caller's transaction.
///
/// # Errors
/// The denial of the policy, 412 for a stale revision, `evaluation_closed`, 422 for a day to come.
pub async fn record(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: EvaluationId,
    seen: Option<&IfMatch>,
    body: &OnSiteVisit,
) -> ApiResult<ProductRecord> {
    let entered = enter(tx, by.actor, EvaluationAction::RecordOnSiteVisit, id, seen).await?;
    entered.evaluation.require_open()?;
    entered.evaluation.require_unrecused(by.actor.account_id())?;
    if body.held_on > vietnam_date(state.clock.now()) {
        return Err(ApiError::field("/held_on", FieldCode::NotAllowed));
    }
    let (account, evaluation) = (by.actor.account_id(), &entered.evaluation);
    write::set_visit(tx, &state.clock, entered.permit, evaluation, account, body).await?;
    // The texts are facts of their own: each recording stays.
    let before = evaluation.on_site_visit();
    let entry = entry(by, "evaluation.visited_on_site", evaluation)
        .changed("held_on", before.as_ref().map(|visit| visit.held_on), Some(body.held_on))
        .with("is_another_text", before.is_some_and(|visit| visit.minutes != body.minutes));
    audit::record(tx, &state.clock, entry).await?;
    Ok(entered.product)
}
