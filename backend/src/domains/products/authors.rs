//! Who stands on the submitter's side, or stood there when a product was written: whoever wrote at it or sent it, and
//! whoever belongs to its organisation or did meanwhile. They never judge it, also when they have left since, and are
//! not told what officials are told.

use std::collections::HashSet;

use nq57_platform::casework;
use nq57_platform::error::ApiResult;
use nq57_shared::access::Role;
use nq57_shared::ids::AccountId;
use nq57_shared::time::Timestamp;
use sea_orm::ConnectionTrait;

use super::store::ProductRecord;
use crate::identity::{accounts, organisations};

/// Everybody who may not know what happens inside of its evaluation: who sent it, belongs to its organisation or did
/// since it was begun, has written at it, or declared a conflict.
///
/// # Errors
/// Failures of the database.
pub async fn kept_from(
    db: &impl ConnectionTrait,
    product: &ProductRecord,
) -> ApiResult<HashSet<AccountId>> {
    let mut kept = casework::shut_out_of(db, product.id.0).await?;
    kept.insert(product.owner_id);
    if let Some(organisation) = product.organisation_id {
        kept.extend(organisations::side_since(db, organisation, product.created_at).await?);
    }
    Ok(kept)
}

/// The accounts with one of these roles for the product that may be told what happens to it: nobody who is kept from
/// it. Each is there once.
///
/// # Errors
/// Failures of the database.
pub async fn officials_of(
    db: &impl ConnectionTrait,
    product: &ProductRecord,
    roles: &[Role],
    now: Timestamp,
) -> ApiResult<Vec<AccountId>> {
    let kept = kept_from(db, product).await?;
    let mut officials = Vec::new();
    for role in roles {
        officials.extend(accounts::holders_of(db, *role, product.scope(), now).await?);
    }
    officials.retain(|account| !kept.contains(account));
    officials.sort_unstable();
    officials.dedup();
    Ok(officials)
}

/// Whether the account has sent it or belongs to its organisation now.
///
/// # Errors
/// Failures of the database.
pub async fn is_of_sender(
    db: &impl ConnectionTrait,
    product: &ProductRecord,
    account: AccountId,
) -> ApiResult<bool> {
    let memberships = organisations::memberships_of(db, account).await?;
    let mut organisations = memberships.into_iter().map(|one| one.organisation_id);
    Ok(product.owner_id == account || organisations.any(|one| Some(one) == product.organisation_id))
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
