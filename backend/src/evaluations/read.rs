//! Shows one round, or the rounds of a product, to those who may know of them.

use actix_web::{HttpResponse, get, web};
use nq57_shared::access::policy::evaluations::may;
use nq57_shared::access::policy::products::{self as product_policy, ProductAction};
use nq57_shared::evaluations::{Evaluation, EvaluationAction};
use nq57_shared::ids::{EvaluationId, ProductId};
use nq57_shared::page::Page;

use super::enter::{product_of, subject_of};
use super::{store, view};
use crate::access::allow;
use crate::app::AppState;
use crate::error::{ApiError, ApiResult};
use crate::http::{FromPath, SignedIn, current};
use crate::products;

/// Read an evaluation.
///
/// A member sees the sheets of others and the result only once the own sheet is in.
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
    caller: SignedIn,
    FromPath(id): FromPath<EvaluationId>,
) -> ApiResult<HttpResponse> {
    let actor = caller.actor();
    let round = store::load(&state.db, id).await?;
    let product = product_of(&state.db, &round).await?;
    allow(may(actor, EvaluationAction::Read, &subject_of(&round, actor, &product)))?;
    let shown = view::show(&state.db, actor, &product, &round).await?;
    // The sheets of others do not change the revision: the body is sent each time.
    Ok(current(super::revision_of(&shown), &shown))
}

/// List the evaluations of a product.
///
/// All rounds of all its versions that the caller may know of, the latest first.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = ProductId, Path, description = "The product")),
    responses((status = 200, description = "The evaluations", body = Page<Evaluation>)),
    security(("bearer" = []))
)]
#[get("/products/{id}/evaluations")]
pub async fn list_product_evaluations(
    state: AppState,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
) -> ApiResult<web::Json<Page<Evaluation>>> {
    let actor = caller.actor();
    let product = products::find(&state.db, id).await?.ok_or_else(ApiError::not_found)?;
    let is_on_panel = store::has_seat(&state.db, id, caller.account_id()).await?;
    let subject = product.subject(is_on_panel);
    allow(product_policy::may(actor, ProductAction::Read, Some(&subject)))?;
    let mut items = Vec::new();
    for round in store::all_of(&state.db, id).await? {
        if may(actor, EvaluationAction::Read, &subject_of(&round, actor, &product)).is_ok() {
            items.push(view::show(&state.db, actor, &product, &round).await?);
        }
    }
    Ok(web::Json(Page { items, next_cursor: None, total: None }))
}
