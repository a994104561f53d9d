//! Who stood on the submitter's side when a product was written: whoever wrote at it or sent it, and
//! whoever belonged to its organisation meanwhile. They never judge it, also when they have left since.

use std::collections::HashSet;

use nq57_shared::access::Actor;
use nq57_shared::ids::{AccountId, ProductId};
use sea_orm::sea_query::{OnConflict, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use super::store::ProductRecord;
use super::table::author;
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::organisations;
use crate::persistence::transaction::Tx;

/// Notes that the actor has written for the submitter. The first time is the one that is kept.
pub(super) async fn note(tx: &Tx, clock: &Clock, actor: &Actor, id: ProductId) -> ApiResult<()> {
    let Some(account) = actor.account_id() else { return Ok(()) };
    let fact = author::ActiveModel {
        product_id: Set(id.0),
        account_id: Set(account.0),
        first_at: Set(clock.now()),
    };
    let again = OnConflict::new().do_nothing().to_owned();
    author::Entity::insert(fact).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// The ids of the products at which this account has written for their submitters, as a query.
pub(super) fn written_by(account: AccountId) -> SelectStatement {
    author::Entity::find()
        .select_only()
        .column(author::Column::ProductId)
        .filter(author::Column::AccountId.eq(account.0))
        .into_query()
}

/// Everybody who stood on the submitter's side, besides those who do now.
///
/// # Errors
/// Failures of the database.
pub async fn side_of(
    db: &impl ConnectionTrait,
    product: &ProductRecord,
) -> ApiResult<HashSet<AccountId>> {
    let authors: Vec<Uuid> = author::Entity::find()
        .select_only()
        .column(author::Column::AccountId)
        .filter(author::Column::ProductId.eq(product.id.0))
        .into_tuple()
        .all(db)
        .await?;
    let mut side: HashSet<AccountId> = authors.into_iter().map(AccountId).collect();
    if let Some(organisation) = product.organisation_id {
        side.extend(organisations::departed_since(db, organisation, product.created_at).await?);
    }
    Ok(side)
}
