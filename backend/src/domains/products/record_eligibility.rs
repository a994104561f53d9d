//! The eligibility check: an officer's verdicts, and who may read them when.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, get, put};
use nq57_platform::access::allow;
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::conditional::representation;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::problem::{FieldCode, ProblemCode};
use nq57_shared::products::{EligibilityCheck, ProductState, RecordEligibility};
use nq57_shared::time::vietnam_date;
use nq57_shared::validate::Violations;

use super::access::ProductAccess;
use super::eligibility::{self, Check};
use super::enter::{Entered, enter};
use super::store::{self, ProductRecord};
use super::subject::subject_of;

/// Read the eligibility check.
///
/// Of the version that is being checked. The submitter sees verdicts once the check was sent with
/// `request_information`, `mark_ineligible` or `accept`, not while it is being made.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(("id" = ProductId, Path, description = "The product")),
    responses((status = 200, description = "The check", body = EligibilityCheck,
        headers(("ETag" = String, description = "The revision of the product")))),
)]
#[get("/products/{id}/eligibility")]
pub async fn read_eligibility(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
) -> ApiResult<HttpResponse> {
    let product = store::load(&state.db, id).await?;
    let access = ProductAccess::of(&state.db, caller.actor(), &product).await?;
    allow(access.may(ProductAction::ReadEligibility))?;
    let is_being_made = product.state == ProductState::Submitted;
    let check = match access.is_own() && is_being_made {
        true => Check::default(),
        false => eligibility::load(&state.db, id, product.version).await?,
    };
    let revision = access.revision();
    let response = to_response(&state, revision, &product, check);
    Ok(representation(&request, revision, &response))
}

/// Record verdicts of the eligibility check.
///
/// Replaces the verdicts of the version that is being checked; items left out have none yet. `fail`
/// and `ask` need a note, which the submitter reads. Possible in the state `submitted`; the check is
/// sent with an event.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(
        ("id" = ProductId, Path, description = "The product"),
        IfMatchHeader,
    ),
    request_body = RecordEligibility,
    responses(
        (status = 200, description = "As it is now", body = EligibilityCheck,
            headers(("ETag" = String, description = "The revision of the product"))),
        (status = 409, description = "`event_not_possible`: it is not being checked"),
    ),
)]
#[put("/products/{id}/eligibility")]
pub async fn record_eligibility(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
    seen: IfMatch,
    body: ValidJson<RecordEligibility>,
) -> ApiResult<HttpResponse> {
    let check = transaction::write(&state.db, async |tx| {
        record(tx, &state, By::request(caller.actor(), &request), id, Some(&seen), &body).await
    })
    .await?;
    Ok(current(check.revision, &check))
}

/// Records the verdicts of the actor, in the caller's transaction.
///
/// # Errors
/// The denial of the policy; 412 when the product has changed since it was seen; 409 when it is not
/// being checked; 422 for items that the checklist does not have.
pub async fn record(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: ProductId,
    seen: Option<&IfMatch>,
    body: &RecordEligibility,
) -> ApiResult<EligibilityCheck> {
    let Entered { mut product, permit, .. } =
        enter(tx, by.actor, ProductAction::RecordEligibility, id, seen).await?;
    if product.state != ProductState::Submitted {
        return Err(ProblemCode::EventNotPossible.into());
    }
    check_codes(state, body)?;
    let now = state.clock.now();
    store::update(tx, permit, &mut product, now).await?;
    let officer = by.actor.account_id();
    let before = eligibility::load(tx, id, product.version).await?;
    eligibility::replace(tx, id, product.version, &body.items, officer, now).await?;
    let check = eligibility::load(tx, id, product.version).await?;
    let entry =
        by.entry("product.eligibility_recorded", subject_of(id)).with("version", product.version);
    let codes: BTreeSet<&str> =
        before.items.iter().chain(&check.items).map(|item| item.code.as_str()).collect();
    let entry = codes
        .into_iter()
        .fold(entry, |entry, code| entry.changed(code, before.verdict(code), check.verdict(code)));
    audit::record(tx, &state.clock, entry).await?;
    Ok(to_response(state, product.revision_for(by.actor), &product, check))
}

fn check_codes(state: &AppState, body: &RecordEligibility) -> Result<(), Violations> {
    let today = vietnam_date(state.clock.now());
    let checklist = state.reference.snapshot().checklist(today);
    let mut violations = Violations::new();
    for (i, item) in body.items.iter().enumerate() {
        if !checklist.iter().any(|asked| asked.code == item.code) {
            violations.add(format!("/items/{i}/code"), FieldCode::UnknownValue);
        }
    }
    violations.into_result()
}

fn to_response(
    state: &AppState,
    revision: i64,
    product: &ProductRecord,
    check: Check,
) -> EligibilityCheck {
    let today = vietnam_date(state.clock.now());
    let checklist = state.reference.snapshot().checklist(today);
    EligibilityCheck {
        version: product.version,
        is_complete: check.is_complete(&checklist),
        items: check.items,
        recorded_at: check.recorded_at,
        revision: revision.cast_unsigned(),
    }
}
