//! A product in the register of cases, and whom it waits for in each state.

use nq57_platform::casework::{self, Assignee, Case, Work};
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductState, WorkStep};

use super::authors;
use super::store::ProductRecord;
use super::subject::subject_of;

/// Writes down where the product stands after a change. What was never sent is nobody's business.
pub(super) async fn record(tx: &Tx, state: &AppState, product: &ProductRecord) -> ApiResult<()> {
    if product.code.is_none() {
        return Ok(());
    }
    let subject = subject_of(product.id);
    let case = Case {
        subject,
        code: product.code.as_deref(),
        title: &product.draft.title,
        sender: &product.draft.owner.name,
        // Officials find what was sent, not what its submitter is just writing.
        keeps_words: product.state.is_editable()
            || matches!(product.state, ProductState::Withdrawn | ProductState::Suspended),
        owner: Some(product.owner_id),
        organisation: product.organisation_id,
        province: product.competent_province.as_deref(),
        // A next version is its author's: officials find what is public meanwhile.
        state: match product.state {
            ProductState::Draft => ProductState::Published.as_str(),
            state => state.as_str(),
        },
        holder: product.holder.filter(|_| product.state != ProductState::Draft).map(Holder::as_str),
        due_at: product.due_at,
        submitted_at: product.submitted_at,
    };
    let now = state.clock.now();
    casework::record(tx, now, &case).await?;
    // Who left before it came into the register; who leaves later is noted then.
    casework::add_side(tx, now, subject, authors::departed(tx, product).await?).await?;
    let work: Vec<Work> = waiting(product)
        .into_iter()
        .map(|(step, assignee)| Work { step: step.as_str(), assignee, due_at: product.due_at })
        .collect();
    casework::replace_work(tx, &state.clock, subject, product.id.0, case.province, &work).await
}

/// What waits for whom. What the panel owes, its evaluation says.
fn waiting(product: &ProductRecord) -> Vec<(WorkStep, Assignee)> {
    let official = |step, role| vec![(step, Assignee::Role(role))];
    match product.state {
        ProductState::MoreInformation => {
            let step = WorkStep::AnswerInformation;
            let mut all = vec![(step, Assignee::Account(product.owner_id))];
            all.extend(product.organisation_id.map(|id| (step, Assignee::Organisation(id))));
            all
        }
        ProductState::Submitted => official(WorkStep::CheckEligibility, Role::IntakeOfficer),
        ProductState::Accepted => official(WorkStep::OpenEvaluation, Role::PanelChair),
        ProductState::UnderEvaluation | ProductState::OnSite
            if product.holder == Some(Holder::Publisher) =>
        {
            official(WorkStep::Decide, Role::Publisher)
        }
        ProductState::Decided => official(WorkStep::Publish, Role::Publisher),
        ProductState::UnderEvaluation
        | ProductState::OnSite
        | ProductState::Draft
        | ProductState::Ineligible
        | ProductState::Published
        | ProductState::Declined
        | ProductState::Suspended
        | ProductState::Withdrawn
        | ProductState::Expired => Vec::new(),
    }
}
