//! Who may make, see and stop the clients of an organisation: its managers, and administrators of the platform, who
//! alone confirm what goes beyond it. Auditors look at them.

#![expect(clippy::disallowed_methods, reason = "a policy says yes")]

use crate::access::{Actor, Allowed, Decision, Denial, Role, Scope};
use crate::clients::ApiClientEvent;
use crate::ids::ApiClientId;

/// What can be done with clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiClientAction {
    /// List those of one organisation.
    List,
    /// List those of all organisations.
    ListAll,
    /// Make one.
    Create,
    /// See one with its secrets, never their texts, and its requests.
    Read,
    /// Change what it is, may and sees.
    Edit,
    /// End it for good.
    Delete,
    /// Make and revoke keys and secrets.
    ManageSecrets,
    /// Confirm, suspend, resume.
    Send(ApiClientEvent),
}

impl ApiClientAction {
    /// All, for the access table.
    pub const ALL: [Self; 10] = [
        Self::List,
        Self::ListAll,
        Self::Create,
        Self::Read,
        Self::Edit,
        Self::Delete,
        Self::ManageSecrets,
        Self::Send(ApiClientEvent::Confirm),
        Self::Send(ApiClientEvent::Suspend),
        Self::Send(ApiClientEvent::Resume),
    ];

    const fn only_looks(self) -> bool {
        matches!(self, Self::List | Self::ListAll | Self::Read)
    }

    /// Whether the thing that it is about is secret in itself.
    const fn is_about_one(self) -> bool {
        !matches!(self, Self::List | Self::ListAll | Self::Create)
    }
}

/// What the decision needs to know of the client and its organisation.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApiClientSubject {
    /// `None` for a list, and when a new one is made.
    pub id: Option<ApiClientId>,
    /// Whether the caller manages the organisation.
    pub caller_is_manager: bool,
    /// Whether an administrator of the platform has suspended it: its organisation cannot resume it then.
    pub is_suspended_by_platform: bool,
}

/// Whether `actor` may do this with the client.
///
/// # Errors
/// The denial to answer with: hidden where the caller may not know that the client exists.
pub fn may(actor: &Actor, action: ApiClientAction, subject: ApiClientSubject) -> Decision {
    let allowed = subject.id.map_or(Allowed::without_id(), |id| Allowed::about(id.0));
    if actor.is_system() || actor.has_role_for(Role::Administrator, Scope::default()) {
        return Ok(allowed);
    }
    if actor.account().is_none() {
        return Err(actor.person_needed());
    }
    // Whoever audits stands on nobody's side, and looks at everything.
    if actor.has_role(Role::Auditor) {
        return if action.only_looks() { Ok(allowed) } else { Err(Denial::ReadsOnly) };
    }
    if !subject.caller_is_manager {
        return Err(if action.is_about_one() { Denial::Hidden } else { Denial::Forbidden });
    }
    let permitted = match action {
        ApiClientAction::ListAll | ApiClientAction::Send(ApiClientEvent::Confirm) => false,
        ApiClientAction::Send(ApiClientEvent::Resume) => !subject.is_suspended_by_platform,
        ApiClientAction::List
        | ApiClientAction::Create
        | ApiClientAction::Read
        | ApiClientAction::Edit
        | ApiClientAction::Delete
        | ApiClientAction::ManageSecrets
        | ApiClientAction::Send(ApiClientEvent::Suspend) => true,
    };
    if permitted { Ok(allowed) } else { Err(Denial::Forbidden) }
}
