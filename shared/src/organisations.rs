//! Organisations as the API shows them, their members, and requests to join.

mod lineage;

use chrono::{DateTime, NaiveDate, Utc};
use nq57_core::patch::given;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, JoinRequestId, OrganisationId};
use crate::problem::FieldCode;
use crate::text;
use crate::validate::{Validate, Violations, is_tax_code, reads_as_link};

pub use lineage::{
    Lineage, OFFICIAL_CODE_MAX, OrganisationName, SUCCESSORS_MAX, Succession, SuccessorDraft,
    SuccessorsDraft, is_code, normalise_code,
};

/// What sort of organisation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    PartyBody,
    Ministry,
    Province,
    Department,
    Enterprise,
    Institute,
    University,
    Cooperative,
    Association,
    Other,
}

nq57_core::stable_texts! {
    OrganisationKind {
        PartyBody = "party_body", Ministry = "ministry", Province = "province",
        Department = "department", Enterprise = "enterprise", Institute = "institute",
        University = "university", Cooperative = "cooperative", Association = "association",
        Other = "other",
    }
    JoinRequestState { Pending = "pending", Approved = "approved", Declined = "declined" }
}

impl OrganisationKind {
    /// Whether it is an agency of the state or the Party, which always has a code.
    #[must_use]
    pub const fn is_agency(self) -> bool {
        matches!(self, Self::PartyBody | Self::Ministry | Self::Province | Self::Department)
    }
}

/// What is typed about an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"name": "Công ty TNHH Công nghệ Đồng Bưng", "kind": "enterprise", "tax_code": "0312345678", "province_code": "92"})))]
#[serde(deny_unknown_fields)]
pub struct OrganisationDraft {
    /// Full name.
    #[cfg_attr(feature = "openapi", schema(example = "Công ty TNHH Công nghệ Đồng Bưng"))]
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Tax code, 10 digits or 10 and 3.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "0312345678"))]
    pub tax_code: Option<String>,
    /// Code of the reference list `provinces`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "92"))]
    pub province_code: Option<String>,
    /// Code of the agency, as in the electronic document exchange: letters, digits, dots. Needed for agencies
    /// of the state and the Party. For administrators.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "G22.01"))]
    pub code: Option<String>,
    /// The organisation above this one. For administrators.
    #[serde(default)]
    pub parent_id: Option<OrganisationId>,
    /// First day on which it exists; always when absent. For administrators.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it exists; without end when absent. For administrators.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

impl Validate for OrganisationDraft {
    fn normalise(&mut self) {
        self.name = text::name(&self.name);
        self.tax_code =
            self.tax_code.take().map(|code| text::line(&code)).filter(|code| !code.is_empty());
        self.province_code = self.province_code.take().filter(|code| !code.is_empty());
        self.code =
            self.code.take().map(|code| normalise_code(&code)).filter(|code| !code.is_empty());
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/name", &self.name, 2, 200);
        if reads_as_link(&self.name) {
            violations.add("/name", FieldCode::InvalidFormat);
        }
        if self.tax_code.as_deref().is_some_and(|code| !is_tax_code(code)) {
            violations.add("/tax_code", FieldCode::InvalidFormat);
        }
        match self.code.as_deref() {
            Some(code) if !is_code(code) => violations.add("/code", FieldCode::InvalidFormat),
            None if self.kind.is_agency() => violations.add("/code", FieldCode::Required),
            _ => {}
        }
        violations.day("/valid_from", self.valid_from);
        violations.day("/valid_to", self.valid_to);
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to)
            && to < from
        {
            violations.add("/valid_to", FieldCode::Inconsistent);
        }
    }
}

/// Changes to an organisation (merge patch: what is absent stays, `null` empties).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrganisationPatch {
    /// Full name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<OrganisationKind>,
    /// Tax code, 10 digits or 10 and 3.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub tax_code: Option<Option<String>>,
    /// Code of the reference list `provinces`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub province_code: Option<Option<String>>,
    /// Code of the agency. For administrators.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "G22.01"))]
    pub code: Option<Option<String>>,
    /// The organisation above this one. For administrators.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<OrganisationId>))]
    pub parent_id: Option<Option<OrganisationId>>,
    /// First day on which it exists. For administrators.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NaiveDate>))]
    pub valid_from: Option<Option<NaiveDate>>,
    /// Last day on which it exists. For administrators.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NaiveDate>))]
    pub valid_to: Option<Option<NaiveDate>>,
}

