//! The public projection: one row for each public product with the published version, its sectors and
//! its search document. Public lists, pages and figures read nothing else.

use nq57_platform::error::ApiResult;
use nq57_platform::http::public_cache::Topic;
use nq57_platform::persistence::search;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::fold::fold;
use nq57_shared::ids::{OrganisationId, ProductId};
use nq57_shared::products::{Honour, ProductContent, ProductFile};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::store::{ProductRecord, from_column, from_json, json, to_column};
use super::table::{publication, sector};
use super::versions;

/// Topic of the public cache: whatever shows several products to the public.
pub(super) const TOPIC: Topic = Topic::all("products");
/// The table of the search documents.
pub(super) const SEARCH: &str = "product_search";

/// Topic of the public cache: what shows this product alone.
pub(super) const fn topic_of(id: ProductId) -> Topic {
    Topic::one("products", id.0)
}

/// Drops the ready answers that show this product, after the commit.
pub(super) fn forget(tx: &Tx, state: &AppState, id: ProductId) {
    state.public_cache.invalidate(tx, TOPIC);
    state.public_cache.invalidate(tx, topic_of(id));
}

/// What the public sees of a product.
pub(super) struct Publication {
    pub id: ProductId,
    pub code: Option<String>,
    pub organisation_id: Option<OrganisationId>,
    pub version: u32,
    pub revision: i64,
    pub content: ProductContent,
    pub description_html: String,
    pub files: Vec<ProductFile>,
    pub honours: Vec<Honour>,
    pub fingerprint: String,
    pub submitted_at: Option<Timestamp>,
    pub published_at: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Makes the sealed version that `product` shows public, in the place of what was public before.
/// `product` takes the public version and the time of its publication.
pub(super) async fn publish(tx: &Tx, product: &mut ProductRecord, now: Timestamp) -> ApiResult<()> {
    let published_at = versions::mark_published(tx, product.id, product.version, now).await?;
    product.public_version = Some(product.version);
    product.published_version = Some(product.version);
    product.published_at = Some(published_at);
    let sealed = versions::load(tx, product.id, product.version).await?;
    let content = sealed.content;
    remove(tx, product.id).await?;
    let row = publication::ActiveModel {
        product_id: Set(product.id.0),
        code: Set(product.code.clone()),
        title: Set(content.title.clone()),
        title_folded: Set(fold(&content.title)),
        kind: Set(content.kind.as_str().to_owned()),
        domain: Set(content.domain.as_str().to_owned()),
        sectors: Set(json(&content.sectors)?),
        maturity: Set(content.maturity.map(|maturity| maturity.as_str().to_owned())),
        trl: Set(content.trl.map(i16::from)),
        province_code: Set(content.province_code.clone()),
        summary: Set(content.summary.clone()),
        owner_name: Set(content.owner.name.clone()),
        honours: Set(json(&product.honours)?),
        organisation_id: Set(product.organisation_id.map(|id| id.0)),
        version: Set(to_column(product.version)?),
        revision: Set(product.revision),
        content: Set(json(&content)?),
        description_html: Set(sealed.description_html.text),
        renderer: Set(sealed.description_html.renderer),
        files: Set(json(&sealed.files)?),
        fingerprint: Set(sealed.fingerprint),
        submitted_at: Set(product.submitted_at),
        published_at: Set(published_at),
        created_at: Set(product.created_at),
        updated_at: Set(now),
    };
    publication::Entity::insert(row).exec_without_returning(tx).await?;
    let sectors: Vec<_> = content
        .sectors
        .iter()
        .map(|sector| sector::ActiveModel {
            product_id: Set(product.id.0),
            sector: Set(sector.clone()),
        })
        .collect();
    if !sectors.is_empty() {
        sector::Entity::insert_many(sectors).exec_without_returning(tx).await?;
    }
    search::put(tx, SEARCH, product.id.0, &document(product, &content)).await
}

/// What a search can find.
fn document(product: &ProductRecord, content: &ProductContent) -> String {
    let code = product.code.as_deref().unwrap_or_default();
    [
        &content.title,
        code,
        &content.owner.name,
        &content.summary,
        &content.problem,
        &content.novelty,
        &content.effect,
    ]
    .join("\n")
}

/// Takes the product from the public.
pub(super) async fn remove(tx: &Tx, id: ProductId) -> ApiResult<()> {
    sector::Entity::delete_many().filter(sector::Column::ProductId.eq(id.0)).exec(tx).await?;
    publication::Entity::delete_by_id(id.0).exec(tx).await?;
    search::remove(tx, SEARCH, id.0).await
}

/// Shows the honours of `product` in public, if it is public.
pub(super) async fn show_honours(tx: &Tx, product: &ProductRecord) -> ApiResult<()> {
    publication::Entity::update_many()
        .col_expr(publication::Column::Honours, Expr::value(json(&product.honours)?))
        .col_expr(publication::Column::Revision, Expr::value(product.revision))
        .col_expr(publication::Column::UpdatedAt, Expr::value(product.updated_at))
        .filter(publication::Column::ProductId.eq(product.id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// What the public sees of this product, if anything.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: ProductId,
) -> ApiResult<Option<Publication>> {
    publication::Entity::find_by_id(id.0).one(db).await?.map(shown).transpose()
}

fn shown(row: publication::Model) -> ApiResult<Publication> {
    Ok(Publication {
        id: ProductId(row.product_id),
        code: row.code,
        organisation_id: row.organisation_id.map(OrganisationId),
        version: from_column(row.version)?,
        revision: row.revision,
        content: from_json(&row.content)?,
        description_html: row.description_html,
        files: from_json(&row.files)?,
        honours: from_json(&row.honours)?,
        fingerprint: row.fingerprint,
        submitted_at: row.submitted_at,
        published_at: row.published_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
