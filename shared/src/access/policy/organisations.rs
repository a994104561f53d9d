//! Who may found, change and staff organisations. Reading them is public.

#![expect(clippy::disallowed_methods, reason = "a policy says yes")]

use crate::access::{Actor, Allowed, Decision, Denial, Role, Scope};
use crate::ids::OrganisationId;

/// What can be done with organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationAction {
    /// Enter a new one; the founder becomes its manager.
    Create,
    /// Change name, kind, tax code, province.
    Edit,
    /// Enter or change code, days of beginning and end, what is above, what it became: from these follows who
    /// sees whose cases, and nobody widens that alone.
    Place,
    /// Confirm that it exists.
    Verify,
    /// See members and requests, answer them, remove members.
    ManageMembers,
    /// Give up one's own membership.
    Leave,
    /// Ask to become a member.
    RequestToJoin,
}

impl OrganisationAction {
    /// All, for the access table.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Edit,
        Self::Place,
        Self::Verify,
        Self::ManageMembers,
        Self::Leave,
        Self::RequestToJoin,
    ];
}

/// What the decision needs to know of the organisation.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrganisationSubject {
    /// `None` when a new one is entered.
    pub id: Option<OrganisationId>,
    /// Whether the caller manages it.
    pub caller_is_manager: bool,
}

/// Whether `actor` may do this with the organisation.
///
/// # Errors
/// The denial to answer with.
pub fn may(actor: &Actor, action: OrganisationAction, subject: OrganisationSubject) -> Decision {
    let allowed = subject.id.map_or(Allowed::without_id(), |id| Allowed::about(id.0));
    if actor.is_system() || actor.has_role_for(Role::Administrator, Scope::default()) {
        return Ok(allowed);
    }
    let Some(account) = actor.account() else {
        return Err(actor.person_needed());
    };
    // Whoever audits stands on nobody's side, and gives up what came from before.
    let is_for_members = !matches!(
        action,
        OrganisationAction::Leave | OrganisationAction::Place | OrganisationAction::Verify
    );
    if is_for_members && actor.has_role(Role::Auditor) {
        return Err(Denial::ReadsOnly);
    }
    match action {
        OrganisationAction::Create | OrganisationAction::RequestToJoin => {
            if account.email_verified { Ok(allowed) } else { Err(Denial::EmailUnverified) }
        }
        OrganisationAction::Leave if subject.id.is_some_and(|id| actor.is_member_of(id)) => {
            Ok(allowed)
        }
        OrganisationAction::Edit | OrganisationAction::ManageMembers
            if subject.caller_is_manager =>
        {
            Ok(allowed)
        }
        OrganisationAction::Edit
        | OrganisationAction::ManageMembers
        | OrganisationAction::Leave
        | OrganisationAction::Place
        | OrganisationAction::Verify => Err(Denial::Forbidden),
    }
}
