//! The common beginning of everything that is done in an evaluation: load it for update, decide, compare
//! the revision.

use nq57_platform::access::{Permit, permit};
use nq57_platform::audit::{By, Entry};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::IfMatch;
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_platform::subject::Subject;
use nq57_shared::access::Actor;
use nq57_shared::access::policy::evaluations::{EvaluationSubject, may};
use nq57_shared::evaluations::{Evaluation, EvaluationAction};
use nq57_shared::ids::EvaluationId;
use nq57_shared::products::Product;
use sea_orm::ConnectionTrait;

use super::evaluation::EvaluationRecord;
use super::follow_up::tell_product;
use super::notices::QuorumReached;
use super::{recommendation, store, write};
use crate::domains::products::{self, ProductRecord};

/// What evaluations are called by deadlines, the audit and messages.
pub(super) const KIND: &str = "evaluation";

/// An evaluation that the actor may act in, locked until the transaction ends.
pub(super) struct Entered {
    pub evaluation: EvaluationRecord,
    pub product: ProductRecord,
    /// For one write to the evaluation.
    pub permit: Permit<Evaluation>,
    /// For the new revision of its product.
    pub product_permit: Permit<Product>,
}

/// Enters the evaluation for `action`.
///
/// # Errors
/// 404 and 403 as the policy says, 412 when the evaluation has changed since the caller read it.
pub(super) async fn enter(
    tx: &Tx,
    actor: &Actor,
    action: EvaluationAction,
    id: EvaluationId,
    seen: Option<&IfMatch>,
) -> ApiResult<Entered> {
    let evaluation = store::load_for_update(tx, id).await?;
    let product = product_of(tx, &evaluation).await?;
    let decision = may(actor, action, &subject_of(&evaluation, actor, &product));
    let (permit, product_permit) = (permit(decision)?, permit(decision)?);
    if let Some(seen) = seen {
        seen.check(evaluation.revision_for(actor.account_id()))?;
    }
    Ok(Entered { evaluation, product, permit, product_permit })
}

/// The evaluation as policies see it.
pub(super) fn subject_of<'a>(
    evaluation: &EvaluationRecord,
    actor: &Actor,
    product: &'a ProductRecord,
) -> EvaluationSubject<'a> {
    EvaluationSubject {
        id: evaluation.id,
        product_id: evaluation.product_id,
        chair_id: evaluation.chair_id,
        caller_is_member: evaluation.member(actor.account_id()).is_some(),
        is_own: product.is_own(actor),
        organisation_id: product.organisation_id,
        province_code: product.competent_province.as_deref(),
    }
}

/// The product of an evaluation.
pub(super) async fn product_of(
    db: &impl ConnectionTrait,
    evaluation: &EvaluationRecord,
) -> ApiResult<ProductRecord> {
    products::find(db, evaluation.product_id).await?.ok_or_else(ApiError::not_found)
}

/// What the audit says of a deed in the evaluation.
pub(super) fn entry(by: By<'_>, action: &'static str, evaluation: &EvaluationRecord) -> Entry {
    by.entry(action, case_of(evaluation.id))
        .within(products::subject_of(evaluation.product_id))
        .with("product_id", evaluation.product_id.to_string())
}

/// The evaluation as what deadlines, the audit and messages are about.
pub(super) fn case_of(id: EvaluationId) -> Subject {
    Subject::new(KIND, id)
}

/// A notice about the evaluation, with its page.
pub(super) fn about(notice: Notice, evaluation: &EvaluationRecord) -> Notice {
    notice.about(KIND, evaluation.id.0).at(format!("/danh-gia/{}", evaluation.id))
}

/// Title and code of what is evaluated, as every notice says them.
pub(super) fn named(product: &ProductRecord) -> (String, String) {
    (product.draft.title.clone(), product.code.clone().unwrap_or_default())
}

/// Looks whether the quorum is met after a change. When it has just been met, the chair is told, once;
/// either way officials find a new revision of the product, because what may be done with it has changed. A
/// recommendation does not outlive the quorum on which it stood.
pub(super) async fn review_quorum(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    product: &ProductRecord,
    product_permit: Permit<Product>,
    evaluation: &EvaluationRecord,
) -> ApiResult<()> {
    if evaluation.is_quorum_met() == evaluation.quorum_reached_at.is_some() {
        return Ok(());
    }
    let now = state.clock.now();
    let reached_at = evaluation.is_quorum_met().then_some(now);
    write::set_quorum_reached(tx, evaluation.id, reached_at).await?;
    tell_product(tx, product_permit, evaluation, evaluation.facts()).await?;
    if reached_at.is_none() {
        return match evaluation.recommended_at.is_some() {
            true => recommendation::void(tx, state, by, product, evaluation).await,
            false => Ok(()),
        };
    }
    // A recused chair is to know nothing of it.
    let chair = Some(evaluation.chair_id).filter(|chair| !evaluation.is_recused(Some(*chair)));
    let (title, code) = named(product);
    let reached = about(Notice::new(&QuorumReached { title, code }), evaluation).to(chair);
    notifications::notify(tx, &state.clock, reached).await
}
