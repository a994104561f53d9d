//! What tells organisations apart and ties them together: codes, the tree, what became of which.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::OrganisationId;
use crate::problem::FieldCode;
use crate::text;
use crate::validate::{Validate, Violations};

/// Most characters of a code; those of the electronic document exchange have at most 35.
pub const OFFICIAL_CODE_MAX: usize = 35;
/// Most organisations that one becomes.
pub const SUCCESSORS_MAX: usize = 20;

/// The form in which codes are compared and kept: `g22.01` and `Ｇ２２.01` are `G22.01`.
#[must_use]
pub fn normalise_code(code: &str) -> String {
    text::code(code)
}

/// Groups of letters and digits between dots or hyphens, such as `G22`, `H26.01.05` or `BKHCN`.
#[must_use]
pub fn is_code(code: &str) -> bool {
    let is_group = |group: &str| {
        !group.is_empty() && group.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    (2..=OFFICIAL_CODE_MAX).contains(&code.len()) && code.split(['.', '-']).all(is_group)
}

/// An organisation as others name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganisationName {
    /// Identifies the organisation.
    pub id: OrganisationId,
    /// Full name.
    pub name: String,
    /// Code of the agency.
    pub code: Option<String>,
}

/// An organisation that became another one, or what it became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Succession {
    /// The other one.
    pub organisation: OrganisationName,
    /// The day on which it happened.
    pub on: NaiveDate,
}

/// Where an organisation stands: in the tree and in time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lineage {
    /// What is above, the nearest first.
    pub above: Vec<OrganisationName>,
    /// What it came from.
    pub predecessors: Vec<Succession>,
    /// What it became.
    pub successors: Vec<Succession>,
}

/// A successor to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SuccessorDraft {
    /// What the organisation became.
    pub organisation_id: OrganisationId,
    /// The day on which it happened.
    pub on: NaiveDate,
}

/// All successors of an organisation, in the place of those before: one after a merger, several after a split.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SuccessorsDraft {
    /// Each once; none takes all away.
    #[cfg_attr(feature = "openapi", schema(example = json!([]), max_items = 20))]
    pub successors: Vec<SuccessorDraft>,
}

impl Validate for SuccessorsDraft {
    fn check(&self, violations: &mut Violations) {
        if self.successors.len() > SUCCESSORS_MAX {
            violations.add_limit("/successors", FieldCode::TooMany, SUCCESSORS_MAX);
        }
        let mut seen = BTreeSet::new();
        for (place, one) in self.successors.iter().enumerate().take(SUCCESSORS_MAX) {
            violations.day(format!("/successors/{place}/on"), one.on);
            if !seen.insert(one.organisation_id) {
                let pointer = format!("/successors/{place}/organisation_id");
                violations.add(pointer, FieldCode::Duplicate);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisations::OrganisationDraft;

    #[test]
    fn a_code_is_folded_and_an_agency_has_one() {
        assert_eq!(normalise_code(" g22.01 "), "G22.01");
        for good in ["G22", "H26.01.05", "000.00.01.H26", "BKHCN", "P01-2"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["G", "", "G22.", ".G22", "G22..1", "G 22", "Bộ", "g22", &"A".repeat(36)] {
            assert!(!is_code(bad), "{bad}");
        }
        let codes = |kind: &str, code: Option<&str>| {
            let body = serde_json::json!({ "name": "Sở Thử", "kind": kind, "code": code });
            let mut draft: OrganisationDraft = serde_json::from_value(body).unwrap();
            draft.normalise();
            draft.violations().0.into_iter().map(|one| one.code).collect::<Vec<_>>()
        };
        assert_eq!(codes("department", None), [FieldCode::Required]);
        assert_eq!(codes("department", Some("h26.01")), []);
        assert_eq!(codes("enterprise", None), []);
        assert_eq!(codes("enterprise", Some("a b")), [FieldCode::InvalidFormat]);
    }
}
