//! Reference data: lists of coded entries with validity and source, and the typed reading of those
//! that carry more than a name.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::language::Bilingual;
use crate::problem::FieldCode;
use crate::text;
use crate::validate::{Validate, Violations};

/// Most characters of a code of a list.
pub const CODE_MAX: usize = 100;
/// Where all lists are named.
pub const REFERENCE: &str = "/api/v1/reference";

/// A list without its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReferenceSummary {
    /// The name of the list, for example `provinces`.
    pub list: String,
    /// Which edition of its source it follows.
    pub version: String,
    /// Its title.
    pub title: Bilingual,
    /// Where the list comes from.
    pub source: String,
    /// How many entries it has, expired ones included.
    pub entries: u64,
}

/// The names of all lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReferenceLists {
    /// The lists.
    pub items: Vec<ReferenceSummary>,
}

/// A list with its entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReferenceList {
    /// Its name in the address.
    pub list: String,
    /// Which edition of its source it follows.
    pub version: String,
    /// Its title.
    pub title: Bilingual,
    /// Where it comes from.
    pub source: String,
    /// What belongs to the whole list, for example the regions of the provinces.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extra: Map<String, Value>,
    /// In the order in which they are offered; expired ones stay, so that old records can be read.
    pub entries: Vec<ReferenceEntry>,
}

/// One coded entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReferenceEntry {
    /// The code that other records carry.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// The first day on which it may be chosen; always, when `null`.
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it may be chosen; without end, when `null`.
    pub valid_to: Option<NaiveDate>,
    /// Where the entry comes from.
    pub source: String,
    /// Entries are offered in this order.
    pub sort: i32,
    /// What only this list knows.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extra: Map<String, Value>,
}

/// A list without its entries, as the change feed shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReferenceHead {
    /// Its name in the address.
    pub list: String,
    /// Which edition of its source it follows.
    pub version: String,
    /// Its title.
    pub title: Bilingual,
    /// Where it comes from.
    pub source: String,
    /// What belongs to the whole list, for example the regions of the provinces.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extra: Map<String, Value>,
}

/// An entry with its list, as the change feed shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReferenceRecord {
    /// The list that it belongs to.
    pub list: String,
    /// The entry.
    #[serde(flatten)]
    pub entry: ReferenceEntry,
}

impl ReferenceEntry {
    /// Whether it may be chosen on `day`.
    #[must_use]
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    /// A member of `extra`, read as `T`; `None` when it is absent or of another form.
    #[must_use]
    pub fn extra_as<T: serde::de::DeserializeOwned>(&self, member: &str) -> Option<T> {
        self.extra.get(member).and_then(|value| T::deserialize(value).ok())
    }
}

impl ReferenceList {
    /// The entry with this code, valid or not.
    #[must_use]
    pub fn entry(&self, code: &str) -> Option<&ReferenceEntry> {
        self.entries.iter().find(|entry| entry.code == code)
    }

    /// The entries that may be chosen on `day`, in their order.
    pub fn valid_on(&self, day: NaiveDate) -> impl Iterator<Item = &ReferenceEntry> {
        self.entries.iter().filter(move |entry| entry.is_valid_on(day))
    }
}

/// How a panel scores: an entry of the list `rubrics`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rubric {
    /// Its code in the list `rubrics`.
    pub id: String,
    /// Its name.
    pub name: Bilingual,
    /// Which edition it is.
    pub version: String,
    /// Percent of the weighted total from which the panel may recommend publication.
    pub pass_mark: u32,
    /// What is scored.
    pub criteria: Vec<Criterion>,
}

/// One criterion of a rubric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Criterion {
    /// Its code within the rubric.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// What low, middle and high scores mean.
    #[serde(default)]
    pub hint: Bilingual,
    /// The highest score; the lowest is 0.
    pub max: u32,
    /// Percent; all weights of a rubric add up to 100.
    pub weight: u32,
}

impl Rubric {
    /// The rubric that an entry of the list `rubrics` describes; `None` when it describes none.
    #[must_use]
    pub fn read(entry: &ReferenceEntry) -> Option<Self> {
        Some(Self {
            id: entry.code.clone(),
            name: entry.name.clone(),
            version: entry.extra_as("version")?,
            pass_mark: entry.extra_as("pass_mark")?,
            criteria: entry.extra_as("criteria")?,
        })
    }

    /// The criterion with this code.
    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.code == code)
    }
}

/// One question of the eligibility check: an entry of the list `eligibility_checklist`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChecklistItem {
    pub code: String,
    pub name: Bilingual,
    /// How to judge it.
    #[serde(default)]
    pub hint: Bilingual,
    /// Texts that the officer can start from.
    #[serde(default)]
    pub reasons: ChecklistReasons,
}

/// Ready texts for the two verdicts that need one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChecklistReasons {
    #[serde(default)]
    pub fail: Vec<ReasonText>,
    #[serde(default)]
    pub ask: Vec<ReasonText>,
}

/// A coded reason with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonText {
    pub code: String,
    pub text: Bilingual,
}

impl ChecklistItem {
    /// The question that an entry of the list `eligibility_checklist` describes.
    #[must_use]
    pub fn read(entry: &ReferenceEntry) -> Self {
        Self {
            code: entry.code.clone(),
            name: entry.name.clone(),
            hint: entry.extra_as("hint").unwrap_or_default(),
            reasons: entry.extra_as("reasons").unwrap_or_default(),
        }
    }
}

/// What an administrator writes about an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReferenceEntryDraft {
    /// Its name.
    pub name: Bilingual,
    /// The first day on which it may be chosen; always, when absent.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it may be chosen; without end, when absent.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// Where the entry comes from.
    pub source: String,
    /// Entries are offered in this order.
    #[serde(default)]
    pub sort: i32,
    /// What only this list knows.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub extra: Map<String, Value>,
}

impl Validate for ReferenceEntryDraft {
    fn normalise(&mut self) {
        for text in [&mut self.name.vi, &mut self.name.en, &mut self.source] {
            *text = text::line(text);
        }
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/name/vi", &self.name.vi, 1, 300);
        violations.text("/name/en", &self.name.en, 1, 300);
        violations.text("/source", &self.source, 1, 500);
        violations.day("/valid_from", self.valid_from);
        violations.day("/valid_to", self.valid_to);
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to)
            && to < from
        {
            violations.add("/valid_to", FieldCode::Inconsistent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(from: Option<&str>, to: Option<&str>) -> ReferenceEntry {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        ReferenceEntry {
            code: "x".into(),
            name: Bilingual::default(),
            valid_from: from.map(day),
            valid_to: to.map(day),
            source: String::new(),
            sort: 0,
            extra: Map::new(),
        }
    }

    #[test]
    fn validity_includes_its_first_and_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let bounded = entry(Some("2025-06-12"), Some("2026-06-30"));
        assert!(!bounded.is_valid_on(day("2025-06-11")));
        assert!(bounded.is_valid_on(day("2025-06-12")));
        assert!(bounded.is_valid_on(day("2026-06-30")));
        assert!(!bounded.is_valid_on(day("2026-07-01")));
        assert!(entry(None, None).is_valid_on(day("2050-01-01")));
    }

    #[test]
    fn an_entry_that_is_no_rubric_reads_as_none() {
        assert_eq!(Rubric::read(&entry(None, None)), None);
    }
}
