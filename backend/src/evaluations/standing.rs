//! What other slices ask about rounds: facts for the workflow of products, who sits where, what waits
//! for whom. Decides nothing.

use std::collections::HashMap;

use nq57_shared::access::policy::products::PanelStanding;
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::products::workflow::EvaluationFacts;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::SelectStatement;

use super::{deadline, store, write};
use crate::error::ApiResult;
use crate::persistence::transaction::Tx;
use crate::state::AppState;

/// The round of a version, as far as products need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    pub id: EvaluationId,
    pub facts: EvaluationFacts,
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

/// How the account stands to the panels of the product.
///
/// # Errors
/// Failures of the database.
pub async fn of(
    db: &impl ConnectionTrait,
    product: ProductId,
    account: AccountId,
) -> ApiResult<PanelStanding> {
    let is_recused = store::is_recused(db, product, account).await?;
    let seat = store::seat_of(db, product, account).await?;
    let is_on_panel = seat.is_taken && !is_recused;
    Ok(PanelStanding { is_on_panel, is_recused, has_judged: seat.has_judged })
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
pub async fn close(tx: &Tx, state: &AppState, product: ProductId) -> ApiResult<()> {
    if let Some(id) = store::open_id_of(tx, product).await? {
        deadline::end(tx, state, id).await?;
    }
    write::close(tx, product, state.clock.now()).await
}

/// What open rounds want of the account, as a query: `product_id`, `evaluation_id`, `step` (a
/// [`WorkStep`](nq57_shared::products::WorkStep) or NULL) and `due_at`, the account's own deadline where
/// the round sets one. At most one row for each product.
#[must_use]
pub fn waiting_for(account: AccountId) -> SelectStatement {
    store::waiting_for(account)
}

/// The ids of the products about which this account declared a conflict, as a query.
#[must_use]
pub fn declared_by(account: AccountId) -> SelectStatement {
    store::declared_by(account)
}

/// The rounds of these products that are not closed.
///
/// # Errors
/// Failures of the database.
pub async fn open_rounds(
    db: &impl ConnectionTrait,
    products: &[ProductId],
) -> ApiResult<HashMap<ProductId, EvaluationId>> {
    store::open_ids_of(db, products).await
}
