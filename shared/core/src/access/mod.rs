//! Who may do what: the vocabulary. The decisions stand in the `policy` of each domain.

mod allowed;
mod client;
pub mod policy;
mod reach;
mod role;

use serde::{Deserialize, Serialize};

pub use allowed::{Allowed, Decision};
pub use client::{ClientAccess, ClientActor, ClientScope};
pub use reach::Reach;
pub use role::{Limit, Role};

use crate::ids::{AccountId, OrganisationId};
use crate::problem::ProblemCode;

/// A role in force for the caller, perhaps limited to one province or organisation.
///
/// `None` in a limit means everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleGrant {
    /// The role.
    pub role: Role,
    /// Only things of this organisation and of those below it.
    pub organisation_id: Option<OrganisationId>,
    /// Only things of this province.
    pub province_code: Option<String>,
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has signed in.
    Anonymous,
    /// The platform itself: jobs and effects.
    System,
    /// A signed-in person.
    Account(AccountActor),
    /// A program of an organisation. It never acts as a person: it signs, judges and decides nothing.
    Client(ClientActor),
}

/// A signed-in person with everything that decisions need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountActor {
    pub id: AccountId,
    pub email_verified: bool,
    pub grants: Vec<RoleGrant>,
    /// Organisations this person is an active member of.
    pub organisations: Vec<OrganisationId>,
    /// What stands below the organisations of the grants.
    pub reach: Reach,
}

/// What a thing offers to be matched with the limits of a grant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    pub organisation_id: Option<OrganisationId>,
    pub province_code: Option<&'a str>,
}

impl Actor {
    /// The account, if somebody signed in.
    #[must_use]
    pub const fn account(&self) -> Option<&AccountActor> {
        match self {
            Self::Account(account) => Some(account),
            Self::Anonymous | Self::System | Self::Client(_) => None,
        }
    }

    /// The client, if it is one.
    #[must_use]
    pub const fn client(&self) -> Option<&ClientActor> {
        match self {
            Self::Client(client) => Some(client),
            Self::Anonymous | Self::System | Self::Account(_) => None,
        }
    }

    /// The denial of what only a person may do, to whoever is none.
    #[must_use]
    pub const fn person_needed(&self) -> Denial {
        match self {
            Self::Client(_) => Denial::Forbidden,
            Self::Anonymous | Self::System | Self::Account(_) => Denial::Unauthenticated,
        }
    }

    /// The id of the account, if somebody signed in.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        self.account().map(|account| account.id)
    }

    /// Whether the platform itself is acting.
    #[must_use]
    pub const fn is_system(&self) -> bool {
        matches!(self, Self::System)
    }

    /// Whether the role is held anywhere.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        self.account().is_some_and(|account| account.grants.iter().any(|grant| grant.role == role))
    }

    /// Whether the role is held for a thing with this scope.
    #[must_use]
    pub fn has_role_for(&self, role: Role, scope: Scope<'_>) -> bool {
        self.account().is_some_and(|account| {
            account
                .grants
                .iter()
                .any(|grant| grant.role == role && grant.covers(scope, &account.reach))
        })
    }

    /// Whether the person is an active member of the organisation.
    #[must_use]
    pub fn is_member_of(&self, organisation: OrganisationId) -> bool {
        self.account().is_some_and(|account| account.organisations.contains(&organisation))
    }
}

impl RoleGrant {
    /// Those that no other one of the same role covers.
    #[must_use]
    pub fn broadest(grants: &[Self]) -> Vec<&Self> {
        let covers = |broad: &Self, narrow: &Self| {
            broad.role == narrow.role
                && broad.organisation_id.is_none_or(|id| narrow.organisation_id == Some(id))
                && (broad.province_code.is_none() || broad.province_code == narrow.province_code)
        };
        grants
            .iter()
            .enumerate()
            .filter(|(place, grant)| {
                !grants.iter().enumerate().any(|(other, broad)| {
                    other != *place
                        && covers(broad, grant)
                        && (!covers(grant, broad) || other < *place)
                })
            })
            .map(|(_, grant)| grant)
            .collect()
    }

    /// Whether the limits of the grant include a thing with this scope, when this stands below what.
    #[must_use]
    pub fn covers(&self, scope: Scope<'_>, reach: &Reach) -> bool {
        let is_within = |above| scope.organisation_id.is_some_and(|one| reach.covers(above, one));
        self.organisation_id.is_none_or(is_within)
            && self
                .province_code
                .as_deref()
                .is_none_or(|wanted| scope.province_code == Some(wanted))
    }
}

/// Why something is not permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Nobody has signed in and somebody must: 401.
    Unauthenticated,
    /// The caller may not know that the thing exists: 404.
    Hidden,
    /// The caller may know it and may not do this: 403.
    Forbidden,
    /// The address of the account is not verified: 403.
    EmailUnverified,
    /// Who audits reads and does nothing else: 403.
    ReadsOnly,
}

impl Denial {
    /// The problem it is answered with.
    #[must_use]
    pub const fn code(self) -> ProblemCode {
        match self {
            Self::Unauthenticated => ProblemCode::Unauthenticated,
            Self::Hidden => ProblemCode::NotFound,
            Self::Forbidden => ProblemCode::Forbidden,
            Self::EmailUnverified => ProblemCode::EmailUnverified,
            Self::ReadsOnly => ProblemCode::AuditorReadsOnly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: Role, province: Option<&str>) -> RoleGrant {
        RoleGrant { role, organisation_id: None, province_code: province.map(str::to_owned) }
    }

    #[test]
    fn a_grant_that_another_one_covers_asks_nothing_of_its_own() {
        let grants = [
            grant(Role::IntakeOfficer, Some("92")),
            grant(Role::IntakeOfficer, None),
            grant(Role::IntakeOfficer, None),
            grant(Role::Publisher, Some("01")),
        ];
        assert_eq!(RoleGrant::broadest(&grants), [&grants[1], &grants[3]]);
    }
}
