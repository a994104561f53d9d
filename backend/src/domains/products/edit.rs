//! Changing the text of a draft, by a merge patch.

use actix_web::{HttpRequest, HttpResponse, patch};
use anyhow::anyhow;
use nq57_platform::access::allow;
use nq57_platform::audit::{self, By};
use nq57_platform::casework;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::extract::parse_json;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::markdown::Rendered;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::products::{Product, ProductDraft, ProductPatch};
use nq57_shared::text;
use nq57_shared::time::vietnam_date;
use nq57_shared::validate::{Validate, Violations};

use super::access::ProductAccess;
use super::enter::{Entered, enter};
use super::render_anew::render;
use super::store::{self, ProductRecord};
use super::subject::subject_of;
use super::{facts, present};

/// The deed, as the audit calls it.
pub(super) const EDITED: &str = "product.edited";

/// Change the text of a product.
///
/// A merge patch (RFC 7396) on the draft: absent members stay, `null` empties, a list replaces the
/// list. Possible while the submitter holds it (`draft`, `more_information`). A patch that changes
/// nothing keeps the revision.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(
        ("id" = ProductId, Path, description = "The product"),
        IfMatchHeader,
    ),
    request_body = ProductPatch,
    responses((status = 200, description = "As it is now", body = Product,
        headers(("ETag" = String, description = "The revision")))),
)]
#[patch("/products/{id}")]
pub async fn edit_product(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
    seen: IfMatch,
    body: ValidJson<ProductPatch>,
) -> ApiResult<HttpResponse> {
    let description = match body.0.get("description") {
        Some(new) => {
            // Rendering costs time of the processor: only for whoever may write.
            may_edit(&state, caller.actor(), id).await?;
            let text = text::block(new.as_str().unwrap_or_default());
            Some(render(&text, caller.actor().account_id()).await?)
        }
        None => None,
    };
    let response = transaction::write(&state.db, async |tx| {
        let by = By::request(caller.actor(), &request);
        let product = edit(tx, &state, by, id, Some(&seen), (&body, description.as_ref())).await?;
        present::to_response(tx, &state, caller.actor(), &product).await
    })
    .await?;
    Ok(current(response.revision, &response))
}

/// Changes the text for the actor, in the caller's transaction. The patch comes with the description
/// that it brings, rendered before.
///
/// # Errors
/// The denial of the policy; 412 when the product has changed since it was seen; 400 and 422 for what
/// the patched draft may not be.
pub async fn edit(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: ProductId,
    seen: Option<&IfMatch>,
    (patch, description): (&ProductPatch, Option<&Rendered>),
) -> ApiResult<ProductRecord> {
    let Entered { mut product, permit, .. } =
        enter(tx, by.actor, ProductAction::Edit, id, seen).await?;
    let draft = patched(state, &product.draft, patch)?;
    if draft == *product.draft {
        return Ok(product);
    }
    if draft.description != product.draft.description {
        let rendered = description.ok_or_else(|| anyhow!("the description was not rendered"));
        let rendered = rendered.map_err(ApiError::internal)?;
        let html = rendered.of(&draft.description)?;
        (product.description_html, product.renderer) = (html.text, html.renderer);
    }
    let before = std::mem::replace(&mut product.draft.0, draft);
    store::update(tx, permit, &mut product, state.clock.now()).await?;
    casework::add_author(tx, &state.clock, by.actor, subject_of(id)).await?;
    audit::record(tx, &state.clock, entry(by, id, &before, &product.draft)?).await?;
    Ok(product)
}

async fn may_edit(state: &AppState, actor: &Actor, id: ProductId) -> ApiResult<()> {
    let product = store::load(&state.db, id).await?;
    allow(ProductAccess::of(&state.db, actor, &product).await?.may(ProductAction::Edit))
}

/// What was changed: the names of all members, old and new of those that hold codes and numbers.
fn entry(
    by: By<'_>,
    id: ProductId,
    before: &ProductDraft,
    after: &ProductDraft,
) -> ApiResult<audit::Entry> {
    Ok(by
        .entry(EDITED, subject_of(id))
        .fields(before, after)?
        .changed("kind", before.kind, after.kind)
        .changed("domain", before.domain, after.domain)
        .changed("sectors", &before.sectors, &after.sectors)
        .changed("maturity", before.maturity, after.maturity)
        .changed("trl", before.trl, after.trl)
        .changed("province_code", &before.province_code, &after.province_code)
        .changed("strategic_technology", &before.strategic_technology, &after.strategic_technology)
        .changed("consent", before.consent, after.consent))
}

fn patched(
    state: &AppState,
    draft: &ProductDraft,
    patch: &ProductPatch,
) -> ApiResult<ProductDraft> {
    let merged = patch.applied_to(draft).map_err(ApiError::internal)?;
    let mut draft: ProductDraft = parse_json(&merged)?;
    draft.normalise();
    let mut violations: Violations = draft.violations();
    let today = vietnam_date(state.clock.now());
    facts::check_codes(&state.reference.snapshot(), today, &draft, &mut violations);
    violations.into_result()?;
    Ok(draft)
}
