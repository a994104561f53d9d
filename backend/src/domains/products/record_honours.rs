//! Awards and certificates of a product, entered by officials.

use actix_web::{HttpRequest, HttpResponse, put};
use nq57_platform::access::permit;
use nq57_platform::audit;
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::products::{Product, RecordHonours};

use super::facts::Situation;
use super::store::{self, ProductRecord};
use super::subject::subject_of;
use super::{present, publications};
use nq57_platform::audit::By;

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
    let (revision, shown) = transaction::write(&state.db, async |tx| {
        let by = By::request(caller.actor(), &request);
        let product = record(tx, &state, by, id, Some(&seen), &body).await?;
        let shown = present::shown(tx, &state, caller.actor(), &product).await?;
        Ok((product.revision_for(caller.actor()), shown))
    })
    .await?;
    Ok(current(revision, &shown))
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
    let mut product = store::load(tx, id).await?;
    let situation = Situation::of(tx, by.actor, &product).await?;
    let permit = permit(situation.may(ProductAction::RecordHonours))?;
    if let Some(seen) = seen {
        seen.check(product.revision_for(by.actor))?;
    }
    let before = std::mem::replace(&mut product.honours, body.honours.clone());
    store::keep(tx, permit, &mut product, state.clock.now()).await?;
    publications::show_honours(tx, &product).await?;
    publications::forget(tx, state, id);
    let entry = by.entry("product.honours_recorded", subject_of(id));
    let entry = entry.changed("honours", &before, &product.honours);
    audit::record(tx, &state.clock, entry).await?;
    Ok(product)
}
