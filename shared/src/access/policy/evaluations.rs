//! Who may see an evaluation and act in it.

#![expect(clippy::disallowed_methods, reason = "a policy says yes")]

use crate::access::{Actor, Allowed, Decision, Denial, Role, Scope};
use crate::evaluations::EvaluationAction;
use crate::ids::{AccountId, EvaluationId, OrganisationId, ProductId};

/// What the decision needs to know of the evaluation.
#[derive(Clone, Copy, Debug)]
pub struct EvaluationSubject<'a> {
    pub id: EvaluationId,
    pub product_id: ProductId,
    pub chair_id: AccountId,
    pub caller_is_member: bool,
    /// Whether the product is the caller's own.
    pub is_own: bool,
    pub organisation_id: Option<OrganisationId>,
    pub province_code: Option<&'a str>,
}

/// Whether `actor` may do this in the evaluation.
///
/// # Errors
/// The denial to answer with: the submitter and strangers may not know of the evaluation.
pub fn may(actor: &Actor, action: EvaluationAction, subject: &EvaluationSubject<'_>) -> Decision {
    let allowed = Allowed::about_part(subject.id.0, subject.product_id.0);
    if actor.is_system() {
        return Ok(allowed);
    }
    let Some(account) = actor.account() else {
        let is_client = actor.client().is_some();
        return Err(if is_client { Denial::Hidden } else { Denial::Unauthenticated });
    };
    let scope =
        Scope { organisation_id: subject.organisation_id, province_code: subject.province_code };
    let has = |role| actor.has_role_for(role, scope);
    let leads_panels = has(Role::PanelChair);
    // A seat is worth nothing once the role is gone.
    let is_member = subject.caller_is_member && (has(Role::Evaluator) || leads_panels);
    let oversees =
        leads_panels || [Role::Publisher, Role::Administrator, Role::Auditor].into_iter().any(has);
    if subject.is_own || !(is_member || oversees) {
        return Err(Denial::Hidden);
    }
    let is_chair = leads_panels && subject.chair_id == account.id;
    let permitted = match action {
        EvaluationAction::Read => true,
        EvaluationAction::DeclareConflict | EvaluationAction::Score => is_member,
        EvaluationAction::Recommend | EvaluationAction::RecordOnSiteVisit => is_chair,
        EvaluationAction::ReplacePanel => leads_panels,
    };
    if permitted { Ok(allowed) } else { Err(Denial::Forbidden) }
}
