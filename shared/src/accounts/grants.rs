//! Roles given to accounts, and how each may be limited.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::access::{Limit, Role, RoleGrant};
use crate::ids::{GrantId, OrganisationId};
use crate::problem::FieldCode;
use crate::validate::{Validate, Violations};

/// A role given to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// Identifies the grant.
    pub id: GrantId,
    #[serde(flatten)]
    pub role: RoleGrant,
    /// The name of the organisation that it is limited to.
    pub organisation_name: Option<String>,
    /// When it was given.
    pub granted_at: DateTime<Utc>,
    /// First day on which it is no longer in force.
    pub expires_on: Option<NaiveDate>,
}

/// A role to be given.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantDraft {
    /// The role.
    pub role: Role,
    /// Only for things of this organisation and of those below it. Roles that act for a unit need it.
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
    /// Only for things of this province; everywhere when absent.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    pub province_code: Option<String>,
    /// First day on which it is no longer in force; without end when absent.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
}

impl Validate for GrantDraft {
    fn check(&self, violations: &mut Violations) {
        if let Some(code) = &self.province_code
            && (code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()))
        {
            violations.add("/province_code", FieldCode::UnknownValue);
        }
        violations.day("/expires_on", self.expires_on);
        let (organisation, province) = (&self.organisation_id, &self.province_code);
        match self.role.limit() {
            // Who gives roles could lift the limit; who audits looks at the whole.
            Limit::Nowhere => {
                if organisation.is_some() {
                    violations.add("/organisation_id", FieldCode::NotAllowed);
                }
                if province.is_some() {
                    violations.add("/province_code", FieldCode::NotAllowed);
                }
            }
            Limit::Organisation => {
                if organisation.is_none() {
                    violations.add("/organisation_id", FieldCode::Required);
                }
                if province.is_some() {
                    violations.add("/province_code", FieldCode::NotAllowed);
                }
            }
            // Both would hold only where they agree, which is less than either says.
            Limit::Optional | Limit::Needed if organisation.is_some() && province.is_some() => {
                violations.add("/organisation_id", FieldCode::Inconsistent);
            }
            Limit::Needed if organisation.is_none() && province.is_none() => {
                violations.add("/organisation_id", FieldCode::Required);
            }
            Limit::Optional | Limit::Needed => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::problem::FieldCode::{Inconsistent, NotAllowed, Required};

    #[test]
    fn each_role_has_the_limits_that_it_needs() {
        let found = |role: Role, with_organisation: bool, with_province: bool| {
            let draft = GrantDraft {
                role,
                organisation_id: with_organisation.then_some(OrganisationId(Uuid::nil())),
                province_code: with_province.then(|| "92".to_owned()),
                expires_on: None,
            };
            let found = draft.violations().0.into_iter().next();
            found.map(|one| (one.pointer.trim_start_matches('/').to_owned(), one.code))
        };
        let (unit, province) = ("organisation_id", "province_code");
        for (role, organisation_alone, province_alone, both, none) in [
            (Role::Evaluator, None, None, Some((unit, Inconsistent)), None),
            (
                Role::Auditor,
                Some((unit, NotAllowed)),
                Some((province, NotAllowed)),
                Some((unit, NotAllowed)),
                None,
            ),
            (
                Role::CaseHandler,
                None,
                Some((unit, Required)),
                Some((province, NotAllowed)),
                Some((unit, Required)),
            ),
            (Role::Reporter, None, None, Some((unit, Inconsistent)), Some((unit, Required))),
        ] {
            let name = |one: Option<(&str, FieldCode)>| one.map(|(at, code)| (at.to_owned(), code));
            assert_eq!(found(role, true, false), name(organisation_alone), "{role:?}");
            assert_eq!(found(role, false, true), name(province_alone), "{role:?}");
            assert_eq!(found(role, true, true), name(both), "{role:?}");
            assert_eq!(found(role, false, false), name(none), "{role:?}");
        }
    }
}
