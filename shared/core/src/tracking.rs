//! Following anything by its public code and secret, without an account.

use std::ops::RangeInclusive;

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
    let (letters, digits) = letters_and_digits(typed)?;
    let (year, number) = digits.split_at_checked(YEAR_DIGITS)?;
    written(&letters, year, number).filter(|_| !letters.is_empty())
}

/// The public codes of these series that may be meant by what was typed: as [`code`] reads it; without the year, `sp 87`,
/// those of each of the `years`; without the letters, `2026-87`, those of each series. None for words and for a number
/// alone, which may be anything.
#[must_use]
pub fn codes<'a>(
    typed: &str,
    series: impl IntoIterator<Item = &'a str>,
    years: RangeInclusive<i32>,
) -> Vec<String> {
    let Some((letters, digits)) = letters_and_digits(typed) else { return Vec::new() };
    let whole = digits.split_at_checked(YEAR_DIGITS).filter(|(year, _)| {
        let is_apart = typed.trim_start().chars().nth(YEAR_DIGITS).is_some_and(is_between);
        let is_year = year.parse().is_ok_and(|year| years.contains(&year));
        !letters.is_empty() || (is_year && (is_apart || digits.len() >= CODE_DIGITS))
    });
    let of_series = |series: &str| {
        let whole = whole.and_then(|(year, number)| written(series, year, number));
        let years = years.clone().filter(|_| !letters.is_empty());
        let each = years.filter_map(|year| written(series, &year.to_string(), &digits));
        whole.into_iter().chain(each).collect::<Vec<_>>()
    };
    let meant = series.into_iter().filter(|series| letters.is_empty() || *series == letters);
    meant.flat_map(of_series).collect()
}

/// The capital letters that what was typed begins with, if any, and the digits that follow; whatever stands between is
/// skipped. `None` when there is anything else.
fn letters_and_digits(typed: &str) -> Option<(String, String)> {
    let mut letters: String = typed.chars().filter(|c| !is_between(*c)).collect();
    let digits = letters.split_off(letters.find(|c: char| c.is_ascii_digit())?);
    let is_code = letters.len() <= MAX_LETTERS
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| (letters.to_ascii_uppercase(), digits))
}

fn is_between(c: char) -> bool {
    !c.is_alphanumeric()
}

/// A code with the zeros that it is shown with.
fn written(series: &str, year: &str, number: &str) -> Option<String> {
    let number = number.trim_start_matches('0');
    let is_number = (1..=MAX_NUMBER_DIGITS).contains(&number.len());
    is_number.then(|| format!("{series}-{year}-{number:0>6}"))
}

/// The most letters of a series.
const MAX_LETTERS: usize = 4;
/// Digits of the year in a code.
const YEAR_DIGITS: usize = 4;
/// The most digits of a number, without leading zeros.
const MAX_NUMBER_DIGITS: usize = 12;
/// Digits of a code as it is shown.
const CODE_DIGITS: usize = 10;

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
    fn without_year_or_letters_every_code_is_meant_that_it_may_be() {
        let meant = |typed| codes(typed, ["SP", "PA"], 2025..=2026);
        for typed in ["sp87", "SP 87", "Sp-000087", "sp. 087"] {
            let found = meant(typed);
            assert!(found.contains(&"SP-2026-000087".to_owned()), "{typed}: {found:?}");
            assert!(found.contains(&"SP-2025-000087".to_owned()), "{typed}: {found:?}");
            assert!(found.iter().all(|code| code.starts_with("SP-")), "{typed}: {found:?}");
        }
        for typed in ["2026-87", "2026 87", " 2026/0087", "2026000087"] {
            assert_eq!(meant(typed), ["SP-2026-000087", "PA-2026-000087"], "{typed}");
        }
        assert_eq!(meant("sp-2026-87")[0], "SP-2026-000087");
        assert!(meant("sp 2026").contains(&"SP-2026-002026".to_owned()));
        for other in ["87", "000087", "202687", "1999-87", "máy 87", "87 máy", "TCVN 57", "sp", ""]
        {
            assert!(meant(other).is_empty(), "{other}");
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
