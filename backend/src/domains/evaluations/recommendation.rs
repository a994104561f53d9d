//! The chair recommends publication or not, and may replace that until the evaluation is closed.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::access::permit;
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::{FromPath, SignedIn, ValidJson, current};
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::{PanelStanding, ProductAction, may as may_product};
use nq57_shared::access::{Actor, Role};
use nq57_shared::evaluations::{Evaluation, EvaluationAction, Person, Recommend, Recommendation};
use nq57_shared::ids::EvaluationId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::ProductEvent;
use nq57_shared::products::workflow::EvaluationFacts;
use sha2::{Digest, Sha256};

use super::enter::{about, enter, entry, named};
use super::evaluation::EvaluationRecord;
use super::follow_up::{follow_up, tell_product};
use super::notices::{RecommendationVoided, Recommended};
use super::{deadline, store, view, write};
use crate::domains::products::{self, Change, ProductRecord};

/// Recommend publication, or not.
///
/// For the chair, once the quorum is met. It replaces an earlier recommendation; sending the same one
/// again changes nothing, so the request can be retried.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = EvaluationId, Path, description = "The evaluation")),
    request_body = Recommend,
    responses(
        (status = 200, description = "The evaluation as it is now", body = Evaluation,
            headers(("ETag" = String, description = "Its new revision"))),
        (status = 409, description = "`quorum_not_met`, `recused`, `evaluation_closed`"),
    ),
    security(("bearer" = []))
)]
#[post("/evaluations/{id}/recommendation")]
pub async fn recommend(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<EvaluationId>,
    body: ValidJson<Recommend>,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let response = transaction::write(&state.db, async |tx| {
        let product = give(tx, &state, by, id, &body).await?;
        view::to_response(tx, &state, by, &product, &store::load(tx, id).await?).await
    })
    .await?;
    Ok(current(response.revision, &response))
}

/// Records the recommendation of the actor, in the caller's transaction.
///
/// # Errors
/// The denial of the policy, `quorum_not_met`, `recused`, `evaluation_closed`.
pub async fn give(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: EvaluationId,
    body: &Recommend,
) -> ApiResult<ProductRecord> {
    let entered = enter(tx, by.actor, EvaluationAction::Recommend, id, None).await?;
    let (evaluation, product) = (&entered.evaluation, entered.product);
    evaluation.may_recommend(by.actor.account_id())?;
    let is_same =
        |given: &Recommendation| given.verdict == body.verdict && given.reason == body.reason;
    let is_own = by.actor.account_id().is_some_and(|account| evaluation.is_recommended_by(account));
    let before = evaluation.recommendation();
    if is_own && before.as_ref().is_some_and(is_same) {
        return Ok(product);
    }
    let now = state.clock.now();
    let by_account = by.actor.account_id().ok_or(ProblemCode::Forbidden)?;
    let given = Recommendation {
        by: Person { id: by_account, display_name: String::new() },
        verdict: body.verdict,
        reason: body.reason.clone(),
        at: now,
    };
    write::set_recommendation(tx, &state.clock, entered.permit, evaluation, &given).await?;
    let facts = EvaluationFacts { is_recommended: true, ..evaluation.facts() };
    tell_product(tx, entered.product_permit, evaluation, facts).await?;
    // Else the publisher has it already: only what is recommended is another thing.
    if before.is_none() {
        deadline::end(tx, state, evaluation.id).await?;
        let change = Change::following(product.id, ProductEvent::Recommend);
        products::change_state(tx, state, by, change).await?;
    }
    // Who reads the audit may have a seat whose sheet is not in: what was said stands in the fact alone.
    let sealed = |given: &Recommendation| {
        digest(&format!("{}\n{}\n{}", evaluation.id, given.verdict.as_str(), given.reason))
    };
    let (was, is) = (before.as_ref().map(sealed), Some(sealed(&given)));
    let entry = entry(by, "evaluation.recommended", evaluation).changed("sha256", was, is);
    audit::record(tx, &state.clock, entry).await?;
    let (title, code) = named(&product);
    let told = Notice::new(&Recommended { title, code, verdict: body.verdict.as_str() });
    tell_publishers(tx, state, evaluation, &product, told).await?;
    follow_up(tx, state, evaluation.id).await?;
    Ok(product)
}

/// Takes a recommendation out of force: its author is recused, or the quorum is lost. The turn is the
/// panel's again, and the publishers are told.
///
/// # Errors
/// The refusal of the product's workflow; failures of the database.
pub(super) async fn void(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    product: &ProductRecord,
    evaluation: &EvaluationRecord,
) -> ApiResult<()> {
    write::void_recommendation(tx, evaluation).await?;
    let subject = product.subject(PanelStanding::default());
    let action = ProductAction::Send(ProductEvent::VoidRecommendation);
    let permit = permit(may_product(&Actor::System, action, Some(&subject)))?;
    let facts = EvaluationFacts { is_recommended: false, ..evaluation.facts() };
    tell_product(tx, permit, evaluation, facts).await?;
    if !evaluation.is_quorum_met() {
        deadline::begin(tx, state, evaluation).await?;
    }
    let system = By { actor: &Actor::System, request: by.request };
    let change = Change::following(product.id, ProductEvent::VoidRecommendation);
    products::change_state(tx, state, system, change).await?;
    let given_by = evaluation.recommended_by.map(|account| account.to_string());
    let entry =
        entry(by, "evaluation.recommendation_voided", evaluation).with("given_by", given_by);
    audit::record(tx, &state.clock, entry).await?;
    let (title, code) = named(product);
    let told = Notice::new(&RecommendationVoided { title, code });
    tell_publishers(tx, state, evaluation, product, told).await
}

/// Tells those who may decide about the product, but for whoever may not read what was recommended.
async fn tell_publishers(
    tx: &Tx,
    state: &AppState,
    evaluation: &EvaluationRecord,
    product: &ProductRecord,
    notice: Notice,
) -> ApiResult<()> {
    let now = state.clock.now();
    let publishers = products::officials_of(tx, product, &[Role::Publisher], now).await?;
    let told =
        publishers.into_iter().filter(|account| evaluation.shows_recommendation_to(Some(*account)));
    let notice = about(notice, evaluation).at(format!("/quyet-dinh/{}", product.id)).to(told);
    notifications::notify(tx, &state.clock, notice).await
}

/// What the audit keeps of a text: the text itself is in the slice's own facts.
fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
