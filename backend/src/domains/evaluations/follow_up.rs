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
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::workflow::EvaluationFacts;
use nq57_shared::products::{Product, ProductEvent, ProductState, WorkStep};

use super::enter::product_of;
use super::evaluation::{EvaluationRecord, Member};
use super::panel::Able;
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
    let work = match evaluation.state {
        EvaluationState::Open => work(&evaluation, &product, &Able::load(tx, &product, now).await?),
        // Once it was recommended nothing is owed any more.
        EvaluationState::Recommended | EvaluationState::Closed => Vec::new(),
    };
    casework::replace_work(tx, &state.clock, case, id.0, province, &work).await
}

fn parts(
    evaluation: &EvaluationRecord,
    recommenders: Vec<AccountId>,
) -> Vec<(AccountId, &'static str)> {
    if evaluation.is_closed() {
        return Vec::new();
    }
    // Who may still judge it, knowing what the others did, decides about it no more than who has.
    let seated = evaluation.members.iter().map(|member| member.account_id);
    let mut judges: Vec<AccountId> = seated.chain(recommenders).collect();
    judges.sort_unstable();
    judges.dedup();
    let members = evaluation.members.iter().map(|member| (member.account_id, PANEL_MEMBER));
    let judges = judges.into_iter().map(|account| (account, JUDGE));
    [(evaluation.chair_id, PANEL_CHAIR)].into_iter().chain(members).chain(judges).collect()
}

/// The next thing that an open evaluation wants of each. Nothing waits for whoever is kept from it, or whose role does
/// not reach it any more since it went over to another office.
fn work(evaluation: &EvaluationRecord, product: &ProductRecord, able: &Able) -> Vec<Work> {
    let free = |account: AccountId| !evaluation.is_recused(Some(account)) && able.to_sit(account);
    let leads = free(evaluation.chair_id) && able.to_lead(evaluation.chair_id);
    let goes_on = |one: &&Member| evaluation.counts(one) || free(one.account_id);
    let enough = evaluation.members.iter().filter(goes_on).count();
    let lacks_members = u32::try_from(enough).is_ok_and(|enough| enough < evaluation.quorum);
    let is_stuck = lacks_members || !leads;
    let of = |account, step: WorkStep, due_at| Work {
        step: step.as_str(),
        assignee: Assignee::Official(account, SEATS),
        due_at,
    };
    // The day that the chair has set, also once the quorum is met: a day that moves would tell whoever has not scored
    // yet how far the others are.
    let due_at = Some(evaluation.due_at);
    let mut work: Vec<Work> = Vec::new();
    for member in evaluation.members.iter().filter(|member| free(member.account_id)) {
        let step = match member.conflict {
            ConflictAnswer::NotAsked => Some(WorkStep::DeclareConflict),
            ConflictAnswer::None if member.submitted_at.is_none() => Some(WorkStep::Score),
            ConflictAnswer::None | ConflictAnswer::Declared => None,
        };
        work.extend(step.map(|step| of(member.account_id, step, due_at)));
    }
    let owes = |account| work.iter().any(|one| one.assignee == Assignee::Official(account, SEATS));
    if evaluation.is_quorum_met() && leads && !owes(evaluation.chair_id) {
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
    let decides = [ProductEvent::DecidePublish, ProductEvent::DecideDecline];
    if decides.map(ProductEvent::as_str).contains(&change.event) {
        require_decidable(&store::load(tx, id).await?)?;
    }
    deadline::end(tx, state, id).await?;
    write::close(tx, product, state.clock.now()).await?;
    follow_up(tx, state, id).await
}

/// What the product knows of its evaluation was true when something happened in it. Who has come to the submitter's
/// side since adds nothing to what is decided, also when nobody has noticed yet.
fn require_decidable(evaluation: &EvaluationRecord) -> Result<(), ProblemCode> {
    if !evaluation.is_quorum_met() {
        return Err(ProblemCode::QuorumNotMet);
    }
    match evaluation.is_recommended_by_recused() {
        true => Err(ProblemCode::RecommendationMissing),
        false => Ok(()),
    }
}
