//! The history of a product as its caller may see it.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::access::allow;
use nq57_platform::casework::transitions::{Column, Entity};
use nq57_platform::error::ApiResult;
use nq57_platform::http::{Caller, FromPath, Query, link};
use nq57_platform::persistence::keyset::Keyset;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::page::Page;
use nq57_shared::products::HistoryEntry;
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::facts::Situation;
use super::history::Extent;
use super::store;

/// Which part of the history.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SoughtHistory {
    /// Items in a page, at most 100; 20 when absent.
    #[serde(skip_serializing_if = "super::list::belongs_to_the_page")]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[serde(skip_serializing_if = "super::list::belongs_to_the_page")]
    cursor: Option<String>,
}

/// List the history of a product.
///
/// Every change of state, the earliest first. Persons are not named. The public sees the way of what is
/// public, with the reasons of decisions; owner and officials see all of it.
#[utoipa::path(
    tag = "products",
    params(("id" = ProductId, Path, description = "The product"), SoughtHistory),
    responses((status = 200, description = "A page of the history", body = Page<HistoryEntry>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/products/{id}/history")]
pub async fn list_product_history(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    FromPath(id): FromPath<ProductId>,
    sought: Query<SoughtHistory>,
) -> ApiResult<HttpResponse> {
    let product = store::load(&state.db, id).await?;
    let situation = Situation::of(&state.db, caller.actor(), &product).await?;
    allow(situation.may(ProductAction::Read))?;
    let extent = match (situation.may(ProductAction::ReadWorking), product.public_version) {
        (Ok(_), _) => Extent::Whole,
        (Err(_), Some(version)) => Extent::Public { version },
        (Err(_), None) => Extent::Nothing,
    };
    let page = seek(&state, id, &sought, extent).await?;
    Ok(link::page(&request, &page))
}

async fn seek(
    state: &AppState,
    id: ProductId,
    sought: &SoughtHistory,
    extent: Extent,
) -> ApiResult<Page<HistoryEntry>> {
    let paging = Keyset::new(&(id, extent))?.ascending(Expr::col((Entity, Column::Id))).page(
        &state.cursors,
        sought.limit,
        sought.cursor.as_deref(),
    )?;
    let query = Entity::find().filter(extent.rows(id)?);
    let rows = paging.apply(query).all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| vec![row.id.into()])?;
    let items: ApiResult<Vec<_>> = rows.into_iter().map(|row| extent.shown(row)).collect();
    Ok(Page { items: items?, next_cursor, total: None })
}
