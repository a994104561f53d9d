//! What follows from a change of an evaluation for its product: how it stands, who plays which part,
//! and what waits for whom.

use nq57_platform::access::Permit;
use nq57_platform::casework::{self, Assignee, JUDGE, Work};
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::registry::{TransitionListener, Transitioned};
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::evaluations::{ConflictAnswer, EvaluationState};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::products::workflow::EvaluationFacts;
use nq57_shared::products::{Product, ProductState, WorkStep};

use super::enter::product_of;
use super::evaluation::EvaluationRecord;
use super::{deadline, store, write};
use crate::domains::products::{self, KnownEvaluation, PANEL_CHAIR, PANEL_MEMBER, ProductRecord};

/// Who may have a seat.
const SEATS: &[Role] = &[Role::Evaluator, Role::PanelChair];

/// Writes down at the product how its evaluation stands.
pub(super) async fn tell_product(
    tx: &Tx,
    permit: Permit<Product>,
    evaluation: &EvaluationRecord,
    facts: EvaluationFacts,
) -> ApiResult<()> {
    let known = KnownEvaluation { id: evaluation.id, version: evaluation.product_version, facts };
    products::note_evaluation(tx, permit, evaluation.product_id, known).await
}

/// Brings parts and work of the product in line with the evaluation as it is now.
pub(super) async fn follow_up(tx: &Tx, state: &AppState, id: EvaluationId) -> ApiResult<()> {
    let evaluation = store::load(tx, id).await?;
    let product = product_of(tx, &evaluation).await?;
    let (case, now) = (products::subject_of(product.id), state.clock.now());
    let recommenders = store::recommenders_of(tx, id).await?;
    casework::replace_participants(tx, now, case, id.0, &parts(&evaluation, recommenders)).await?;
    let province = product.competent_province.as_deref();
    let work = work(&evaluation, &product);
    casework::replace_work(tx, &state.clock, case, id.0, province, &work).await
}

fn parts(
    evaluation: &EvaluationRecord,
    recommenders: Vec<AccountId>,
) -> Vec<(AccountId, &'static str)> {
    if evaluation.is_closed() {
        return Vec::new();
    }
    let judged = evaluation.members.iter().filter(|member| member.submitted_at.is_some());
    let judged = judged.map(|member| member.account_id);
    let mut judges: Vec<AccountId> = judged.chain(recommenders).collect();
    judges.sort_unstable();
    judges.dedup();
    let members = evaluation.members.iter().map(|member| (member.account_id, PANEL_MEMBER));
    let judges = judges.into_iter().map(|account| (account, JUDGE));
    [(evaluation.chair_id, PANEL_CHAIR)].into_iter().chain(members).chain(judges).collect()
}

/// The next thing that an open evaluation wants of each; once it was recommended nothing is owed any more.
fn work(evaluation: &EvaluationRecord, product: &ProductRecord) -> Vec<Work> {
    if evaluation.state != EvaluationState::Open {
        return Vec::new();
    }
    let able = evaluation
        .members
        .iter()
        .filter(|one| !evaluation.is_recused(Some(one.account_id)))
        .count();
    let lacks_members = u32::try_from(able).is_ok_and(|able| able < evaluation.quorum);
    let is_stuck = lacks_members || evaluation.is_recused(Some(evaluation.chair_id));
    let of = |account, step: WorkStep, due_at| Work {
        step: step.as_str(),
        assignee: Assignee::Official(account, SEATS),
        due_at,
    };
    // The day that the chair has set, also once the quorum is met: a day that moves would tell whoever has not scored
    // yet how far the others are.
    let due_at = Some(evaluation.due_at);
    let mut work: Vec<Work> = Vec::new();
    let free = |account: AccountId| !evaluation.is_recused(Some(account));
    for member in evaluation.members.iter().filter(|member| free(member.account_id)) {
        let step = match member.conflict {
            ConflictAnswer::NotAsked => Some(WorkStep::DeclareConflict),
            ConflictAnswer::None if member.submitted_at.is_none() => Some(WorkStep::Score),
            ConflictAnswer::None | ConflictAnswer::Declared => None,
        };
        work.extend(step.map(|step| of(member.account_id, step, due_at)));
    }
    let owes = |account| work.iter().any(|one| one.assignee == Assignee::Official(account, SEATS));
    if evaluation.is_quorum_met() && free(evaluation.chair_id) && !owes(evaluation.chair_id) {
        let assignee = Assignee::Official(evaluation.chair_id, &[Role::PanelChair]);
        let step = WorkStep::Recommend.as_str();
        work.push(Work { step, assignee, due_at: product.due_at });
    }
    // Nobody on the panel can go on: whoever may name others has to.
    if is_stuck {
        let step = WorkStep::ReplacePanel.as_str();
        let assignees = [Role::PanelChair, Role::Administrator].map(Assignee::Role);
        work.extend(assignees.map(|assignee| Work { step, assignee, due_at: product.due_at }));
    }
    work
}

/// A product that is no longer under evaluation, decided about or taken down, closes its evaluation.
pub(super) const LISTENERS: &[TransitionListener] = &[TransitionListener {
    kind: products::KIND,
    run: |tx, state, change| Box::pin(hear(tx, state, change)),
}];

async fn hear(tx: &Tx, state: &AppState, change: Transitioned) -> ApiResult<()> {
    let is_judged = |text: &str| {
        use ProductState::{Accepted, OnSite, UnderEvaluation};
        matches!(ProductState::parse(text), Some(Accepted | UnderEvaluation | OnSite))
    };
    if !is_judged(change.from) || is_judged(change.to) {
        return Ok(());
    }
    let product = ProductId(change.case.id);
    let Some(id) = store::open_id_of(tx, product).await? else { return Ok(()) };
    deadline::end(tx, state, id).await?;
    write::close(tx, product, state.clock.now()).await?;
    follow_up(tx, state, id).await
}
