//! Sealed versions: what was submitted, unchangeable, each with its fingerprint.

use std::collections::{HashMap, HashSet};

use anyhow::anyhow;
use nq57_platform::columns::Json;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::ids::{FileId, ProductId};
use nq57_shared::products::draft::Contact;
use nq57_shared::products::{ProductContent, ProductFile, VersionSummary};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::Deserialize;

use super::fingerprint;
use super::store::ProductRecord;
use super::table::version::{Column, Entity};

/// A version as it was sealed.
pub(super) use super::table::version::Model as SealedVersion;

impl SealedVersion {
    /// How lists show it.
    pub fn summary(&self, public_version: Option<u32>) -> VersionSummary {
        VersionSummary {
            version: self.version,
            fingerprint: self.fingerprint.clone(),
            sealed_at: self.sealed_at,
            published_at: self.published_at,
            is_public: public_version == Some(self.version),
        }
    }
}

/// Seals the working text. A text that was sealed before and has changed since becomes the next
/// version; one that has not changed keeps its number. `product` takes number and fingerprint.
pub(super) async fn seal(tx: &Tx, product: &mut ProductRecord, now: Timestamp) -> ApiResult<()> {
    let (content, contact) = ProductContent::apart(product.draft.0.clone());
    if let Some(sealed) = &product.fingerprint {
        let unchanged = fingerprint::of(product.version, &content, &product.files)?;
        if *sealed == unchanged {
            return correct_contact(tx, product, contact).await;
        }
        product.version = next(tx, product.id).await?;
    }
    let fingerprint = fingerprint::of(product.version, &content, &product.files)?;
    let row = SealedVersion {
        product_id: product.id,
        version: product.version,
        content: content.into(),
        description_html: product.description_html.clone(),
        renderer: product.renderer,
        contact: contact.into(),
        files: product.files.clone(),
        fingerprint: fingerprint.clone(),
        consent_version: product.consent_version.clone(),
        sealed_at: now,
        published_at: None,
        evaluation_id: None,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    product.fingerprint = Some(fingerprint);
    Ok(())
}

async fn correct_contact(tx: &Tx, product: &ProductRecord, contact: Contact) -> ApiResult<()> {
    Entity::update_many()
        .col_expr(Column::Contact, Expr::value(Json(contact)))
        .filter(Column::ProductId.eq(product.id))
        .filter(Column::Version.eq(product.version))
        .exec(tx)
        .await?;
    Ok(())
}

/// The number of the next version.
pub(super) async fn next(tx: &Tx, id: ProductId) -> ApiResult<u32> {
    let last: Option<Option<u32>> = Entity::find()
        .select_only()
        .column_as(Column::Version.max(), "last")
        .filter(Column::ProductId.eq(id))
        .into_tuple()
        .one(tx)
        .await?;
    Ok(last.flatten().unwrap_or_default() + 1)
}

/// Notes when the version became public; the first time counts. Returns the version with that time.
pub(super) async fn mark_published(
    tx: &Tx,
    id: ProductId,
    version: u32,
    now: Timestamp,
) -> ApiResult<SealedVersion> {
    let sealed = load(tx, id, version).await?;
    if sealed.published_at.is_some() {
        return Ok(sealed);
    }
    Entity::update_many()
        .col_expr(Column::PublishedAt, Expr::value(now))
        .filter(Column::ProductId.eq(id))
        .filter(Column::Version.eq(version))
        .exec(tx)
        .await?;
    Ok(SealedVersion { published_at: Some(now), ..sealed })
}

/// A version that must be there, because the product names it.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    id: ProductId,
    version: u32,
) -> ApiResult<SealedVersion> {
    let found = find(db, id, version).await?;
    found.ok_or_else(|| ApiError::internal(anyhow!("product {id} has no version {version}")))
}

/// The version that was sent last, if any was.
pub(super) async fn latest(
    db: &impl ConnectionTrait,
    id: ProductId,
) -> ApiResult<Option<SealedVersion>> {
    let versions = Entity::find().filter(Column::ProductId.eq(id));
    Ok(versions.order_by_desc(Column::Version).one(db).await?)
}

/// One version.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: ProductId,
    version: u32,
) -> ApiResult<Option<SealedVersion>> {
    Ok(Entity::find_by_id((id, version)).one(db).await?)
}

/// The title of each sealed version: what was judged and published, whatever the draft says today.
pub async fn titles(db: &impl ConnectionTrait, id: ProductId) -> ApiResult<HashMap<u32, String>> {
    /// Of the content, no more.
    #[derive(Deserialize)]
    struct Titled {
        title: String,
    }
    let rows: Vec<(u32, Json<Titled>)> = Entity::find()
        .select_only()
        .columns([Column::Version, Column::Content])
        .filter(Column::ProductId.eq(id))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(version, content)| (version, content.0.title)).collect())
}

/// All versions, the latest first; `published` leaves out what was never public.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    id: ProductId,
    published: bool,
) -> ApiResult<Vec<SealedVersion>> {
    let mut versions =
        Entity::find().filter(Column::ProductId.eq(id)).order_by_desc(Column::Version);
    if published {
        versions = versions.filter(Column::PublishedAt.is_not_null());
    }
    Ok(versions.all(db).await?)
}

/// Which of these files a sealed version names; `published` asks only those that were ever public. Reads
/// no texts.
pub(super) async fn named(
    db: &impl ConnectionTrait,
    id: ProductId,
    published: bool,
    files: &[FileId],
) -> ApiResult<HashSet<FileId>> {
    let mut lists =
        Entity::find().select_only().column(Column::Files).filter(Column::ProductId.eq(id));
    if published {
        lists = lists.filter(Column::PublishedAt.is_not_null());
    }
    let lists: Vec<Json<Vec<ProductFile>>> = lists.into_tuple().all(db).await?;
    let ids = lists.into_iter().flatten().map(|file| file.id);
    Ok(ids.filter(|file| files.contains(file)).collect())
}
