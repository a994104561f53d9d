//! Seats follow from roles. When an account gets a role, loses one, is suspended or comes back, each open evaluation in
//! which it sits or leads is reviewed, and whoever can name others hears of a seat that is worth nothing any more.

use nq57_platform::error::ApiResult;
use nq57_platform::notifications::{self, Notice};
use nq57_platform::outbox::{self, Message, Push, Topic};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::registry::RolesListener;
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::evaluations::EvaluationState;
use nq57_shared::ids::{AccountId, EvaluationId};
use uuid::Uuid;

use super::enter::{about, named, product_of};
use super::notices::SeatLost;
use super::panel::Able;
use super::review::review_anew;
use super::store;
use crate::domains::products;
use crate::identity::accounts;

pub(super) const LISTENERS: &[RolesListener] =
    &[|tx, state, account| Box::pin(roles_changed(tx, state, account))];

/// There may be many: each is reviewed on its own, after the commit.
async fn roles_changed(tx: &Tx, state: &AppState, account: AccountId) -> ApiResult<()> {
    let message = |id: EvaluationId| {
        let key = state.clock.new_id::<Uuid>().to_string();
        Push::new(TOPIC.name, key, &(id, account))
    };
    let seats = store::open_of(tx, account).await?;
    let messages = seats.into_iter().map(message).collect::<ApiResult<Vec<_>>>()?;
    outbox::push(tx, &state.clock, messages).await
}

/// The messages that ask for a review of one seat.
pub(super) const TOPIC: Topic =
    Topic { name: "evaluation.seat", handler: |state, message| Box::pin(hear(state, message)) };

async fn hear(state: AppState, message: Message) -> ApiResult<()> {
    let (id, account): (EvaluationId, AccountId) = message.read()?;
    transaction::write(&state.db, async |tx| {
        review_anew(tx, &state, id).await?;
        tell(tx, &state, id, account, &message.key).await
    })
    .await
}

/// Tells the chair; when it is the chair that is lost, those who can name another one.
async fn tell(
    tx: &Tx,
    state: &AppState,
    id: EvaluationId,
    account: AccountId,
    key: &str,
) -> ApiResult<()> {
    let evaluation = store::load(tx, id).await?;
    let product = product_of(tx, &evaluation).await?;
    let able = Able::load(tx, &product, state.clock.now()).await?;
    let seat = evaluation.member(Some(account)).filter(|member| !evaluation.counts(member));
    let lost_seat = seat.is_some() && !able.to_sit(account);
    let lost_chair = evaluation.chair_id == account && !able.to_lead(account);
    let is_open = evaluation.state == EvaluationState::Open;
    if !is_open || evaluation.is_recused(Some(account)) || !(lost_seat || lost_chair) {
        return Ok(());
    }
    let chair = evaluation.chair_id;
    let to = match able.to_lead(chair) && !evaluation.is_recused(Some(chair)) {
        true => vec![chair],
        false => {
            let roles = [Role::PanelChair, Role::Administrator];
            products::officials_of(tx, &product, &roles, state.clock.now()).await?
        }
    };
    let names = accounts::names(tx, &[account]).await?;
    let member = names.get(&account).cloned().unwrap_or_default();
    let (title, code) = named(&product);
    let told = Notice::new(&SeatLost { title, code, member });
    notifications::notify(tx, &state.clock, about(told, &evaluation).to(to).once(key)).await
}
