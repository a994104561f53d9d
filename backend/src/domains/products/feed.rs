//! Products in the change feed: what is public of them, for everybody, and where submissions stand, for the offices that
//! answer for them. Put there by whoever writes publications, and by `change_state` and handovers.

use std::collections::HashMap;

use nq57_platform::error::ApiResult;
use nq57_platform::feed::{self, Audiences, Entry, FeedType, Which, schema_of};
use nq57_platform::persistence::bounded;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::feed::Cause;
use nq57_shared::ids::ProductId;
use nq57_shared::products::{ProductDossier, ProductState, PublishedProduct};
use nq57_shared::time::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::publications::Publication;
use super::store::ProductRecord;
use super::table::{product, publication, version};

pub(super) const TYPES: &[FeedType] = &[PUBLIC, DOSSIER];

const PUBLIC: FeedType = FeedType {
    name: "product",
    schema: schema_of::<PublishedProduct>,
    is_public: true,
    has_province: true,
    project: |tx, which| Box::pin(publications(tx, which)),
};

const DOSSIER: FeedType = FeedType {
    name: "product_dossier",
    schema: schema_of::<ProductDossier>,
    is_public: false,
    has_province: true,
    project: |tx, which| Box::pin(dossiers(tx, which)),
};

/// These are public from now on, as they are.
pub(super) async fn put_public(
    tx: &Tx,
    now: Timestamp,
    all: impl IntoIterator<Item = &Publication>,
) -> ApiResult<()> {
    let all: ApiResult<Vec<Entry>> = all.into_iter().map(public).collect();
    feed::put(tx, now, all?).await
}

/// It is not public any more since its revision.
pub(super) async fn put_gone(tx: &Tx, product: &ProductRecord) -> ApiResult<()> {
    let at = (product.revision, product.updated_at);
    feed::put(tx, product.updated_at, [Entry::gone(&PUBLIC, product.id, Cause::Unpublished, at)])
        .await
}

/// Where these stand from now on, of those that were ever sent.
pub(super) async fn put_dossiers(
    tx: &Tx,
    now: Timestamp,
    products: &[ProductRecord],
) -> ApiResult<()> {
    feed::put(tx, now, dossiers_of(tx, products).await?).await
}

fn public(row: &Publication) -> ApiResult<Entry> {
    let view = PublishedProduct {
        id: row.product_id,
        code: row.code.clone(),
        version: row.version,
        fingerprint: row.fingerprint.clone(),
        created_at: row.created_at,
        submitted_at: row.submitted_at,
        published_at: row.published_at,
        organisation_id: row.organisation_id,
        files: row.files.0.clone(),
        honours: row.honours.0.clone(),
        content: row.content.0.clone(),
    };
    let audiences = Audiences::public(row.province_code.as_deref());
    Entry::of(&PUBLIC, row.product_id, audiences, (row.revision, row.updated_at), &view)
}

/// The version that officials read: while the next one is being written, the one that is public.
fn sent_version(product: &ProductRecord) -> u32 {
    match product.state {
        ProductState::Draft => product.published_version.unwrap_or(product.version),
        _ => product.version,
    }
}

async fn dossiers_of(tx: &Tx, products: &[ProductRecord]) -> ApiResult<Vec<Entry>> {
    let sent = products.iter().filter(|product| product.code.is_some());
    let versions = bounded::look_up(sent.clone().map(|product| product.id), async |ids| {
        Ok(version::Entity::find().filter(version::Column::ProductId.is_in(ids)).all(tx).await?)
    });
    let versions: HashMap<(ProductId, u32), version::Model> =
        versions.await?.into_iter().map(|row| ((row.product_id, row.version), row)).collect();
    sent.filter_map(|product| {
        let sent = versions.get(&(product.id, sent_version(product)))?;
        Some(dossier(product, sent))
    })
    .collect()
}

fn dossier(product: &ProductRecord, sent: &version::Model) -> ApiResult<Entry> {
    let content = &sent.content.0;
    let (state, (holder, due_at)) = match product.state {
        ProductState::Draft => (ProductState::Published, (None, None)),
        state => (state, product.told_assignment()),
    };
    let view = ProductDossier {
        id: product.id,
        code: product.code.clone().unwrap_or_default(),
        title: content.title.clone(),
        kind: content.kind,
        domain: content.domain,
        sectors: content.sectors.clone(),
        competent_province: product.competent_province.clone(),
        organisation_id: product.organisation_id,
        state,
        holder,
        due_at,
        version: sent.version,
        submitted_at: product.submitted_at,
        published_at: product.published_at,
    };
    let audiences =
        Audiences::offices(product.competent_province.as_deref(), product.organisation_id);
    Entry::of(&DOSSIER, product.id, audiences, (product.revision, product.updated_at), &view)
}

fn ids(texts: &[String]) -> Vec<ProductId> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

async fn publications(tx: &Tx, which: Which<'_>) -> ApiResult<Vec<Entry>> {
    use publication::Column;
    let query = publication::Entity::find().order_by_asc(Column::ProductId);
    let rows = match which {
        Which::After(after, limit) => {
            let after: Option<ProductId> = after.and_then(|text| text.parse().ok());
            let later = after.map(|id| Column::ProductId.gt(id));
            later.into_iter().fold(query, QueryFilter::filter).limit(limit).all(tx).await?
        }
        Which::Locked(texts) => {
            // Whoever publishes holds the product.
            lock(tx, texts).await?;
            query.filter(Column::ProductId.is_in(ids(texts))).all(tx).await?
        }
    };
    rows.iter().map(public).collect()
}

async fn lock(tx: &Tx, texts: &[String]) -> ApiResult<Vec<ProductRecord>> {
    let query = product::Entity::find().order_by_asc(product::Column::Id);
    Ok(query.filter(product::Column::Id.is_in(ids(texts))).lock_exclusive().all(tx).await?)
}

async fn dossiers(tx: &Tx, which: Which<'_>) -> ApiResult<Vec<Entry>> {
    use product::Column;
    let rows = match which {
        Which::After(after, limit) => {
            let after: Option<ProductId> = after.and_then(|text| text.parse().ok());
            let sent = product::Entity::find().filter(Column::Code.is_not_null());
            let later = after.map(|id| Column::Id.gt(id));
            let rows = later.into_iter().fold(sent, QueryFilter::filter);
            rows.order_by_asc(Column::Id).limit(limit).all(tx).await?
        }
        Which::Locked(texts) => lock(tx, texts).await?,
    };
    dossiers_of(tx, &rows).await
}
