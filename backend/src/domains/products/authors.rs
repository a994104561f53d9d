//! Who stood on the submitter's side when a product was written: whoever wrote at it or sent it, and
//! whoever belonged to its organisation meanwhile. They never judge it, also when they have left since.

use std::collections::HashSet;

use nq57_platform::casework;
use nq57_platform::error::ApiResult;
use nq57_shared::ids::AccountId;
use sea_orm::ConnectionTrait;

use super::store::ProductRecord;
use crate::identity::organisations;

/// Everybody who stood on the submitter's side, besides those who do now.
pub async fn side_of(
    db: &impl ConnectionTrait,
    product: &ProductRecord,
) -> ApiResult<HashSet<AccountId>> {
    let mut side = casework::authors_of(db, product.id.0).await?;
    side.extend(departed(db, product).await?);
    Ok(side)
}

/// Who has left its organisation since it was begun.
pub(super) async fn departed(
    db: &impl ConnectionTrait,
    product: &ProductRecord,
) -> ApiResult<HashSet<AccountId>> {
    match product.organisation_id {
        None => Ok(HashSet::new()),
        Some(organisation) => {
            let since = product.created_at;
            let departed = organisations::departed_since(db, organisation, since).await?;
            Ok(departed.into_iter().collect())
        }
    }
}
