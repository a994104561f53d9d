//! Who may do what: the vocabulary. The decisions stand in the `policy` of each domain.

mod allowed;
pub mod policy;

use serde::{Deserialize, Serialize};

pub use allowed::{Allowed, Decision};

use crate::ids::{AccountId, OrganisationId};
use crate::problem::ProblemCode;

/// What an account may be trusted with. Being a submitter needs no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages accounts, grants, organisations and reads the audit.
    Administrator,
    /// Checks the eligibility of submissions (*xét tính hợp lệ*).
    IntakeOfficer,
    /// Opens evaluations and leads their panels.
    PanelChair,
    /// Scores as a member of a panel.
    Evaluator,
    /// Decides and publishes.
    Publisher,
}

impl Role {
    /// All roles, in the order in which the interface lists them.
    pub const ALL: [Self; 5] = [
        Self::Administrator,
        Self::IntakeOfficer,
        Self::PanelChair,
        Self::Evaluator,
        Self::Publisher,
    ];

    /// Roles that look into the register of cases: who only scores sees panels.
    pub const REGISTER: [Self; 4] =
        [Self::Administrator, Self::IntakeOfficer, Self::PanelChair, Self::Publisher];

    /// The stable text of the role.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::IntakeOfficer => "intake_officer",
            Self::PanelChair => "panel_chair",
            Self::Evaluator => "evaluator",
            Self::Publisher => "publisher",
        }
    }

    /// The role of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// A role in force for the caller, perhaps limited to one province or organisation.
///
/// `None` in a limit means everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleGrant {
    /// The role.
    pub role: Role,
    /// Only things of this organisation.
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
            account.grants.iter().any(|grant| grant.role == role && grant.covers(scope))
        })
    }

    /// Whether the person is an active member of the organisation.
    #[must_use]
    pub fn is_member_of(&self, organisation: OrganisationId) -> bool {
        self.account().is_some_and(|account| account.organisations.contains(&organisation))
    }
}

impl RoleGrant {
    /// Whether the limits of the grant include a thing with this scope.
    #[must_use]
    pub fn covers(&self, scope: Scope<'_>) -> bool {
        self.organisation_id.is_none_or(|wanted| scope.organisation_id == Some(wanted))
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
        }
    }
}
