//! The public projection: one row for each public product with the published version, its sectors and
//! its search document. Public lists, pages and figures read nothing else.

use nq57_platform::error::ApiResult;
use nq57_platform::http::public_cache::Topic;
use nq57_platform::persistence::search;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::fold::fold;
use nq57_shared::ids::ProductId;
use nq57_shared::products::ProductContent;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::feed;
use super::store::ProductRecord;
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
pub(super) fn invalidate(tx: &Tx, state: &AppState, id: ProductId) {
    state.public_cache.invalidate(tx, TOPIC);
    state.public_cache.invalidate(tx, topic_of(id));
}

/// What the public sees of a product.
pub(super) use super::table::publication::Model as Publication;

/// Makes the sealed version that `product` shows public, in the place of what was public before.
/// `product` takes the public version and the time of its publication.
pub(super) async fn publish(tx: &Tx, product: &mut ProductRecord, now: Timestamp) -> ApiResult<()> {
    let sealed = versions::mark_published(tx, product.id, product.version, now).await?;
    let published_at = sealed.published_at.unwrap_or(now);
    product.public_version = Some(product.version);
    product.published_version = Some(product.version);
    product.published_at = Some(published_at);
    delete(tx, product.id).await?;
    let content = &sealed.content;
    let sectors: Vec<_> = content
        .sectors
        .iter()
        .map(|sector| sector::Model { product_id: product.id, sector: sector.clone() })
        .map(IntoActiveModel::into_active_model)
        .collect();
    let document = document(product, content);
    let row = Publication {
        product_id: product.id,
        code: product.code.clone(),
        title: content.title.clone(),
        title_folded: fold(&content.title),
        kind: content.kind,
        domain: content.domain,
        sectors: content.sectors.clone().into(),
        maturity: content.maturity,
        trl: content.trl.map(i16::from),
        province_code: content.province_code.clone(),
        summary: content.summary.clone(),
        owner_name: content.owner.name.clone(),
        honours: product.honours.clone(),
        organisation_id: product.organisation_id,
        version: product.version,
        revision: product.revision,
        content: sealed.content,
        description_html: sealed.description_html,
        renderer: sealed.renderer,
        files: sealed.files,
        fingerprint: sealed.fingerprint,
        submitted_at: product.submitted_at,
        published_at,
        created_at: product.created_at,
        updated_at: now,
    };
    feed::put_public(tx, now, [&row]).await?;
    publication::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    if !sectors.is_empty() {
        sector::Entity::insert_many(sectors).exec_without_returning(tx).await?;
    }
    search::put(tx, SEARCH, product.id.0, &document).await
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

/// Takes the product, in its next revision, from the public.
pub(super) async fn remove(tx: &Tx, product: &ProductRecord) -> ApiResult<()> {
    if product.public_version.is_some() {
        feed::put_gone(tx, product).await?;
    }
    delete(tx, product.id).await
}

async fn delete(tx: &Tx, id: ProductId) -> ApiResult<()> {
    sector::Entity::delete_many().filter(sector::Column::ProductId.eq(id)).exec(tx).await?;
    publication::Entity::delete_by_id(id).exec(tx).await?;
    search::remove(tx, SEARCH, id.0).await
}

/// Shows the honours of `product` in public, if it is public.
pub(super) async fn show_honours(tx: &Tx, product: &ProductRecord) -> ApiResult<()> {
    publication::Entity::update_many()
        .col_expr(publication::Column::Honours, Expr::value(product.honours.clone()))
        .col_expr(publication::Column::Revision, Expr::value(product.revision))
        .col_expr(publication::Column::UpdatedAt, Expr::value(product.updated_at))
        .filter(publication::Column::ProductId.eq(product.id))
        .exec(tx)
        .await?;
    let shown = find(tx, product.id).await?;
    feed::put_public(tx, product.updated_at, &shown).await
}

/// What the public sees of this product, if anything.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: ProductId,
) -> ApiResult<Option<Publication>> {
    Ok(publication::Entity::find_by_id(id).one(db).await?)
}
