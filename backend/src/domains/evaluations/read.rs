//! Shows one evaluation, or the evaluations of a product, to those who may know of them.

use actix_web::{HttpRequest, HttpResponse, get, web};
use nq57_platform::access::allow;
use nq57_platform::audit::By;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::{FromPath, SignedIn, current};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::evaluations::may;
use nq57_shared::access::policy::products::{self as product_policy, ProductAction};
use nq57_shared::evaluations::{Evaluation, EvaluationAction};
use nq57_shared::ids::{EvaluationId, ProductId};
use nq57_shared::page::Page;

use super::enter::{product_of, subject_of};
use super::{store, view};
use crate::domains::products;

/// Read an evaluation.
///
/// A member sees the sheets of others and the result only once the own sheet is in; the chair and
/// whoever is not on the panel see how many sheets are in, and the rest once the quorum is met. That
/// somebody was shown sheets of others is kept. Who declared a conflict reads `is_recused` and nothing
/// of what happens in the evaluation.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = EvaluationId, Path, description = "The evaluation")),
    responses((status = 200, description = "The evaluation", body = Evaluation,
        headers(("ETag" = String, description = "Its revision, for `If-Match`")))),
    security(("bearer" = []))
)]
#[get("/evaluations/{id}")]
pub async fn read_evaluation(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<EvaluationId>,
) -> ApiResult<HttpResponse> {
    let actor = caller.actor();
    let evaluation = store::load(&state.db, id).await?;
    let product = product_of(&state.db, &evaluation).await?;
    allow(may(actor, EvaluationAction::Read, &subject_of(&evaluation, actor, &product)))?;
    let by = By::request(actor, &request);
    let all = view::read_all(&state, by, &product, &[evaluation]).await?;
    let response = all.into_iter().next().ok_or_else(ApiError::not_found)?;
    // The sheets of others do not change the revision: the body is sent each time.
    Ok(current(response.revision, &response))
}

/// List the evaluations of a product.
///
/// All evaluations of all its versions that the caller may know of, the latest first.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = ProductId, Path, description = "The product")),
    responses((status = 200, description = "The evaluations", body = Page<Evaluation>)),
    security(("bearer" = []))
)]
#[get("/products/{id}/evaluations")]
pub async fn list_product_evaluations(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
) -> ApiResult<web::Json<Page<Evaluation>>> {
    let actor = caller.actor();
    let product = products::find(&state.db, id).await?.ok_or_else(ApiError::not_found)?;
    let standing = products::standing_of(&state.db, actor, &product).await?;
    let subject = product.subject(standing);
    allow(product_policy::may(actor, ProductAction::Read, Some(&subject)))?;
    let mut evaluations = store::all_of(&state.db, id).await?;
    evaluations.retain(|evaluation| {
        may(actor, EvaluationAction::Read, &subject_of(evaluation, actor, &product)).is_ok()
    });
    let items =
        view::read_all(&state, By::request(actor, &request), &product, &evaluations).await?;
    Ok(web::Json(Page { items, next_cursor: None, total: None }))
}
