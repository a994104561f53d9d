//! Who may see and change accounts and grants. One's own account needs no policy: only its session.

use crate::access::{Actor, Denial, Role};

/// What can be done with accounts of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountAction {
    /// List accounts and read one.
    Read,
    /// Suspend or reinstate.
    Suspend,
    /// Give or revoke a role.
    Grant,
    /// See who may be put on a panel.
    ListPanelCandidates,
}

impl AccountAction {
    /// All, for the access table.
    pub const ALL: [Self; 4] = [
        Self::Read,
        Self::Suspend,
        Self::Grant,
        Self::ListPanelCandidates,
    ];
}

/// Whether `actor` may do this with accounts of others.
///
/// # Errors
/// The denial to answer with.
pub fn may(actor: &Actor, action: AccountAction) -> Result<(), Denial> {
    if matches!(actor, Actor::Anonymous) {
        return Err(Denial::Unauthenticated);
    }
    let permitted = match action {
        AccountAction::Read | AccountAction::Suspend | AccountAction::Grant => {
            actor.has_role(Role::Administrator)
        }
        AccountAction::ListPanelCandidates => {
            actor.has_role(Role::PanelChair) || actor.has_role(Role::Administrator)
        }
    };
    if permitted || actor.is_system() {
        Ok(())
    } else {
        Err(Denial::Forbidden)
    }
}
