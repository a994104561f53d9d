//! Who may look behind the platform: audit, undeliverable messages, reference data.
//! Reading reference data is public and asks nobody.

use crate::access::{Actor, Denial, Role};

/// What can be done behind the scenes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformAction {
    /// Read the audit.
    ReadAudit,
    /// List undeliverable messages.
    ReadDeadLetters,
    /// Try an undeliverable message again.
    RequeueDeadLetter,
    /// Give an undeliverable message up for good.
    DiscardDeadLetter,
    /// Add, correct or expire an entry of a reference list.
    RecordReferenceEntry,
}

impl PlatformAction {
    /// All, for the access table.
    pub const ALL: [Self; 5] = [
        Self::ReadAudit,
        Self::ReadDeadLetters,
        Self::RequeueDeadLetter,
        Self::DiscardDeadLetter,
        Self::RecordReferenceEntry,
    ];
}

/// Whether `actor` may do this: administrators without a limit to a province or organisation.
///
/// # Errors
/// The denial to answer with.
pub fn may(actor: &Actor, action: PlatformAction) -> Result<(), Denial> {
    let Some(account) = actor.account() else {
        return if actor.is_system() { Ok(()) } else { Err(Denial::Unauthenticated) };
    };
    match action {
        PlatformAction::ReadAudit
        | PlatformAction::ReadDeadLetters
        | PlatformAction::RequeueDeadLetter
        | PlatformAction::DiscardDeadLetter
        | PlatformAction::RecordReferenceEntry => {
            let everywhere = account.grants.iter().any(|grant| {
                grant.role == Role::Administrator
                    && grant.organisation_id.is_none()
                    && grant.province_code.is_none()
            });
            if everywhere { Ok(()) } else { Err(Denial::Forbidden) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{AccountActor, RoleGrant};
    use crate::ids::AccountId;

    fn with(role: Role, province: Option<&str>) -> Actor {
        Actor::Account(AccountActor {
            id: AccountId(uuid::Uuid::nil()),
            email_verified: true,
            grants: vec![RoleGrant {
                role,
                organisation_id: None,
                province_code: province.map(str::to_owned),
            }],
            organisations: Vec::new(),
        })
    }

    #[test]
    fn only_an_administrator_of_everything_may() {
        for action in PlatformAction::ALL {
            assert_eq!(may(&with(Role::Administrator, None), action), Ok(()));
            assert_eq!(may(&with(Role::Administrator, Some("01")), action), Err(Denial::Forbidden));
            assert_eq!(may(&with(Role::Publisher, None), action), Err(Denial::Forbidden));
            assert_eq!(may(&Actor::Anonymous, action), Err(Denial::Unauthenticated));
            assert_eq!(may(&Actor::System, action), Ok(()));
        }
    }
}
