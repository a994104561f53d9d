//! Showing a product.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::conditional::representation;
use nq57_platform::http::public_cache::PublicBody;
use nq57_platform::http::{Caller, FromPath, Query};
use nq57_platform::state::AppState;
use nq57_shared::access::ClientScope;
use nq57_shared::ids::ProductId;
use nq57_shared::products::Product;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{present, publications, store};

/// Which side of it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// Whether owner and officials want to see what the public sees.
    #[serde(default)]
    public: bool,
}

/// Read a product.
///
/// Everybody gets the published version. The submitter, and officials within their province or
/// organisation, get the working version with contact data, `allowed_events`, `refused_events` and
/// what is due; with `public=true` they get what everybody gets.
#[utoipa::path(
    tag = "products",
    extensions(("x-required-scope" = json!(ClientScope::ProductsRead))),
    params(("id" = ProductId, Path, description = "The product"), Side),
    responses((status = 200, description = "The product", body = Product,
        headers(("ETag" = String, description = "The revision")))),
)]
#[get("/products/{id}")]
pub async fn read_product(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    FromPath(id): FromPath<ProductId>,
    side: Query<Side>,
) -> ApiResult<HttpResponse> {
    let actor = caller.actor();
    if side.public || actor.account().is_none() {
        return state
            .public_cache
            .answer(&request, publications::topic_of(id), async {
                let product = public(&state, id).await?;
                Ok(PublicBody::json(&product)?.revision(product.revision).revocable())
            })
            .await;
    }
    let product = store::load(&state.db, id).await?;
    let response = present::to_response(&state.db, &state, actor, &product).await?;
    Ok(representation(&request, response.revision, &response))
}

async fn public(state: &AppState, id: ProductId) -> ApiResult<Product> {
    let publication = publications::find(&state.db, id).await?;
    publication.map(present::public).ok_or_else(ApiError::not_found)
}
