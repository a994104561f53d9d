//! What other slices ask about rounds: facts for the workflow of products, who sits where, what waits
//! for whom. Decides nothing.

use nq57_shared::evaluations::ConflictAnswer;
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::products::WorkStep;
use nq57_shared::products::workflow::EvaluationFacts;
use nq57_shared::time::Timestamp;
use sea_orm::ConnectionTrait;

use super::round::Round as Held;
use super::store;
use super::write;
use crate::error::ApiResult;

/// The round of a version, as far as products need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    pub id: EvaluationId,
    pub facts: EvaluationFacts,
}

/// Something in a round that waits for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanelWork {
    pub product_id: ProductId,
    pub evaluation_id: EvaluationId,
    pub step: WorkStep,
}

/// The latest round of this version, closed or not.
///
/// # Errors
/// Failures of the database.
pub async fn round(
    db: &impl ConnectionTrait,
    product: ProductId,
    version: u32,
) -> ApiResult<Option<Round>> {
    let round = store::latest_of(db, product, version).await?;
    Ok(round.map(|round| Round { id: round.id, facts: round.facts() }))
}

/// Whether the account has a seat in a round of the product and has not declared a conflict.
///
/// # Errors
/// Failures of the database.
pub async fn is_on_panel(
    db: &impl ConnectionTrait,
    product: ProductId,
    account: AccountId,
) -> ApiResult<bool> {
    store::has_seat(db, product, account).await
}

/// The chair and the members of this version's round that is not closed; recused ones are left out.
///
/// # Errors
/// Failures of the database.
pub async fn panel(
    db: &impl ConnectionTrait,
    product: ProductId,
    version: u32,
) -> ApiResult<Vec<AccountId>> {
    let round = store::latest_of(db, product, version).await?;
    let Some(round) = round.filter(|round| !round.is_closed()) else { return Ok(Vec::new()) };
    let members = round.members.iter().filter(|member| !member.is_recused());
    let mut panel = vec![round.chair_id];
    panel.extend(members.map(|member| member.account_id).filter(|id| *id != round.chair_id));
    Ok(panel)
}

/// Closes whatever round of the product is open: it was decided about, or taken down.
///
/// # Errors
/// Failures of the database.
pub async fn close(tx: &impl ConnectionTrait, now: Timestamp, product: ProductId) -> ApiResult<()> {
    write::close(tx, product, now).await
}

/// What waits for the account in open rounds, first due first; the next step of each round only.
///
/// # Errors
/// Failures of the database.
pub async fn work_of(db: &impl ConnectionTrait, account: AccountId) -> ApiResult<Vec<PanelWork>> {
    let rounds = store::open_for(db, account).await?;
    let work = rounds.into_iter().filter_map(|round| {
        let step = next_step(&round, account)?;
        Some(PanelWork { product_id: round.product_id, evaluation_id: round.id, step })
    });
    Ok(work.collect())
}

fn next_step(round: &Held, account: AccountId) -> Option<WorkStep> {
    let member = round.member(Some(account));
    match member.map(|member| member.conflict) {
        Some(ConflictAnswer::NotAsked) => Some(WorkStep::DeclareConflict),
        Some(ConflictAnswer::None) if round.may_score(Some(account)).is_ok() => {
            Some(WorkStep::Score)
        }
        _ => (round.chair_id == account
            && round.recommendation.is_none()
            && round.may_recommend(Some(account)).is_ok())
        .then_some(WorkStep::Recommend),
    }
}

/// The rounds whose chair has recommended and that wait for the decision.
///
/// # Errors
/// Failures of the database.
pub async fn awaiting_decision(
    db: &impl ConnectionTrait,
) -> ApiResult<Vec<(ProductId, EvaluationId)>> {
    store::recommended(db).await
}
