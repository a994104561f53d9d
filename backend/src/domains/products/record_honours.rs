//! Awards and certificates of a product, entered by officials.

use actix_web::{HttpRequest, HttpResponse, put};
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::products::{Product, RecordHonours};

use super::enter::{Entered, enter};
use super::store::{self, ProductRecord};
use super::subject::subject_of;
use super::{present, publications};

/// Record the honours of a product.
///
/// Replaces all awards and certificates. They belong to the product, not to a version: if it is
/// public, everybody sees them at once.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(
        ("id" = ProductId, Path, description = "The product"),
        IfMatchHeader,
    ),
    request_body = RecordHonours,
    responses((status = 200, description = "As it is now", body = Product,
        headers(("ETag" = String, description = "The revision")))),
)]
#[put("/products/{id}/honours")]
pub async fn record_honours(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
    seen: IfMatch,
    body: ValidJson<RecordHonours>,
) -> ApiResult<HttpResponse> {
    let response = transaction::write(&state.db, async |tx| {
        let by = By::request(caller.actor(), &request);
        let product = record(tx, &state, by, id, Some(&seen), &body).await?;
        present::to_response(tx, &state, caller.actor(), &product).await
    })
    .await?;
    Ok(current(response.revision, &response))
}

/// Records the honours for the actor, in the caller's transaction.
///
/// # Errors
/// The denial of the policy; 412 when the product has changed since it was seen.
pub async fn record(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: ProductId,
    seen: Option<&IfMatch>,
    body: &RecordHonours,
) -> ApiResult<ProductRecord> {
    let Entered { mut product, permit, .. } =
        enter(tx, by.actor, ProductAction::RecordHonours, id, seen).await?;
    let before = std::mem::replace(&mut product.honours.0, body.honours.clone());
    store::update(tx, permit, &mut product, state.clock.now()).await?;
    publications::show_honours(tx, &product).await?;
    publications::invalidate(tx, state, id);
    let entry = by.entry("product.honours_recorded", subject_of(id));
    let entry = entry.changed("honours", &before, &product.honours.0);
    audit::record(tx, &state.clock, entry).await?;
    Ok(product)
}
