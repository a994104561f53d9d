//! The arithmetic of score sheets: exact, in hundredths, without floating point.

use super::{Criterion, Score};

/// The weighted share of the greatest score, of 100, in hundredths, rounded half up.
///
/// Criteria without a score count as zero.
#[must_use]
pub fn weighted_hundredths(scores: &[Score], criteria: &[Criterion]) -> u32 {
    let total: u64 = criteria.iter().map(|c| u64::from(c.weight)).sum();
    let micros: u64 = criteria
        .iter()
        .filter(|c| c.max > 0)
        .map(|c| {
            let score = scores.iter().find(|s| s.criterion == c.code).map_or(0, |s| s.score);
            u64::from(score.min(c.max)) * u64::from(c.weight) * 1_000_000_000 / u64::from(c.max)
        })
        .sum();
    let share = micros.checked_div(total).unwrap_or_default();
    let rounded = (share + 50_000) / 100_000;
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

/// Mean and standard deviation of the sheets, of 100, in hundredths; `None` without any.
#[must_use]
pub fn mean_and_dispersion(sheets: &[u32]) -> Option<(u32, u32)> {
    let n = u64::try_from(sheets.len()).ok().filter(|n| *n > 0)?;
    let sum: u64 = sheets.iter().map(|s| u64::from(*s)).sum();
    let mean = (sum + n / 2) / n;
    let squares: u64 = sheets.iter().map(|s| u64::from(*s).abs_diff(mean).pow(2)).sum();
    let dispersion = (squares / n).isqrt();
    Some((u32::try_from(mean).ok()?, u32::try_from(dispersion).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::language::Bilingual;

    fn criterion(code: &str, max: u32, weight: u32) -> Criterion {
        Criterion {
            code: code.into(),
            name: Bilingual::default(),
            hint: Bilingual::default(),
            max,
            weight,
        }
    }

    fn score(code: &str, score: u32) -> Score {
        Score { criterion: code.into(), score, comment: None }
    }

    #[test]
    fn weights_decide_not_maxima() {
        let criteria = [criterion("novelty", 5, 25), criterion("effect", 10, 75)];
        assert_eq!(
            weighted_hundredths(&[score("novelty", 5), score("effect", 0)], &criteria),
            2500
        );
        assert_eq!(
            weighted_hundredths(&[score("novelty", 0), score("effect", 10)], &criteria),
            7500
        );
        assert_eq!(weighted_hundredths(&[], &criteria), 0);
        assert_eq!(mean_and_dispersion(&[]), None);
        assert_eq!(mean_and_dispersion(&[6000, 8000]), Some((7000, 1000)));
    }

    proptest! {
        #[test]
        fn a_sheet_is_between_nothing_and_everything_and_grows_with_each_score(
            a in 0_u32..=5, b in 0_u32..=20, wa in 1_u32..=99,
        ) {
            let criteria = [criterion("a", 5, wa), criterion("b", 20, 100 - wa)];
            let here = weighted_hundredths(&[score("a", a), score("b", b)], &criteria);
            prop_assert!(here <= 10_000);
            if a < 5 {
                let more = weighted_hundredths(&[score("a", a + 1), score("b", b)], &criteria);
                prop_assert!(more >= here);
            }
        }

        #[test]
        fn the_mean_lies_between_the_sheets(sheets in proptest::collection::vec(0_u32..=10_000, 1..12)) {
            let (mean, dispersion) = mean_and_dispersion(&sheets).unwrap();
            prop_assert!(mean >= *sheets.iter().min().unwrap() && mean <= *sheets.iter().max().unwrap());
            prop_assert!(dispersion <= 5_000);
        }
    }
}
