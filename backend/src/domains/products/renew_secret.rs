//! A new secret for the code of a product, for whoever has lost the old one, which ends at once.
//! The answer is stored nowhere.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, etag};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::tracking::RenewedSecret;

use super::enter::{Entered, enter};
use super::store;
use super::subject::subject_of;
use nq57_platform::audit::By;
use nq57_platform::casework::{self, Issued};

/// Renew the secret of a product.
///
/// For the submitter who has lost the secret that follows the product without an account. The old one
/// ends at once. The new one is answered here and nowhere else, not even to the same request sent
/// again: that is 412, because the revision has changed.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(
        ("id" = ProductId, Path, description = "The product"),
        IfMatchHeader,
    ),
    responses(
        (status = 200, description = "The code with its new secret", body = RenewedSecret,
            headers(("ETag" = String, description = "The revision"))),
        (status = 409, description = "`not_submitted`: it has no code yet"),
    ),
)]
#[post("/products/{id}/secret")]
pub async fn renew_product_secret(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
    seen: IfMatch,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let (revision, renewed) =
        transaction::write(&state.db, async |tx| renew(tx, &state, by, id, &seen).await).await?;
    Ok(HttpResponse::Ok().insert_header(etag(revision)).json(renewed))
}

async fn renew(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: ProductId,
    seen: &IfMatch,
) -> ApiResult<(i64, RenewedSecret)> {
    let action = ProductAction::RenewSecret;
    let Entered { mut product, permit, .. } = enter(tx, by.actor, action, id, Some(seen)).await?;
    let renewed = casework::renew_secret(tx, subject_of(id)).await?;
    let Issued { code, secret } = renewed.ok_or(ProblemCode::NotSubmitted)?;
    store::update(tx, permit, &mut product, state.clock.now()).await?;
    audit::record(tx, &state.clock, by.entry("product.secret_renewed", subject_of(id))).await?;
    let revision = u64::try_from(product.revision).map_err(ApiError::internal)?;
    Ok((product.revision, RenewedSecret { code, secret, revision }))
}
