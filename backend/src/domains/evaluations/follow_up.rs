//! What follows from a change of a round for its product: how the evaluation stands, who plays which part,
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
use super::round::Round;
use super::{deadline, store, write};
use crate::domains::products::{self, KnownEvaluation, PANEL_CHAIR, PANEL_MEMBER, ProductRecord};

/// Who may have a seat.
const SEATS: &[Role] = &[Role::Evaluator, Role::PanelChair];

/// Writes down at the product how its round stands.
pub(super) async fn tell_product(
    tx: &Tx,
    permit: Permit<Product>,
    round: &Round,
    facts: EvaluationFacts,
) -> ApiResult<()> {
    let known = KnownEvaluation { id: round.id, version: round.product_version, facts };
    products::note_evaluation(tx, permit, round.product_id, known).await
}

/// Brings parts and work of the product in line with the round as it is now.
pub(super) async fn follow_up(tx: &Tx, state: &AppState, id: EvaluationId) -> ApiResult<()> {
    let round = store::load(tx, id).await?;
    let product = product_of(tx, &round).await?;
    let (case, now) = (products::subject_of(product.id), state.clock.now());
    let recommenders = store::recommenders_of(tx, id).await?;
    casework::replace_participants(tx, now, case, id.0, &parts(&round, recommenders)).await?;
    let province = product.competent_province.as_deref();
    let work = work(&round, &product);
    casework::replace_work(tx, &state.clock, case, id.0, province, &work).await
}

fn parts(round: &Round, recommenders: Vec<AccountId>) -> Vec<(AccountId, &'static str)> {
    if round.is_closed() {
        return Vec::new();
    }
    let judged = round.members.iter().filter(|member| member.submitted_at.is_some());
    let judged = judged.map(|member| member.account_id);
    let mut judges: Vec<AccountId> = judged.chain(recommenders).collect();
    judges.sort_unstable();
    judges.dedup();
    let members = round.members.iter().map(|member| (member.account_id, PANEL_MEMBER));
    let judges = judges.into_iter().map(|account| (account, JUDGE));
    [(round.chair_id, PANEL_CHAIR)].into_iter().chain(members).chain(judges).collect()
}

/// The next thing that an open round wants of each; once it was recommended nothing is owed any more.
fn work(round: &Round, product: &ProductRecord) -> Vec<Work> {
    if round.state != EvaluationState::Open {
        return Vec::new();
    }
    let able = round.members.iter().filter(|one| !round.is_recused(Some(one.account_id))).count();
    let lacks_members = u32::try_from(able).is_ok_and(|able| able < round.quorum);
    let is_stuck = lacks_members || round.is_recused(Some(round.chair_id));
    let of = |account, step: WorkStep, due_at| Work {
        step: step.as_str(),
        assignee: Assignee::Official(account, SEATS),
        due_at,
    };
    // The day that the chair has set, also once the quorum is met: a day that moves would tell whoever has not scored
    // yet how far the others are.
    let due_at = Some(round.due_at);
    let mut work: Vec<Work> = Vec::new();
    let free = |account: AccountId| !round.is_recused(Some(account));
    for member in round.members.iter().filter(|member| free(member.account_id)) {
        let step = match member.conflict {
            ConflictAnswer::NotAsked => Some(WorkStep::DeclareConflict),
            ConflictAnswer::None if member.submitted_at.is_none() => Some(WorkStep::Score),
            ConflictAnswer::None | ConflictAnswer::Declared => None,
        };
        work.extend(step.map(|step| of(member.account_id, step, due_at)));
    }
    let owes = |account| work.iter().any(|one| one.assignee == Assignee::Official(account, SEATS));
    if round.is_quorum_met() && free(round.chair_id) && !owes(round.chair_id) {
        let assignee = Assignee::Official(round.chair_id, &[Role::PanelChair]);
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

/// A product that leaves its evaluation, decided about or taken down, closes the round.
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
