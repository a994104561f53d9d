//! Who may look behind the platform: audit, undeliverable messages, reference data; who hands cases over; whose cases
//! the register shows to whom.
//! Reading reference data is public and asks nobody.

#![expect(clippy::disallowed_methods, reason = "a policy says yes")]

use uuid::Uuid;

use crate::access::{Actor, Allowed, ClientScope, Decision, Denial, Role, RoleGrant};
use crate::ids::OrganisationId;

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
    /// Hand the cases of an office that has ended over to the one that took its place.
    HandOverCases,
}

impl PlatformAction {
    /// All, for the access table.
    pub const ALL: [Self; 6] = [
        Self::ReadAudit,
        Self::ReadDeadLetters,
        Self::RequeueDeadLetter,
        Self::DiscardDeadLetter,
        Self::RecordReferenceEntry,
        Self::HandOverCases,
    ];
}

/// Whether `actor` may do this, with this thing when it has an id: administrators without a limit to a
/// province or organisation, and auditors who read the audit.
///
/// # Errors
/// The denial to answer with.
pub fn may(actor: &Actor, action: PlatformAction, thing: Option<Uuid>) -> Decision {
    let allowed = thing.map_or(Allowed::without_id(), Allowed::about);
    let Some(account) = actor.account() else {
        return if actor.is_system() { Ok(allowed) } else { Err(actor.person_needed()) };
    };
    let holds = |role| {
        account.grants.iter().any(|grant| {
            grant.role == role && grant.organisation_id.is_none() && grant.province_code.is_none()
        })
    };
    let permitted = match action {
        PlatformAction::ReadAudit => holds(Role::Administrator) || holds(Role::Auditor),
        PlatformAction::ReadDeadLetters
        | PlatformAction::RequeueDeadLetter
        | PlatformAction::DiscardDeadLetter
        | PlatformAction::RecordReferenceEntry
        | PlatformAction::HandOverCases => holds(Role::Administrator),
    };
    if permitted { Ok(allowed) } else { Err(Denial::Forbidden) }
}

/// Cases that the register shows: of one of these organisations, and handled by the office of one of these provinces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterLimit {
    /// Whatever organisation when absent.
    pub organisations: Option<Vec<OrganisationId>>,
    /// Whatever province when absent.
    pub provinces: Option<Vec<String>>,
}

/// Which cases the register shows to `actor`: those within any of the limits. What is the reader's own is left out by
/// whoever asks the database.
///
/// # Errors
/// The denial to answer with.
pub fn register(actor: &Actor) -> Result<Vec<RegisterLimit>, Denial> {
    match actor {
        Actor::Anonymous => Err(Denial::Unauthenticated),
        Actor::System => Ok(vec![RegisterLimit::default()]),
        Actor::Account(account) => {
            let grants = account.grants.iter().filter(|one| Role::REGISTER.contains(&one.role));
            let grants: Vec<RoleGrant> = grants.cloned().collect();
            if grants.is_empty() {
                return Err(Denial::Forbidden);
            }
            let limit = |grant: &RoleGrant| RegisterLimit {
                organisations: grant.organisation_id.map(|id| account.reach.of(id).collect()),
                provinces: grant.province_code.clone().map(|code| vec![code]),
            };
            Ok(RoleGrant::broadest(&grants).into_iter().map(limit).collect())
        }
        Actor::Client(client) => {
            if !client.has(ClientScope::CasesRead) {
                return Err(Denial::Forbidden);
            }
            let organisations = Some(client.organisations_below());
            let provinces = Some(client.access.provinces.clone());
            Ok(vec![
                RegisterLimit { organisations, provinces: None },
                RegisterLimit { organisations: None, provinces },
            ])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{AccountActor, Reach, RoleGrant};
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
            reach: Reach::default(),
        })
    }

    #[test]
    fn an_auditor_reads_the_audit_and_nothing_else() {
        for action in PlatformAction::ALL {
            let may = may(&with(Role::Auditor, None), action, None);
            assert_eq!(may.is_ok(), action == PlatformAction::ReadAudit);
        }
    }

    #[test]
    fn only_an_administrator_of_everything_may() {
        for action in PlatformAction::ALL {
            assert!(may(&with(Role::Administrator, None), action, None).is_ok());
            assert_eq!(
                may(&with(Role::Administrator, Some("01")), action, None),
                Err(Denial::Forbidden)
            );
            assert_eq!(may(&with(Role::Publisher, None), action, None), Err(Denial::Forbidden));
            assert_eq!(may(&Actor::Anonymous, action, None), Err(Denial::Unauthenticated));
            assert!(may(&Actor::System, action, None).is_ok());
        }
    }
}
