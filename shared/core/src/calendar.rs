//! Working days in Vietnam: weekends, public holidays and swapped working Saturdays.
//! Pure: the dates are given (reference list `holidays`); it knows no law and no clock.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::time::{Timestamp, end_of_vietnam_day, vietnam_date};

/// Which days are worked on. Days count in Vietnam's time zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    days_off: BTreeSet<NaiveDate>,
    make_up_days: BTreeSet<NaiveDate>,
}

impl WorkingCalendar {
    /// A calendar with these days off (holidays and days off in lieu) and these working weekend days.
    ///
    /// A date that stands in both is worked on: the later notice is the one that swaps it.
    #[must_use]
    pub fn new(
        days_off: impl IntoIterator<Item = NaiveDate>,
        make_up_days: impl IntoIterator<Item = NaiveDate>,
    ) -> Self {
        Self {
            days_off: days_off.into_iter().collect(),
            make_up_days: make_up_days.into_iter().collect(),
        }
    }

    /// Whether this day is worked on.
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        self.make_up_days.contains(&day)
            || (!matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
                && !self.days_off.contains(&day))
    }

    /// The `count`-th working day after `day`; `day` itself when `count` is zero.
    ///
    /// The day on which something starts does not count (Civil Code 2015, article 147). At the end
    /// of the representable dates the last one is returned.
    #[must_use]
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut current = day;
        let mut left = count;
        while left > 0 {
            let Some(next) = current.succ_opt() else {
                return current;
            };
            current = next;
            if self.is_working_day(current) {
                left -= 1;
            }
        }
        current
    }

    /// How many working days lie after `from`, up to and including `to`; negative when `to` is earlier.
    #[must_use]
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> i32 {
        if to < from {
            return -self.working_days_between(to, from);
        }
        let mut count = 0;
        let mut current = from;
        while current < to {
            let Some(next) = current.succ_opt() else {
                return count;
            };
            current = next;
            if self.is_working_day(current) {
                count += 1;
            }
        }
        count
    }

    /// When something that starts at `from` and may take `count` working days is due: the end of that
    /// day in Vietnam.
    #[must_use]
    pub fn due_at(&self, from: Timestamp, count: u32) -> Timestamp {
        end_of_vietnam_day(self.add_working_days(vietnam_date(from), count))
    }

    /// Working days left until `due`, not counting today; negative when the day has passed. Zero is today and no
    /// other day: over a weekend one is left, or late, though none is worked on.
    #[must_use]
    pub fn working_days_left(&self, now: Timestamp, due: Timestamp) -> i32 {
        let (today, last) = (vietnam_date(now), vietnam_date(due));
        let left = self.working_days_between(today, last);
        match last.cmp(&today) {
            Ordering::Less => left.min(-1),
            Ordering::Equal => 0,
            Ordering::Greater => left.max(1),
        }
    }

    /// The last instant until which [`working_days_left`](Self::working_days_left) answers no more than `days`.
    #[must_use]
    pub fn last_within(&self, now: Timestamp, days: u32) -> Timestamp {
        let today = vietnam_date(now);
        if days == 0 {
            return end_of_vietnam_day(today);
        }
        // Days off after the last working day are not further away than it.
        let beyond = self.add_working_days(today, days.saturating_add(1));
        end_of_vietnam_day(beyond.pred_opt().unwrap_or(beyond))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone, Utc};
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// Tết 2026 with the swapped days around New Year.
    fn calendar() -> WorkingCalendar {
        WorkingCalendar::new(
            [
                "2026-01-01",
                "2026-01-02",
                "2026-02-16",
                "2026-02-17",
                "2026-02-18",
                "2026-02-19",
                "2026-02-20",
            ]
            .map(day),
            [day("2026-01-10")],
        )
    }

    #[test]
    fn weekends_and_holidays_are_off_and_swapped_saturdays_are_not() {
        let calendar = calendar();
        assert!(!calendar.is_working_day(day("2026-01-01")));
        assert!(!calendar.is_working_day(day("2026-01-03")));
        assert!(calendar.is_working_day(day("2026-01-05")));
        assert!(calendar.is_working_day(day("2026-01-10")));
        assert!(!calendar.is_working_day(day("2026-01-11")));
    }

    #[test]
    fn five_working_days_before_tet_end_after_it() {
        assert_eq!(calendar().add_working_days(day("2026-02-12"), 5), day("2026-02-26"));
        assert_eq!(calendar().working_days_between(day("2026-02-12"), day("2026-02-26")), 5);
    }

    #[test]
    fn due_is_the_end_of_the_day_in_vietnam_and_the_day_is_vietnams() {
        let calendar = calendar();
        // 18:30 UTC on Sunday is already Monday in Vietnam.
        let from = Utc.with_ymd_and_hms(2026, 3, 1, 18, 30, 0).single().expect("an instant");
        let due = calendar.due_at(from, 1);
        assert_eq!(vietnam_date(due), day("2026-03-03"));
        assert_eq!(
            due + Duration::microseconds(1),
            Utc.with_ymd_and_hms(2026, 3, 3, 17, 0, 0).single().expect("an instant")
        );
        assert_eq!(calendar.working_days_left(from, due), 1);
        assert_eq!(calendar.working_days_left(due + Duration::microseconds(1), due), -1);
        let friday = end_of_vietnam_day(day("2026-03-06"));
        assert_eq!(calendar.working_days_left(friday + Duration::days(2), friday), -1);
    }

    fn dates() -> impl Strategy<Value = NaiveDate> {
        (0..1500_i64).prop_map(|offset| day("2025-01-01") + Duration::days(offset))
    }

    fn calendars() -> impl Strategy<Value = WorkingCalendar> {
        (prop::collection::vec(dates(), 0..60), prop::collection::vec(dates(), 0..10))
            .prop_map(|(off, make_up)| WorkingCalendar::new(off, make_up))
    }

    proptest! {
        #[test]
        fn adding_lands_on_a_working_day_and_counts_back(calendar in calendars(), from in dates(), count in 0_u32..80) {
            let to = calendar.add_working_days(from, count);
            prop_assert!(to >= from);
            prop_assert!(count == 0 || calendar.is_working_day(to));
            prop_assert_eq!(calendar.working_days_between(from, to), i32::try_from(count).expect("small"));
        }

        #[test]
        fn adding_in_two_steps_is_adding_at_once(calendar in calendars(), from in dates(), a in 0_u32..40, b in 0_u32..40) {
            prop_assert_eq!(
                calendar.add_working_days(calendar.add_working_days(from, a), b),
                calendar.add_working_days(from, a + b)
            );
        }

        #[test]
        fn counting_is_additive_and_antisymmetric(calendar in calendars(), a in dates(), b in dates(), c in dates()) {
            prop_assert_eq!(calendar.working_days_between(a, b), -calendar.working_days_between(b, a));
            prop_assert_eq!(
                calendar.working_days_between(a, b) + calendar.working_days_between(b, c),
                calendar.working_days_between(a, c)
            );
        }

        #[test]
        fn what_is_late_by_the_clock_is_late_by_the_days(calendar in calendars(), due in dates(), minutes in -40_000_i64..40_000) {
            let due = end_of_vietnam_day(due);
            let now = due + Duration::minutes(minutes);
            prop_assert_eq!(due < now, calendar.working_days_left(now, due) < 0);
        }

        #[test]
        fn the_days_left_say_late_today_and_soon_as_the_instants_do(
            calendar in calendars(), today in dates(), last in dates(), hour in 0_i64..24, days in 1_u32..10,
        ) {
            let begin = end_of_vietnam_day(today) + Duration::microseconds(1) - Duration::days(1);
            let (now, due) = (begin + Duration::hours(hour), end_of_vietnam_day(last));
            let left = calendar.working_days_left(now, due);
            prop_assert_eq!(left < 0, due < now);
            prop_assert_eq!(left == 0, last == today);
            let days_left = |days: u32| i32::try_from(days).expect("small");
            prop_assert_eq!(left <= days_left(days), due <= calendar.last_within(now, days));
            prop_assert_eq!(left <= 0, due <= calendar.last_within(now, 0));
            prop_assert_eq!(calendar.working_days_left(now, calendar.due_at(now, days)), days_left(days));
        }

        #[test]
        fn a_deadline_is_a_day_later_with_every_working_day(calendar in calendars(), last in dates(), count in 1_u32..40) {
            let due = end_of_vietnam_day(last);
            let now = end_of_vietnam_day(calendar.add_working_days(last, count));
            prop_assert_eq!(calendar.working_days_left(now, due), -i32::try_from(count).expect("small"));
        }

        #[test]
        fn a_later_start_is_never_due_earlier(calendar in calendars(), a in dates(), b in dates(), count in 0_u32..40) {
            let (first, second) = if a <= b { (a, b) } else { (b, a) };
            prop_assert!(calendar.add_working_days(first, count) <= calendar.add_working_days(second, count));
        }
    }
}
