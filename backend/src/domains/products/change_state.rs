//! The only writer of a product's state and of whose turn it is. One door for submitters, officials, evaluations and the demo
//! data: policy, permit, workflow, row, effects, history, audit, in the caller's transaction.

use actix_web::HttpRequest;
use nq57_platform::access::permit;
use nq57_platform::audit;
use nq57_platform::casework::{self, Transition};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::IfMatch;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::registry::Transitioned;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::access::{Actor, Decision};
use nq57_shared::ids::ProductId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductEvent, ProductState, ProductWorkflow};
use nq57_shared::time::vietnam_date;
use nq57_shared::workflow::{Refusal, Workflow};

use super::facts::{self, Situation};
use super::store::{self, ProductRecord};
use super::subject::subject_of;
use super::{effects, work};

/// An event to be sent to a product.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    pub product_id: ProductId,
    pub event: ProductEvent,
    /// What the submitter, and for decisions the public, will read.
    pub reason: Option<&'a str>,
    /// What the caller has seen; `None` when nobody looked, as in effects of other changes.
    pub revision: Option<&'a IfMatch>,
    /// The request that brought it, for the audit.
    pub request: Option<&'a HttpRequest>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub product_id: ProductId,
    pub from: ProductState,
    pub to: ProductState,
    pub revision: i64,
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
    actor: &Actor,
    change: Change<'_>,
) -> ApiResult<Changed> {
    let now = state.clock.now();
    let mut product = store::load(tx, change.product_id).await?;
    let decision = decide(tx, actor, &product, change.event).await?;
    let permitted = permit(decision)?;
    if let Some(seen) = change.revision {
        seen.check(product.revision_for(actor))?;
    }
    let facts = facts::load(tx, state, &product).await?;
    let step = ProductWorkflow::step(product.state, change.event, &facts)
        .map_err(|refusal| explain(state, &product, refusal))?;

    let before = product.clone();
    let from = before.state;
    let permitted = if change.event.is_internal() {
        product.state_since = now;
        permitted
    } else {
        product.reason = change.reason.map(str::to_owned);
        store::set_state(tx, permitted, &mut product, step.to, now).await?
    };
    let secret =
        effects::apply(tx, state, decision, &mut product, (from, change.event), &step.effects)
            .await?;
    let transition = Transition {
        event: change.event.as_str(),
        from: from.as_str(),
        to: product.state.as_str(),
        version: store::to_column(product.version)?,
        acted_as: change.event.sent_by().map(Holder::as_str),
        held_by: before.holder.map(Holder::as_str),
        since: before.state_since,
        reason: change.reason,
        is_internal: change.event.is_internal(),
    };
    let (case, snapshot) = (subject_of(product.id), state.reference.snapshot());
    let calendar = snapshot.calendar();
    casework::record_transition(tx, &state.clock, calendar, actor, case, &transition).await?;
    if change.event.is_internal() {
        store::hand_over(tx, permitted, &mut product).await?;
    } else {
        product.told_due_at = product.due_at;
        store::keep(tx, permitted, &mut product, now).await?;
    }
    if change.event.sent_by() == Some(Holder::Submitter) {
        casework::add_author(tx, &state.clock, actor, case).await?;
    }
    work::record(tx, state, &product).await?;
    let heard = Transitioned {
        case,
        event: change.event.as_str(),
        from: from.as_str(),
        to: product.state.as_str(),
    };
    state.registry.tell_of(tx, state, heard).await?;
    audit::record(tx, &state.clock, entry(actor, &change, &product, &before)).await?;
    Ok(Changed {
        product_id: product.id,
        from,
        to: product.state,
        revision: product.revision_for(actor),
        secret,
    })
}

async fn decide(
    tx: &Tx,
    actor: &Actor,
    product: &ProductRecord,
    event: ProductEvent,
) -> ApiResult<Decision> {
    Ok(Situation::of(tx, actor, product).await?.may(ProductAction::Send(event)))
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
    actor: &Actor,
    change: &Change<'_>,
    product: &ProductRecord,
    before: &ProductRecord,
) -> audit::Entry {
    let holder = |product: &ProductRecord| product.holder.map(Holder::as_str);
    let entry = audit::Entry::by(actor, "product.state_changed")
        .on("product", product.id.0)
        .with("event", change.event.as_str())
        .with("version", product.version)
        .changed("state", before.state.as_str(), product.state.as_str())
        .changed("holder", holder(before), holder(product))
        .changed("due_at", before.due_at, product.due_at)
        .changed("version", before.version, product.version)
        .changed("public_version", before.public_version, product.public_version)
        .changed("fingerprint", before.fingerprint.as_ref(), product.fingerprint.as_ref());
    match change.request {
        Some(request) => entry.during(request),
        None => entry,
    }
}
