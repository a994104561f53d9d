//! Dates and numbers as the two languages write them; times are Vietnam's (UTC+7, no daylight saving).
//! Day before month in both languages: the platform is read in Vietnam.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use nq57_shared::language::Language;
use nq57_shared::time::{Timestamp, VIETNAM_OFFSET_MINUTES, vietnam_date};

use super::language;

/// The instant now, by the clock of the device.
pub fn now() -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for ages")]
    let milliseconds = js_sys::Date::now() as i64;
    chrono::DateTime::from_timestamp_millis(milliseconds)
}

/// `20/11/2026`: the day in Vietnam at this instant.
pub fn date(at: Timestamp) -> String {
    day(vietnam_date(at))
}

/// `20/11/2026`.
pub fn day(day: NaiveDate) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// `09:42`: the time in Vietnam at this instant.
pub fn time_of_day(at: Timestamp) -> String {
    let local = in_vietnam(at);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// `09:42 20/11/2026`.
pub fn date_time(at: Timestamp) -> String {
    format!("{} {}", time_of_day(at), date(at))
}

/// Reads a day as people type it: `15/3/2024`, `15-3-2024`, `15.3.2024` or `2024-03-15`.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let parts: Vec<u32> = text
        .trim()
        .split(['/', '-', '.', ' '])
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [first, month, last] = parts.as_slice() else { return None };
    let (day, year) = if *first > 31 { (last, first) } else { (first, last) };
    if *year < 1000 {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, *month, *day)
}

/// `1.234` in Vietnamese, `1,234` in English; reactive.
pub fn number(value: u64) -> String {
    grouped(&value.to_string(), language())
}

/// `1.234,5` in Vietnamese, `1,234.5` in English, with exactly `digits` decimals; reactive.
pub fn decimal(value: f64, digits: usize) -> String {
    decimal_in(value, digits, language())
}

/// `1,4 MB`; reactive.
pub fn file_size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size for people, rounded to one decimal")]
    let size = bytes as f64;
    if bytes >= 1_000_000 {
        format!("{} MB", decimal(size / 1_000_000.0, 1))
    } else if bytes >= 1_000 {
        format!("{} KB", decimal(size / 1_000.0, 0))
    } else {
        format!("{bytes} B")
    }
}

fn in_vietnam(at: Timestamp) -> NaiveDateTime {
    at.naive_utc() + chrono::Duration::minutes(i64::from(VIETNAM_OFFSET_MINUTES))
}

fn decimal_in(value: f64, digits: usize, language: Language) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let sign =
        if value < 0.0 && text.bytes().any(|b| matches!(b, b'1'..=b'9')) { "−" } else { "" };
    let point = match language {
        Language::Vi => ",",
        Language::En => ".",
    };
    let tail = if fraction.is_empty() { String::new() } else { format!("{point}{fraction}") };
    format!("{sign}{}{tail}", grouped(whole, language))
}

fn grouped(digits: &str, language: Language) -> String {
    let separator = match language {
        Language::Vi => '.',
        Language::En => ',',
    };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_each_language_writes_them() {
        assert_eq!(decimal_in(1234.5, 1, Language::Vi), "1.234,5");
        assert_eq!(decimal_in(1234.5, 1, Language::En), "1,234.5");
        assert_eq!(decimal_in(-0.04, 2, Language::Vi), "−0,04");
        assert_eq!(decimal_in(-0.001, 2, Language::Vi), "0,00");
        assert_eq!(grouped("1000000", Language::Vi), "1.000.000");
        assert_eq!(grouped("999", Language::Vi), "999");
    }

    #[test]
    fn days_are_read_as_people_type_them() {
        let wanted = NaiveDate::from_ymd_opt(2024, 3, 15);
        for text in ["15/3/2024", "15-03-2024", " 15.3.2024 ", "2024-03-15"] {
            assert_eq!(parse_day(text), wanted, "{text}");
        }
        for text in ["31/2/2024", "3/2024", "15/3/24", "mai"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }

    #[test]
    fn a_late_evening_in_utc_is_the_next_day_in_vietnam() {
        let at = NaiveDate::from_ymd_opt(2026, 11, 19)
            .and_then(|d| d.and_hms_opt(18, 5, 0))
            .map(|t| t.and_utc());
        assert_eq!(at.map(date_time).as_deref(), Some("01:05 20/11/2026"));
    }
}
