//! Organisations in the change feed, for everybody. Put there by every writer of the store.

use nq57_platform::error::ApiResult;
use nq57_platform::feed::{self, Audiences, Entry, FeedType, Which, schema_of};
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::organisations::Organisation;
use nq57_shared::time::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::table::organisation::{Column, Entity, Model};

pub(super) const TYPES: &[FeedType] = &[ORGANISATION];

const ORGANISATION: FeedType = FeedType {
    name: "organisation",
    schema: schema_of::<Organisation>,
    is_public: true,
    has_province: true,
    project: |tx, which| Box::pin(project(tx, which)),
};

/// The organisation is like that from now on.
pub(super) async fn put(tx: &Tx, now: Timestamp, row: Model) -> ApiResult<()> {
    feed::put(tx, now, [entry(row, now)?]).await
}

fn entry(row: Model, at: Timestamp) -> ApiResult<Entry> {
    let (id, revision) = (row.id, row.revision);
    let audiences = Audiences::public(row.province_code.as_deref());
    Entry::of(&ORGANISATION, id, audiences, (revision, at), &Organisation::from(row))
}

async fn project(tx: &Tx, which: Which<'_>) -> ApiResult<Vec<Entry>> {
    let query = Entity::find().order_by_asc(Column::Id);
    let rows = match which {
        Which::After(after, limit) => {
            let after: Option<Uuid> = after.and_then(|text| text.parse().ok());
            let later = after.map(|id| Column::Id.gt(id));
            later.into_iter().fold(query, QueryFilter::filter).limit(limit)
        }
        Which::Locked(ids) => {
            let ids: Vec<Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            query.filter(Column::Id.is_in(ids)).lock_exclusive()
        }
    };
    // The row does not say when it changed last.
    let entries = rows.all(tx).await?.into_iter().map(|row| {
        let at = row.created_at;
        entry(row, at)
    });
    entries.collect()
}
