//! What decisions about a product need to know: for the policy (who is asking) and for the workflow
//! (how far it is).

use chrono::NaiveDate;
use nq57_platform::casework;
use nq57_platform::error::ApiResult;
use nq57_platform::reference::Snapshot;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::{PanelStanding, ProductAction, may};
use nq57_shared::access::{Actor, Decision, Role};
use nq57_shared::problem::FieldCode;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductDraft, ProductFacts, ProductState};
use nq57_shared::time::{Timestamp, vietnam_date};
use nq57_shared::validate::Violations;
use sea_orm::ConnectionTrait;

use super::store::ProductRecord;
use super::subject::PANEL_MEMBER;
use super::{authors, eligibility};

/// Whether the caller may do this, with everything that the policy asks for.
pub(super) struct Situation<'a> {
    actor: &'a Actor,
    product: &'a ProductRecord,
    panel: PanelStanding,
}

impl<'a> Situation<'a> {
    /// Finds out how the caller stands to the product. Asks the database only for officials.
    pub async fn of(
        db: &impl ConnectionTrait,
        actor: &'a Actor,
        product: &'a ProductRecord,
    ) -> ApiResult<Self> {
        let panel = standing_of(db, actor, product).await?;
        Ok(Self { actor, product, panel })
    }

    /// What the policy says.
    pub fn may(&self, action: ProductAction) -> Decision {
        may(self.actor, action, Some(&self.product.subject(self.panel)))
    }

    /// Whether it is the caller's own submission.
    pub fn is_own(&self) -> bool {
        self.product.is_own(self.actor)
    }

    /// Whether the caller may know what happens inside of evaluations: not the submitter, not the recused.
    fn sees_inside(&self) -> bool {
        !self.is_own() && !self.panel.is_recused
    }

    /// The revision as the caller sees it.
    pub fn revision(&self) -> i64 {
        match self.sees_inside() {
            true => self.product.revision + self.product.changes_inside,
            false => self.product.revision,
        }
    }

    /// Who has it and until when, as the caller is told.
    pub fn turn(&self) -> (Option<Holder>, Option<Timestamp>) {
        match self.sees_inside() {
            true => (self.product.holder, self.product.due_at),
            false => self.product.told_turn(),
        }
    }
}

/// How the actor stands to those who judge the product. Asks the database only for officials.
///
/// # Errors
/// Failures of the database.
pub async fn standing_of(
    db: &impl ConnectionTrait,
    actor: &Actor,
    product: &ProductRecord,
) -> ApiResult<PanelStanding> {
    let Some(account) = actor.account().filter(|account| !account.grants.is_empty()) else {
        return Ok(PanelStanding::default());
    };
    let may_sit = actor.has_role(Role::Evaluator) || actor.has_role(Role::PanelChair);
    let standing = casework::standing_of(db, product.id.0, account.id).await?;
    // What is one's own needs no further look.
    let is_own = product.is_own(actor);
    let mut is_recused = standing.is_recused || (standing.is_author && !is_own);
    if !is_recused && !is_own {
        is_recused = authors::departed(db, product).await?.contains(&account.id);
    }
    Ok(PanelStanding {
        is_on_panel: may_sit && standing.plays(PANEL_MEMBER) && !standing.is_recused,
        is_recused,
        has_judged: standing.plays(casework::JUDGE),
    })
}

/// What the workflow needs to know.
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
