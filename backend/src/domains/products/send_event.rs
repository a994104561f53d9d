//! Sending an event to a product.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::audit::By;
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::ids::ProductId;
use nq57_shared::products::{Product, SendProductEvent};

use super::change_state::{Change, change_state};
use super::present;

/// Send an event to a product.
///
/// `allowed_events` of the product says which. Events that need a reason: `request_information`,
/// `mark_ineligible`, `require_on_site`, `decide_publish`, `decide_decline`, `suspend`, `withdraw`.
/// The first `submit` also answers `secret`, which is shown nowhere else: with `code` it follows the
/// submission without an account.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(
        ("id" = ProductId, Path, description = "The product"),
        IfMatchHeader,
    ),
    request_body = SendProductEvent,
    responses(
        (status = 200, description = "As it is now", body = Product,
            headers(("ETag" = String, description = "The revision"))),
        (status = 409, description = "The event is refused; `code` says why: `event_not_possible`, \
            `draft_incomplete` (with `errors`), `eligibility_incomplete`, `eligibility_not_passed`, \
            `eligibility_not_failed`, `nothing_asked`, `evaluation_missing`, `quorum_not_met`, \
            `recommendation_missing`, `no_published_version`"),
    ),
)]
#[post("/products/{id}/events")]
pub async fn post_product_event(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
    seen: IfMatch,
    body: ValidJson<SendProductEvent>,
) -> ApiResult<HttpResponse> {
    let change = Change {
        product_id: id,
        event: body.event,
        reason: body.reason.as_deref(),
        seen: Some(&seen),
    };
    let by = By::request(caller.actor(), &request);
    let response = transaction::write(&state.db, async |tx| {
        let changed = change_state(tx, &state, by, change).await?;
        let response = present::to_response(tx, &state, caller.actor(), &changed.product).await?;
        Ok(Product { secret: changed.secret, ..response })
    })
    .await?;
    Ok(current(response.revision, &response))
}
