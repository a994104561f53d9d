//! Following anything by its public code and secret, without an account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text;
use crate::validate::{Validate, Violations};

/// The code and the secret that the first submission answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrackRequest {
    /// The public code.
    #[cfg_attr(feature = "openapi", schema(example = "SP-2026-000123"))]
    pub code: String,
    /// The secret that came with it.
    #[cfg_attr(feature = "openapi", schema(example = "k7m2-9qpd-x4tw"))]
    pub secret: String,
}

/// The public code that is meant, however it was typed: `sp 2026 117` and `SP2026000117` are `SP-2026-000117`.
///
/// Letters, four digits of the year, the number; whatever else stands between them is skipped. `None` for
/// anything that cannot be a code.
#[must_use]
pub fn code(typed: &str) -> Option<String> {
    let signs: String = typed.chars().filter(|c| c.is_alphanumeric()).collect();
    let digits_from = signs.find(|c: char| c.is_ascii_digit())?;
    let (prefix, digits) = signs.split_at(digits_from);
    let (year, number) = digits.split_at_checked(YEAR_DIGITS)?;
    let number = number.trim_start_matches('0');
    let is_code = (1..=4).contains(&prefix.len())
        && prefix.bytes().all(|byte| byte.is_ascii_alphabetic())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (1..=MAX_NUMBER_DIGITS).contains(&number.len());
    is_code.then(|| format!("{}-{year}-{number:0>6}", prefix.to_ascii_uppercase()))
}

/// Digits of the year in a code.
const YEAR_DIGITS: usize = 4;
/// The most digits of a number, without leading zeros.
const MAX_NUMBER_DIGITS: usize = 12;

impl Validate for TrackRequest {
    fn normalise(&mut self) {
        let typed = text::line(&self.code);
        self.code = code(&typed).unwrap_or_else(|| typed.to_uppercase());
        self.secret = text::line(&self.secret).to_lowercase();
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/code", &self.code, 1, 40);
        violations.text("/secret", &self.secret, 1, 80);
    }
}

/// A new secret: with the code it follows the case without an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewedSecret {
    /// The public code, which stays.
    #[cfg_attr(feature = "openapi", schema(example = "SP-2026-000123"))]
    pub code: String,
    /// Shown here and nowhere else.
    #[cfg_attr(feature = "openapi", schema(example = "k7m2-9qpd-x4tw"))]
    pub secret: String,
    /// Of the case, for the next `If-Match`.
    #[cfg_attr(feature = "openapi", schema(example = 5))]
    pub revision: u64,
}

/// Where a tracked case stands. States, events and parts are those of its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrackedCase {
    /// What kind of case it is; more kinds will come.
    #[serde(rename = "type")]
    pub kind: String,
    /// The public code.
    pub code: String,
    /// Its name.
    pub title: String,
    /// Where it stands.
    pub state: String,
    /// Who has to act next: the part played, not the person.
    pub holder: Option<String>,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
    /// Working days until then, not counting today; negative when it has passed.
    pub working_days_left: Option<i32>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Set when its page is public.
    pub id: Option<Uuid>,
    /// What happened so far, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// One change of state of a case. Persons are not named; the part that acted is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: String,
    /// The state before.
    pub from: String,
    /// The state after.
    pub to: String,
    /// Number of the version that it happened to.
    pub version: u32,
    /// Who had to act: the part played, not the person.
    pub by: Option<String>,
    /// What the submitter, or for decisions everybody, may read.
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_understood_as_people_type_them() {
        for typed in [
            "SP-2026-000117",
            "SP2026000117",
            "sp 2026 117",
            " sp-2026-117 ",
            "Sp2026 000 117",
            "SP–2026–000117",
            "sp/2026/0117",
            "SP.2026.000117.",
        ] {
            assert_eq!(code(typed).as_deref(), Some("SP-2026-000117"), "{typed}");
        }
        for other in
            ["", "SP", "2026-000117", "SP-2026", "SP-2026-000000", "SP-2026-12A", "Máy 2026 1"]
        {
            assert_eq!(code(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_code_is_looked_up_as_it_was_typed() {
        let mut request = TrackRequest { code: " nonsense ".into(), secret: " K7M2-9qpd ".into() };
        request.normalise();
        assert_eq!((request.code.as_str(), request.secret.as_str()), ("NONSENSE", "k7m2-9qpd"));
    }

    proptest! {
        #[test]
        fn every_code_is_found_however_it_is_written(
            year in 2000_u32..3000,
            number in 1_u64..2_000_000,
            zeros in 0_usize..6,
            gaps in proptest::collection::vec("[ \\-_./–]{0,2}", 16),
            is_lower in any::<bool>(),
        ) {
            let wanted = format!("SP-{year}-{number:06}");
            let plain = format!("SP{year}{}{number}", "0".repeat(zeros));
            let plain = if is_lower { plain.to_lowercase() } else { plain };
            let gaps = gaps.iter().map(String::as_str).chain(std::iter::repeat(""));
            let typed: String = plain.chars().zip(gaps).map(|(c, gap)| format!("{gap}{c}")).collect();
            prop_assert_eq!(code(&typed), Some(wanted));
        }

        #[test]
        fn a_code_that_was_understood_is_itself(typed in "\\PC{0,30}") {
            if let Some(once) = code(&typed) {
                prop_assert_eq!(code(&once), Some(once));
            }
        }
    }
}
