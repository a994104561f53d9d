//! Whether an evaluation still stands on what it stood on: after each change of it, and when its case or its people have
//! come to another side without anybody touching it.

use nq57_platform::access::Permit;
use nq57_platform::audit::By;
use nq57_platform::error::ApiResult;
use nq57_platform::outbox::{self, Message, Push, Topic};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::registry::{HandoverListener, JoiningListener};
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::evaluations::EvaluationAction;
use nq57_shared::ids::{AccountId, EvaluationId, OrganisationId, ProductId};
use nq57_shared::products::Product;
use uuid::Uuid;

use super::enter::{Entered, enter, review_quorum};
use super::follow_up::follow_up;
use super::{recommendation, store};
use crate::domains::products::{self, ProductRecord};

/// Looks whether the quorum is met, voids a recommendation whose author may not judge the product any more, and
/// brings parts and work in line.
pub(super) async fn review(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    product: &ProductRecord,
    product_permit: Permit<Product>,
    id: EvaluationId,
) -> ApiResult<()> {
    let evaluation = store::load(tx, id).await?;
    review_quorum(tx, state, by, product, product_permit, &evaluation).await?;
    let evaluation = store::load(tx, id).await?;
    if evaluation.is_recommended_by_recused() {
        recommendation::void(tx, state, by, product, &evaluation).await?;
    }
    follow_up(tx, state, id).await
}

/// The same when nobody has done anything in it.
pub(super) async fn review_anew(tx: &Tx, state: &AppState, id: EvaluationId) -> ApiResult<()> {
    let system = Actor::System;
    let Entered { evaluation, product, product_permit, .. } =
        enter(tx, &system, EvaluationAction::ReplacePanel, id, None).await?;
    if evaluation.is_closed() {
        return Ok(());
    }
    review(tx, state, By::actor(&system), &product, product_permit, id).await
}

/// Somebody has come to an organisation: what it has sent is not judged by that one any more.
pub(super) const JOININGS: &[JoiningListener] =
    &[|tx, state, organisation, account| Box::pin(joined(tx, state, organisation, account))];

async fn joined(
    tx: &Tx,
    state: &AppState,
    organisation: OrganisationId,
    account: AccountId,
) -> ApiResult<()> {
    for id in store::open_with(tx, organisation, account).await? {
        review_anew(tx, state, id).await?;
    }
    Ok(())
}

/// Cases have gone over. Sender and office are others when that is done, and there may be hundreds: each evaluation
/// is reviewed on its own, after the commit.
pub(super) const HANDOVERS: &[HandoverListener] = &[HandoverListener {
    kind: products::KIND,
    run: |tx, state, cases, _| Box::pin(handed_over(tx, state, cases)),
}];

async fn handed_over(tx: &Tx, state: &AppState, cases: &[Uuid]) -> ApiResult<()> {
    let open = store::open_among(tx, cases.iter().copied().map(ProductId)).await?;
    let message = |id: EvaluationId| {
        let key = state.clock.new_id::<Uuid>().to_string();
        Push::new(TOPIC.name, key, &id)
    };
    let messages = open.into_iter().map(message).collect::<ApiResult<Vec<_>>>()?;
    outbox::push(tx, &state.clock, messages).await
}

/// The messages that ask for a review.
pub(super) const TOPIC: Topic =
    Topic { name: "evaluation.review", handler: |state, message| Box::pin(hear(state, message)) };

async fn hear(state: AppState, message: Message) -> ApiResult<()> {
    let id: EvaluationId = message.read()?;
    transaction::write(&state.db, async |tx| review_anew(tx, &state, id).await).await
}
