//! Who may do what: the vocabulary. The decisions stand in the `policy` of each domain.

mod allowed;
pub mod policy;
mod reach;
mod role;

use serde::{Deserialize, Serialize};

pub use allowed::{Allowed, Decision};
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
            Self::Anonymous | Self::System => None,
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
