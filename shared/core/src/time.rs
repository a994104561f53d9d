//! Instants in UTC with microseconds, as both databases keep them.

use chrono::{DateTime, SubsecRound, Utc};

/// An instant; its text form is RFC 3339.
pub type Timestamp = DateTime<Utc>;

/// The instant without what is finer than a microsecond.
#[must_use]
pub fn to_micros(at: Timestamp) -> Timestamp {
    at.trunc_subsecs(6)
}

/// Minutes that Vietnam is ahead of UTC; it knows no daylight saving time.
pub const VIETNAM_OFFSET_MINUTES: i32 = 7 * 60;

/// The calendar day in Vietnam at this instant.
#[must_use]
pub fn vietnam_date(at: Timestamp) -> chrono::NaiveDate {
    (at.naive_utc() + chrono::Duration::minutes(i64::from(VIETNAM_OFFSET_MINUTES))).date()
}

/// The end of this day in Vietnam, as an instant.
#[must_use]
pub fn end_of_vietnam_day(day: chrono::NaiveDate) -> Timestamp {
    // One sum that stays within the day: not even the last day that can be written down overflows.
    let length = chrono::Duration::days(1) - chrono::Duration::microseconds(1);
    let offset = chrono::Duration::minutes(i64::from(VIETNAM_OFFSET_MINUTES));
    (day.and_time(chrono::NaiveTime::MIN) + (length - offset)).and_utc()
}

/// The years of days and instants that come from outside. Texts of four digits are compared alike on both
/// engines, and what lists sort as if it were never due lies after the last one.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2999;

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn every_day_that_can_be_written_down_ends_on_that_day() {
        for day in [NaiveDate::MIN, NaiveDate::default(), NaiveDate::MAX] {
            assert_eq!(vietnam_date(end_of_vietnam_day(day)), day);
        }
    }
}
