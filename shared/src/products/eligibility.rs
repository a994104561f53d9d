//! The eligibility check: one verdict for each question of the checklist, as the API takes and shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::reference::CODE_MAX;
use crate::text;
use crate::text::REASON_MAX;
use crate::validate::{Validate, Violations};

/// The conclusion on one item of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    Fail,
    /// The submitter is asked.
    Ask,
}

nq57_core::stable_texts! {
    Verdict { Pass = "pass", Fail = "fail", Ask = "ask" }
}

/// One item of the eligibility checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EligibilityItem {
    /// Code of the reference list `eligibility_checklist`.
    #[cfg_attr(feature = "openapi", schema(example = "owner_identified"))]
    pub code: String,
    /// What the intake officer found.
    pub verdict: Verdict,
    /// The submitter reads it; needed for `fail` and `ask`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The verdicts of an intake officer; items left out have none yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordEligibility {
    /// The items with a verdict.
    pub items: Vec<EligibilityItem>,
}

impl Validate for RecordEligibility {
    fn normalise(&mut self) {
        for item in &mut self.items {
            item.note = item.note.take().map(|n| text::block(&n)).filter(|n| !n.is_empty());
        }
    }

    fn check(&self, violations: &mut Violations) {
        violations.count("/items", self.items.len(), 0, 100);
        let codes = self.items.iter().map(|item| &item.code);
        violations.unique(codes, |i| format!("/items/{i}/code"));
        for (i, item) in self.items.iter().enumerate() {
            violations.text(format!("/items/{i}/code"), &item.code, 1, CODE_MAX);
            let least = usize::from(item.verdict != Verdict::Pass);
            let note = item.note.as_deref().unwrap_or_default();
            violations.text(format!("/items/{i}/note"), note, least, REASON_MAX);
        }
    }
}

/// The eligibility check of the version shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EligibilityCheck {
    /// Number of the version that is checked.
    pub version: u32,
    /// All items of the checklist, in its order.
    pub items: Vec<EligibilityItem>,
    /// Whether every item of the checklist has a verdict.
    pub is_complete: bool,
    /// When verdicts were last recorded.
    pub recorded_at: Option<DateTime<Utc>>,
    /// Of the product, for the next `If-Match`.
    pub revision: u64,
}
