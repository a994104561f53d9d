//! Cases that go over to the office, or to the organisation, that has taken the place of another one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{AccountId, OrganisationId};
use crate::problem::FieldCode;
use crate::text::{self, REASON_MAX};
use crate::validate::{Validate, Violations};

/// Cases that go over by one request.
pub const HANDOVER_MOST: u64 = 500;

/// Whose cases: those of an organisation, or those of the office of a province. One of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// The organisation that has sent them, or for which work waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// The province whose office handles them, of the reference list `provinces`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "92"))]
    pub province_code: Option<String>,
}

/// What goes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "from": {"province_code": "92"},
        "to": {"province_code": "01"},
        "reason": "Sáp nhập theo nghị quyết của Quốc hội."
    }))
)]
#[serde(deny_unknown_fields)]
pub struct HandoverDraft {
    /// What has ended.
    pub from: Office,
    /// What has taken its place: a successor of the organisation, or a province that exists.
    pub to: Office,
    /// Why, for whoever reads the history of a case.
    pub reason: String,
    /// Also the cases in which nobody has to act any more.
    #[serde(default)]
    pub include_closed: bool,
}

impl Validate for HandoverDraft {
    fn normalise(&mut self) {
        self.reason = text::block(&self.reason);
    }

    fn check(&self, violations: &mut Violations) {
        let (from, to) = (&self.from, &self.to);
        if from.organisation_id.is_some() == from.province_code.is_some() {
            violations.add("/from", FieldCode::Inconsistent);
        }
        if from.organisation_id.is_some() != to.organisation_id.is_some()
            || from.province_code.is_some() != to.province_code.is_some()
        {
            violations.add("/to", FieldCode::Inconsistent);
        }
        violations.text("/reason", &self.reason, 1, REASON_MAX);
    }
}

/// What has gone over, and what has not yet: the same request sent again goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandoverProgress {
    /// Cases that went over by this request, with drafts that the organisation has never sent; at most 500.
    pub moved: u64,
    /// Cases and drafts that are left. Nobody counts further than 10,000.
    pub left: u64,
    /// There are more left than were counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

/// That a case went over. Nothing erases it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handover {
    /// Identifies it.
    pub id: Uuid,
    /// When it went over.
    pub at: DateTime<Utc>,
    /// Who had it before.
    pub from: Office,
    /// Who has it since.
    pub to: Office,
    /// The administrator who did it.
    pub by: Option<AccountId>,
    /// Why it went over, as the administrator wrote it.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(from: &str, to: &str) -> Vec<String> {
        let office = |text: &str| serde_json::from_str::<Office>(text).expect("an office");
        let draft = HandoverDraft {
            from: office(from),
            to: office(to),
            reason: "Sáp nhập.".to_owned(),
            include_closed: false,
        };
        let mut violations = Violations::new();
        draft.check(&mut violations);
        violations.0.into_iter().map(|one| one.pointer).collect()
    }

    #[test]
    fn an_organisation_follows_an_organisation_and_a_province_a_province() {
        let one = r#"{"organisation_id": "00000000-0000-0000-0000-000000000001"}"#;
        let both =
            r#"{"organisation_id": "00000000-0000-0000-0000-000000000001", "province_code": "01"}"#;
        let province = r#"{"province_code": "92"}"#;
        assert!(wrong(one, one).is_empty() && wrong(province, province).is_empty());
        assert_eq!(wrong(one, province), ["/to"]);
        assert_eq!(wrong("{}", "{}"), ["/from"]);
        assert_eq!(wrong(both, both), ["/from"]);
    }
}
