//! Sealed versions: what was submitted, unchangeable, each with its fingerprint.

use std::collections::{HashMap, HashSet};

use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::ids::{FileId, ProductId};
use nq57_shared::products::draft::Contact;
use nq57_shared::products::{ProductContent, ProductDraft, ProductFile, VersionSummary};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::Deserialize;

use super::fingerprint;
use super::markdown::Html;
use super::store::{ProductRecord, from_column, from_json, json, to_column};
use super::table::version::{ActiveModel, Column, Entity, Model};

/// A version as it was sealed.
pub(super) struct SealedVersion {
    pub version: u32,
    pub content: ProductContent,
    pub description_html: Html,
    pub contact: Contact,
    pub files: Vec<ProductFile>,
    pub fingerprint: String,
    pub sealed_at: Timestamp,
    pub published_at: Option<Timestamp>,
}

impl SealedVersion {
    /// The text that a submitter can go on with.
    pub fn into_draft(self) -> (ProductDraft, Html, Vec<ProductFile>) {
        (self.content.into_draft(self.contact), self.description_html, self.files)
    }

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
    let (content, contact) = ProductContent::apart(product.draft.clone());
    if let Some(sealed) = &product.fingerprint {
        let unchanged = fingerprint::of(product.version, &content, &product.files)?;
        if *sealed == unchanged {
            return correct_contact(tx, product, &contact).await;
        }
        product.version = next(tx, product.id).await?;
    }
    let fingerprint = fingerprint::of(product.version, &content, &product.files)?;
    let row = ActiveModel {
        product_id: Set(product.id.0),
        version: Set(to_column(product.version)?),
        content: Set(fingerprint::canonical(&content)?),
        description_html: Set(product.description_html.text.clone()),
        renderer: Set(product.description_html.renderer),
        contact: Set(json(&contact)?),
        files: Set(fingerprint::canonical(&product.files)?),
        fingerprint: Set(fingerprint.clone()),
        consent_version: Set(product.consent_version.clone()),
        sealed_at: Set(now),
        published_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    product.fingerprint = Some(fingerprint);
    Ok(())
}

async fn correct_contact(tx: &Tx, product: &ProductRecord, contact: &Contact) -> ApiResult<()> {
    Entity::update_many()
        .col_expr(Column::Contact, Expr::value(json(contact)?))
        .filter(Column::ProductId.eq(product.id.0))
        .filter(Column::Version.eq(to_column(product.version)?))
        .exec(tx)
        .await?;
    Ok(())
}

/// The number of the next version.
pub(super) async fn next(tx: &Tx, id: ProductId) -> ApiResult<u32> {
    let last: Option<Option<i32>> = Entity::find()
        .select_only()
        .column_as(Column::Version.max(), "last")
        .filter(Column::ProductId.eq(id.0))
        .into_tuple()
        .one(tx)
        .await?;
    Ok(from_column(last.flatten().unwrap_or_default())? + 1)
}

/// Notes when the version became public; the first time counts. Returns that time.
pub(super) async fn mark_published(
    tx: &Tx,
    id: ProductId,
    version: u32,
    now: Timestamp,
) -> ApiResult<Timestamp> {
    let sealed = find(tx, id, version).await?.ok_or_else(|| missing(id, version))?;
    if let Some(at) = sealed.published_at {
        return Ok(at);
    }
    Entity::update_many()
        .col_expr(Column::PublishedAt, Expr::value(now))
        .filter(Column::ProductId.eq(id.0))
        .filter(Column::Version.eq(to_column(version)?))
        .exec(tx)
        .await?;
    Ok(now)
}

/// A version that must be there, because the product names it.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    id: ProductId,
    version: u32,
) -> ApiResult<SealedVersion> {
    find(db, id, version).await?.ok_or_else(|| missing(id, version))
}

fn missing(id: ProductId, version: u32) -> ApiError {
    ApiError::internal(anyhow::anyhow!("product {id} has no version {version}"))
}

/// One version.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: ProductId,
    version: u32,
) -> ApiResult<Option<SealedVersion>> {
    let Ok(version) = i32::try_from(version) else { return Ok(None) };
    Entity::find_by_id((id.0, version)).one(db).await?.map(sealed).transpose()
}

/// The title of each sealed version: what was judged and published, whatever the draft says today.
///
/// # Errors
/// Failures of the database.
pub async fn titles(db: &impl ConnectionTrait, id: ProductId) -> ApiResult<HashMap<u32, String>> {
    /// Of the content, no more.
    #[derive(Deserialize)]
    struct Titled {
        title: String,
    }
    let rows: Vec<(i32, String)> = Entity::find()
        .select_only()
        .columns([Column::Version, Column::Content])
        .filter(Column::ProductId.eq(id.0))
        .into_tuple()
        .all(db)
        .await?;
    let title = |(version, content): (i32, String)| {
        Ok((from_column(version)?, from_json::<Titled>(&content)?.title))
    };
    rows.into_iter().map(title).collect()
}

/// All versions, the latest first; `published` leaves out what was never public.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    id: ProductId,
    published: bool,
) -> ApiResult<Vec<SealedVersion>> {
    let mut versions =
        Entity::find().filter(Column::ProductId.eq(id.0)).order_by_desc(Column::Version);
    if published {
        versions = versions.filter(Column::PublishedAt.is_not_null());
    }
    versions.all(db).await?.into_iter().map(sealed).collect()
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
        Entity::find().select_only().column(Column::Files).filter(Column::ProductId.eq(id.0));
    if published {
        lists = lists.filter(Column::PublishedAt.is_not_null());
    }
    let lists: Vec<String> = lists.into_tuple().all(db).await?;
    let mut named = HashSet::new();
    for list in lists {
        let list: Vec<ProductFile> = from_json(&list)?;
        named.extend(list.into_iter().map(|file| file.id).filter(|file| files.contains(file)));
    }
    Ok(named)
}

fn sealed(row: Model) -> ApiResult<SealedVersion> {
    Ok(SealedVersion {
        version: from_column(row.version)?,
        content: from_json(&row.content)?,
        description_html: Html { text: row.description_html, renderer: row.renderer },
        contact: from_json(&row.contact)?,
        files: from_json(&row.files)?,
        fingerprint: row.fingerprint,
        sealed_at: row.sealed_at,
        published_at: row.published_at,
    })
}
