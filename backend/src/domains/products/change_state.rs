//! The only writer of a product's state and of its assignee. One door for submitters, officials, evaluations and
//! the demo: policy, workflow, effects, row, history, register, audit, in the caller's transaction.

use nq57_platform::audit::{self, By};
use nq57_platform::casework::{self, Transition};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::IfMatch;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::registry::Transitioned;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductEvent, ProductWorkflow};
use nq57_shared::time::vietnam_date;
use nq57_shared::workflow::{Refusal, Workflow};

use super::enter::{Entered, enter};
use super::store::{self, ProductRecord};
use super::subject::subject_of;
use super::{effects, facts, feed, work};

/// An event to be sent to a product.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    pub product_id: ProductId,
    pub event: ProductEvent,
    /// What the submitter, and for decisions the public, will read.
    pub reason: Option<&'a str>,
    /// Expected revision; `None` for what follows from other changes.
    pub seen: Option<&'a IfMatch>,
}

impl Change<'_> {
    /// What follows from something else: without a reason, whatever the revision.
    #[must_use]
    pub const fn following(product_id: ProductId, event: ProductEvent) -> Self {
        Self { product_id, event, reason: None, seen: None }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub product: ProductRecord,
    /// Follows the product without an account; only after the first submission, and nowhere else.
    pub secret: Option<String>,
}

/// Sends an event to a product, with everything that follows from it.
///
/// # Errors
/// 401, 403 or 404 by policy; 412 when the product has changed since it was seen; 409 with the code of
/// the workflow's refusal.
pub async fn change_state(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    change: Change<'_>,
) -> ApiResult<Changed> {
    let (event, now) = (change.event, state.clock.now());
    let action = ProductAction::Send(event);
    let Entered { product: before, permit, decision } =
        enter(tx, by.actor, action, change.product_id, change.seen).await?;
    let facts = facts::load(tx, state, &before).await?;
    let step = ProductWorkflow::step(before.state, event, &facts)
        .map_err(|refusal| explain(state, &before, refusal))?;

    let mut product = before.clone();
    product.state_since = now;
    if event.is_internal() {
        // What happens inside of an evaluation is not told by the submitter's revision.
        product.changes_inside += 1;
    } else {
        product.revision += 1;
        product.updated_at = now;
        product.state = step.to;
        product.holder = step.to.holder();
        product.reason = change.reason.map(str::to_owned);
    }
    let came = (before.state, event);
    let secret = effects::apply(tx, state, decision, &mut product, came, &step.effects).await?;
    // While the same part has it as far as its submitter knows, the day stays too: a recommendation that came and went
    // in between has moved the other one.
    if before.state.holder() != product.state.holder() {
        product.told_due_at = product.due_at;
    }
    store::transition(tx, permit, &before, &product).await?;
    if !event.is_internal() && !event.is_private() {
        feed::put_dossiers(tx, now, std::slice::from_ref(&product)).await?;
    }

    let case = subject_of(product.id);
    let transition = Transition {
        event: event.as_str(),
        from: before.state.as_str(),
        to: product.state.as_str(),
        version: product.version,
        acted_as: event.sent_by().map(Holder::as_str),
        held_by: before.holder.map(Holder::as_str),
        since: before.state_since,
        reason: change.reason,
        is_internal: change.event.is_internal(),
    };
    let snapshot = state.reference.snapshot();
    let calendar = snapshot.calendar();
    casework::record_transition(tx, &state.clock, calendar, by.actor, case, &transition).await?;
    if event.sent_by() == Some(Holder::Submitter) {
        casework::add_author(tx, &state.clock, by.actor, case).await?;
    }
    work::record(tx, state, &product).await?;
    let heard =
        Transitioned { case, event: event.as_str(), from: transition.from, to: transition.to };
    state.registry.tell_of(tx, state, heard).await?;
    audit::record(tx, &state.clock, entry(by, event, &before, &product)).await?;
    Ok(Changed { product, secret })
}

/// The refusal as a problem; an incomplete draft names every place.
fn explain(state: &AppState, product: &ProductRecord, refusal: Refusal) -> ApiError {
    let Refusal(code) = refusal;
    let problem = ApiError::problem(code);
    if code != ProblemCode::DraftIncomplete {
        return problem;
    }
    let today = vietnam_date(state.clock.now());
    problem.errors(facts::incomplete(&state.reference.snapshot(), today, &product.draft))
}

fn entry(
    by: By<'_>,
    event: ProductEvent,
    before: &ProductRecord,
    product: &ProductRecord,
) -> audit::Entry {
    let holder = |product: &ProductRecord| product.holder.map(Holder::as_str);
    by.entry("product.state_changed", subject_of(product.id))
        .with("event", event.as_str())
        .with("version", product.version)
        .changed("state", before.state.as_str(), product.state.as_str())
        .changed("holder", holder(before), holder(product))
        .changed("due_at", before.due_at, product.due_at)
        .changed("version", before.version, product.version)
        .changed("public_version", before.public_version, product.public_version)
        .changed("fingerprint", before.fingerprint.as_ref(), product.fingerprint.as_ref())
}
