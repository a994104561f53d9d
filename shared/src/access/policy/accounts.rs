//! Who may see and change accounts and grants. One's own account needs no policy: only its session.

#![expect(clippy::disallowed_methods, reason = "a policy says yes")]

use crate::access::{Actor, Allowed, Decision, Denial, Role, Scope};
use crate::ids::AccountId;

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
    pub const ALL: [Self; 4] = [Self::Read, Self::Suspend, Self::Grant, Self::ListPanelCandidates];
}

/// Whether `actor` may do this with this account of somebody else; `None` for a list.
///
/// # Errors
/// The denial to answer with.
pub fn may(actor: &Actor, action: AccountAction, account: Option<AccountId>) -> Decision {
    if matches!(actor, Actor::Anonymous) {
        return Err(Denial::Unauthenticated);
    }
    // Only a grant without limits covers the empty scope.
    let is_administrator = actor.has_role_for(Role::Administrator, Scope::default());
    let permitted = match action {
        AccountAction::Read | AccountAction::Suspend | AccountAction::Grant => is_administrator,
        AccountAction::ListPanelCandidates => actor.has_role(Role::PanelChair) || is_administrator,
    };
    if permitted || actor.is_system() {
        Ok(account.map_or(Allowed::without_id(), |id| Allowed::about(id.0)))
    } else {
        Err(Denial::Forbidden)
    }
}
