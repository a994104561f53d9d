//! The roles: what an account may be trusted with, how far each may reach, which exclude each other.

use serde::{Deserialize, Serialize};

/// How a grant of a role may be limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Not at all: the role is about the whole country.
    Nowhere,
    /// To a province or an organisation, or not.
    Optional,
    /// It must be, to a province or to an organisation.
    Needed,
    /// It must be, to an organisation: the role acts for a unit.
    Organisation,
}

macro_rules! roles {
    ($( $(#[doc = $doc:literal])+ $role:ident = $text:literal, $limit:ident; )+) => {
        /// What an account may be trusted with. Being a submitter needs no role.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Role { $( $(#[doc = $doc])+ $role, )+ }

        impl Role {
            /// All roles, in the order in which the interface lists them.
            pub const ALL: [Self; [$( Self::$role ),+].len()] = [$( Self::$role ),+];

            /// The stable text of the role.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $( Self::$role => $text, )+ } }

            /// How a grant of the role may be limited.
            #[must_use]
            pub const fn limit(self) -> Limit { match self { $( Self::$role => Limit::$limit, )+ } }
        }
    };
}

roles! {
    /// Manages accounts, grants, organisations and reads the audit.
    Administrator = "administrator", Nowhere;
    /// Checks the eligibility of submissions (*xét tính hợp lệ*).
    IntakeOfficer = "intake_officer", Optional;
    /// Opens evaluations and leads their panels.
    PanelChair = "panel_chair", Optional;
    /// Scores as a member of a panel.
    Evaluator = "evaluator", Optional;
    /// Decides and publishes.
    Publisher = "publisher", Optional;
    /// Routes cases to the units that answer them.
    Coordinator = "coordinator", Optional;
    /// Works on the cases of a unit and drafts its answers.
    CaseHandler = "case_handler", Organisation;
    /// Signs the answers of a unit; never one's own draft.
    CaseSigner = "case_signer", Organisation;
    /// Decides about reported posts of discussions.
    Moderator = "moderator", Optional;
    /// Advises as a member of a council or committee.
    CouncilMember = "council_member", Optional;
    /// Advises on what lies within the own field.
    Expert = "expert", Optional;
    /// Reads the register, the files of cases and the audit; changes nothing.
    Auditor = "auditor", Nowhere;
    /// Enters the figures of a unit or a province.
    Reporter = "reporter", Needed;
    /// Approves the figures of a unit or a province; never one's own.
    UnitApprover = "unit_approver", Needed;
    /// Accepts or returns approved figures.
    Verifier = "verifier", Optional;
    /// Keeps indicators, targets, tasks and calendars.
    SteeringOffice = "steering_office", Nowhere;
    /// Reads accepted figures and asks units to explain.
    Leader = "leader", Optional;
}

impl Role {
    /// Roles that look into the register of all cases: who only scores sees panels.
    pub const REGISTER: [Self; 5] = [
        Self::Administrator,
        Self::IntakeOfficer,
        Self::PanelChair,
        Self::Publisher,
        Self::Auditor,
    ];

    /// The role of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether nobody holds both: who audits acts in no other role.
    #[must_use]
    pub fn excludes(self, other: Self) -> bool {
        self != other && (self == Self::Auditor || other == Self::Auditor)
    }
}

#[cfg(feature = "columns")]
crate::stored_as!(Role, String, |role| role.as_str().to_owned(), |text| Role::parse(text));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_comes_back_from_its_text_and_serde_says_the_same() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }

    #[test]
    fn an_auditor_holds_no_other_role_and_all_others_go_together() {
        for role in Role::ALL {
            for other in Role::ALL {
                let audits = (role == Role::Auditor) != (other == Role::Auditor);
                assert_eq!(role.excludes(other), audits);
            }
        }
    }
}
