//! The day until which the members hand in their sheets, as a deadline of its own: whoever still owes one
//! is reminded, and the chair with them.

use nq57_platform::casework::deadlines::{self, Deadline, Due};
use nq57_platform::error::ApiResult;
use nq57_platform::notifications;
use nq57_platform::outbox::{Message, Topic};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::evaluations::EvaluationState;
use nq57_shared::ids::{AccountId, EvaluationId};

use super::enter::{KIND as EVALUATION, about, case_of, named, product_of};
use super::evaluation::EvaluationRecord;
use super::store;

/// The sheets of the panel, until the day that its chair has set.
const KIND: &str = "scoring";

/// The time runs until the day that the evaluation names, instead of any day before.
pub(super) async fn begin(
    tx: &Tx,
    state: &AppState,
    evaluation: &EvaluationRecord,
) -> ApiResult<()> {
    deadlines::meet(tx, state, case_of(evaluation.id), KIND).await?;
    deadlines::start(tx, state, case_of(evaluation.id), KIND, Due::On(evaluation.due_on)).await
}

/// No sheet is owed any more: the chair has recommended, or the evaluation is closed.
pub(super) async fn end(tx: &Tx, state: &AppState, id: EvaluationId) -> ApiResult<()> {
    deadlines::meet(tx, state, case_of(id), KIND).await
}

/// The messages about that day.
pub(super) const TOPIC: Topic = Topic {
    name: "evaluation.deadline",
    handler: |state, message| Box::pin(remind(state, message)),
};

/// Reminds those who owe a sheet, and the chair, that the day is near or has passed.
async fn remind(state: AppState, message: Message) -> ApiResult<()> {
    let deadline: Deadline = message.read()?;
    transaction::write(&state.db, async |tx| {
        let evaluation = store::load(tx, deadline.subject_id.into()).await?;
        if evaluation.state != EvaluationState::Open || evaluation.due_at != deadline.due_at {
            return Ok(());
        }
        let product = product_of(tx, &evaluation).await?;
        let owing = evaluation.members.iter().filter(|one| one.submitted_at.is_none());
        let owing = owing.map(|one| one.account_id).chain([evaluation.chair_id]);
        let told = owing.filter(|account| !evaluation.is_recused(Some(*account)));
        let told: Vec<AccountId> = told.collect();
        let (title, code) = named(&product);
        let notice = deadline.notice(EVALUATION, title, code, &message.key);
        let notice = about(notice, &evaluation).to(told);
        notifications::notify(tx, &state.clock, notice).await
    })
    .await
}
