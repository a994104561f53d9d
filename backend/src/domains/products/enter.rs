//! How every change of a product begins: load it for update, ask the policy, compare the revision.

use nq57_platform::access::{Permit, permit};
use nq57_platform::error::ApiResult;
use nq57_platform::http::IfMatch;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::access::{Actor, Decision};
use nq57_shared::ids::ProductId;
use nq57_shared::products::Product;

use super::access::ProductAccess;
use super::store::{self, ProductRecord};

/// A product that the actor may change, locked until the transaction ends.
pub(super) struct Entered {
    pub product: ProductRecord,
    /// For one write.
    pub permit: Permit<Product>,
    /// What the policy said, for whatever else is written in the same step.
    pub decision: Decision,
}

/// Enters the product for `action`.
///
/// # Errors
/// 401, 403 or 404 as the policy says; 412 when the product has changed since it was seen.
pub(super) async fn enter(
    tx: &Tx,
    actor: &Actor,
    action: ProductAction,
    id: ProductId,
    seen: Option<&IfMatch>,
) -> ApiResult<Entered> {
    let product = store::load_for_update(tx, id).await?;
    let access = ProductAccess::of(tx, actor, &product).await?;
    let decision = access.may(action);
    let permit = permit(decision)?;
    if let Some(seen) = seen {
        seen.check(access.revision())?;
    }
    Ok(Entered { product, permit, decision })
}
