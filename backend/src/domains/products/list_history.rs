//! The history of a product as its caller may see it.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::access::allow;
use nq57_platform::casework::transitions::{Column, Entity};
use nq57_platform::error::ApiResult;
use nq57_platform::http::{Caller, FromPath, PageQuery, link};
use nq57_platform::persistence::keyset::Keyset;
use nq57_platform::state::AppState;
use nq57_shared::access::ClientScope;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::page::Page;
use nq57_shared::products::HistoryEntry;
use sea_orm::sea_query::Expr;

use super::access::ProductAccess;
use super::history::{Extent, Row};
use super::store;

/// List the history of a product.
///
/// Every change of state, the earliest first. Persons are not named. The public sees the way of what is
/// public, with the reasons of decisions; owner and officials see all of it.
#[utoipa::path(
    tag = "products",
    extensions(("x-required-scope" = json!(ClientScope::ProductsRead))),
    params(("id" = ProductId, Path, description = "The product"), PageQuery),
    responses((status = 200, description = "A page of the history", body = Page<HistoryEntry>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/products/{id}/history")]
pub async fn list_product_history(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    FromPath(id): FromPath<ProductId>,
    page: PageQuery,
) -> ApiResult<HttpResponse> {
    let product = store::load(&state.db, id).await?;
    let access = ProductAccess::of(&state.db, caller.actor(), &product).await?;
    allow(access.may(ProductAction::Read))?;
    let extent = match (access.may(ProductAction::ReadWorking), product.public_version) {
        (Ok(_), _) => Extent::Whole,
        (Err(_), Some(version)) => Extent::Public { version },
        (Err(_), None) => Extent::Nothing,
    };
    let order = Keyset::new(&(id, extent))?.ascending(Expr::col((Entity, Column::Id)));
    let paging = page.of(&state, order)?;
    let keys = |row: &Row| vec![row.id.into()];
    let show = |row| Ok(extent.to_response(row));
    let page = paging.fetch(&state.db, extent.rows(id), keys, show).await?;
    Ok(link::page(&request, &page))
}
