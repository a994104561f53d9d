//! Who may found, change and staff organisations. Reading them is public.

use crate::access::{Actor, Denial, Role};
use crate::ids::OrganisationId;

/// What can be done with organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationAction {
    /// Enter a new one; the founder becomes its manager.
    Create,
    /// Change name, kind, tax code, province, place in the tree.
    Edit,
    /// Confirm that it exists.
    Verify,
    /// See members and requests, answer them, remove members.
    ManageMembers,
    /// Ask to become a member.
    RequestToJoin,
}

impl OrganisationAction {
    /// All, for the access table.
    pub const ALL: [Self; 5] = [
        Self::Create,
        Self::Edit,
        Self::Verify,
        Self::ManageMembers,
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
pub fn may(
    actor: &Actor,
    action: OrganisationAction,
    subject: OrganisationSubject,
) -> Result<(), Denial> {
    if actor.is_system() || actor.has_role(Role::Administrator) {
        return Ok(());
    }
    let Some(account) = actor.account() else {
        return Err(Denial::Unauthenticated);
    };
    match action {
        OrganisationAction::Create | OrganisationAction::RequestToJoin => {
            if account.email_verified {
                Ok(())
            } else {
                Err(Denial::EmailUnverified)
            }
        }
        OrganisationAction::Edit | OrganisationAction::ManageMembers
            if subject.caller_is_manager =>
        {
            Ok(())
        }
        OrganisationAction::Edit
        | OrganisationAction::ManageMembers
        | OrganisationAction::Verify => Err(Denial::Forbidden),
    }
}