impl OrganisationPatch {
    /// What the organisation becomes.
    #[must_use]
    pub fn applied_to(self, before: &Organisation) -> OrganisationDraft {
        OrganisationDraft {
            name: self.name.unwrap_or_else(|| before.name.clone()),
            kind: self.kind.unwrap_or(before.kind),
            tax_code: self.tax_code.unwrap_or_else(|| before.tax_code.clone()),
            province_code: self.province_code.unwrap_or_else(|| before.province_code.clone()),
            code: self.code.unwrap_or_else(|| before.code.clone()),
            parent_id: self.parent_id.unwrap_or(before.parent_id),
            valid_from: self.valid_from.unwrap_or(before.valid_from),
            valid_to: self.valid_to.unwrap_or(before.valid_to),
        }
    }
}

/// The whole is checked after it was applied; only then can all rules be seen.
impl Validate for OrganisationPatch {
    fn check(&self, _: &mut Violations) {}
}

/// An organisation. Everybody may see it; it holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organisation {
    /// Identifies the organisation.
    pub id: OrganisationId,
    /// Full name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Tax code, 10 digits or 10 and 3.
    pub tax_code: Option<String>,
    /// Code of the reference list `provinces`.
    pub province_code: Option<String>,
    /// Code of the agency, as in the electronic document exchange.
    pub code: Option<String>,
    /// The organisation above this one.
    pub parent_id: Option<OrganisationId>,
    /// First day on which it exists; always when absent.
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it exists; without end when absent.
    pub valid_to: Option<NaiveDate>,
    /// Whether an administrator has confirmed that it exists.
    pub is_verified: bool,
    /// Grows with each change; its quoted form is the `ETag`.
    pub revision: u64,
}

impl Organisation {
    /// Whether the day lies after its last one: it keeps its name in what was, and gets nothing new.
    #[must_use]
    pub fn has_ended(&self, day: NaiveDate) -> bool {
        self.valid_to.is_some_and(|last| last < day)
    }
}

/// A member, as managers and administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// The account of the member.
    pub account_id: AccountId,
    /// The name that others see.
    pub display_name: String,
    /// The address of the account.
    pub email: String,
    /// Whether the member answers join requests and removes members.
    pub is_manager: bool,
    /// When membership began.
    pub joined_at: DateTime<Utc>,
}

/// A wish to join.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JoinRequestDraft {
    /// Who one is there, for the manager who answers.
    #[serde(default)]
    pub message: String,
}

impl Validate for JoinRequestDraft {
    fn normalise(&mut self) {
        self.message = text::block(&self.message);
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/message", &self.message, 0, 500);
    }
}

/// Where a join request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JoinRequestState {
    Pending,
    Approved,
    Declined,
}

/// A request to join an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JoinRequest {
    /// Identifies the request.
    pub id: JoinRequestId,
    /// The organisation to join.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// The account that asks.
    pub account_id: AccountId,
    /// The name of who asks.
    pub display_name: String,
    /// What the asking person wrote.
    pub message: String,
    /// Whether it has been answered, and how.
    pub state: JoinRequestState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// The answer to a join request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JoinRequestAnswer {
    /// `true` makes a member, `false` declines.
    pub approve: bool,
    /// Whether the new member may answer requests too.
    #[serde(default)]
    pub is_manager: bool,
}

impl Validate for JoinRequestAnswer {
    fn check(&self, _: &mut Violations) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_tells_null_from_absent() {
        let before = Organisation {
            id: OrganisationId(uuid::Uuid::nil()),
            name: "Viện Thử".into(),
            kind: OrganisationKind::Institute,
            tax_code: Some("0312345678".into()),
            province_code: Some("92".into()),
            code: None,
            parent_id: None,
            valid_from: None,
            valid_to: None,
            is_verified: false,
            revision: 1,
        };
        let patch: OrganisationPatch =
            serde_json::from_str(r#"{"name": "Viện Mới", "tax_code": null}"#).unwrap();
        let after = patch.applied_to(&before);
        assert_eq!(after.name, "Viện Mới");
        assert_eq!(after.tax_code, None);
        assert_eq!(after.province_code.as_deref(), Some("92"));
        assert!(serde_json::from_str::<OrganisationPatch>(r#"{"is_verified": true}"#).is_err());
    }
}
