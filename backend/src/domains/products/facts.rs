//! What the workflow of products needs to know, and the codes that a draft may name.

use chrono::NaiveDate;
use nq57_platform::error::ApiResult;
use nq57_platform::reference::Snapshot;
use nq57_platform::state::AppState;
use nq57_shared::problem::FieldCode;
use nq57_shared::products::{ProductDraft, ProductFacts, ProductState};
use nq57_shared::time::vietnam_date;
use nq57_shared::validate::Violations;
use sea_orm::ConnectionTrait;

use super::eligibility;
use super::store::ProductRecord;
use crate::identity::organisations;

/// How far the product is.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    state: &AppState,
    product: &ProductRecord,
) -> ApiResult<ProductFacts> {
    let snapshot = state.reference.snapshot();
    let today = vietnam_date(state.clock.now());
    let mut facts = ProductFacts {
        has_published_version: product.published_version.is_some(),
        ..ProductFacts::default()
    };
    if let Some(id) = product.organisation_id.filter(|_| may_begin(product.state)) {
        facts.sender_has_ended = organisations::find(db, id).await?.has_ended(today);
    }
    match product.state {
        ProductState::Draft | ProductState::MoreInformation => {
            facts.draft_complete = incomplete(&snapshot, today, &product.draft).is_empty();
        }
        ProductState::Submitted => {
            let check = eligibility::load(db, product.id, product.version).await?;
            facts.eligibility = check.facts(&snapshot.checklist(today));
        }
        ProductState::Accepted | ProductState::UnderEvaluation | ProductState::OnSite => {
            facts.evaluation = product.evaluation().map(|known| known.facts);
        }
        ProductState::Ineligible
        | ProductState::Decided
        | ProductState::Published
        | ProductState::Declined
        | ProductState::Suspended
        | ProductState::Withdrawn
        | ProductState::Expired => {}
    }
    Ok(facts)
}

/// Whether its sender may send it for the first time, or begin its next version.
const fn may_begin(state: ProductState) -> bool {
    use ProductState::{Declined, Draft, Ineligible, Published};
    matches!(state, Draft | Published | Declined | Ineligible)
}

/// All that must be corrected before the draft can be submitted.
pub(super) fn incomplete(
    snapshot: &Snapshot,
    today: NaiveDate,
    draft: &ProductDraft,
) -> Violations {
    let mut violations = draft.missing();
    check_codes(snapshot, today, draft, &mut violations);
    violations
}

/// Notes codes that no list has, or that may not be chosen today.
pub(super) fn check_codes(
    snapshot: &Snapshot,
    today: NaiveDate,
    draft: &ProductDraft,
    violations: &mut Violations,
) {
    let mut check = |list: &str, pointer: String, code: &str| {
        if !snapshot.is_valid(list, code, today) {
            violations.add(pointer, FieldCode::UnknownValue);
        }
    };
    for (i, sector) in draft.sectors.iter().enumerate() {
        check("sectors", format!("/sectors/{i}"), sector);
    }
    if let Some(province) = &draft.province_code {
        check("provinces", "/province_code".into(), province);
    }
    if let Some(technology) = &draft.strategic_technology {
        check("strategic_technologies", "/strategic_technology".into(), technology);
    }
}
