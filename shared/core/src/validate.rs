//! Collects what is wrong with a body, each with its JSON pointer, in one pass.
//! Knows the general rules; each domain says which value obeys which.

use std::collections::HashSet;
use std::hash::Hash;

use chrono::{Datelike, NaiveDate};

use crate::language::Language;
use crate::problem::{FieldCode, FieldError};
use crate::time::{Timestamp, YEARS};

/// Wrong values that are told at once: nobody mends more, and a body may hold a hundred thousand.
pub const MOST: usize = 100;

/// One wrong value, before it gets its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// RFC 6901 pointer into the body.
    pub pointer: String,
    pub code: FieldCode,
    /// The bound that was missed, where the code has one.
    pub limit: Option<i64>,
}

impl Violation {
    /// With its text in `language`.
    #[must_use]
    pub fn into_field_error(self, language: Language) -> FieldError {
        FieldError {
            message: self.code.message(self.limit, language),
            pointer: self.pointer,
            code: self.code,
            limit: self.limit,
        }
    }
}

/// A body that can be brought into its normal form and checked.
pub trait Validate {
    /// Brings texts into the form in which they are kept.
    fn normalise(&mut self) {}

    /// Notes everything that is wrong.
    fn check(&self, violations: &mut Violations);

    /// All violations of the body as it stands.
    fn violations(&self) -> Violations {
        let mut violations = Violations::new();
        self.check(&mut violations);
        violations
    }
}

/// The violations found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// None so far.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when nothing is wrong.
    ///
    /// # Errors
    /// All violations, when there is any.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Notes a violation without a bound.
    pub fn add(&mut self, pointer: impl Into<String>, code: FieldCode) {
        self.note(Violation { pointer: pointer.into(), code, limit: None });
    }

    /// Notes a violation of a bound.
    pub fn add_limit(&mut self, pointer: impl Into<String>, code: FieldCode, limit: usize) {
        self.note(Violation {
            pointer: pointer.into(),
            code,
            limit: Some(i64::try_from(limit).unwrap_or(i64::MAX)),
        });
    }

    fn note(&mut self, violation: Violation) {
        if self.0.len() < MOST {
            self.0.push(violation);
        }
    }

    /// A text of at least `min` and at most `max` characters; `min` above zero makes it required.
    pub fn text(&mut self, pointer: impl Into<String>, text: &str, min: usize, max: usize) {
        let count = text.chars().count();
        let pointer = pointer.into();
        if count == 0 && min > 0 {
            self.add(pointer, FieldCode::Required);
        } else if count < min {
            self.add_limit(pointer, FieldCode::TooShort, min);
        } else if count > max {
            self.add_limit(pointer, FieldCode::TooLong, max);
        }
    }

    /// A day, or nothing, of the years that are taken from outside: [`YEARS`].
    pub fn day(&mut self, pointer: impl Into<String>, day: impl Into<Option<NaiveDate>>) {
        let Some(year) = day.into().map(|day| day.year()) else { return };
        let (code, limit) = match year {
            year if year < *YEARS.start() => (FieldCode::TooSmall, *YEARS.start()),
            year if year > *YEARS.end() => (FieldCode::TooLarge, *YEARS.end()),
            _ => return,
        };
        self.note(Violation { pointer: pointer.into(), code, limit: Some(limit.into()) });
    }

    /// An instant of the same years, or nothing.
    pub fn instant(&mut self, pointer: impl Into<String>, at: Option<Timestamp>) {
        self.day(pointer, at.map(|at| at.date_naive()));
    }

    /// A number of items between two bounds.
    pub fn count(&mut self, pointer: impl Into<String>, count: usize, min: usize, max: usize) {
        if count < min {
            self.add_limit(pointer, FieldCode::TooFew, min);
        } else if count > max {
            self.add_limit(pointer, FieldCode::TooMany, max);
        }
    }

    /// A number of items between two bounds; answers the items that are to be looked at, at most `max`.
    pub fn items<'a, T>(
        &mut self,
        pointer: impl Into<String>,
        items: &'a [T],
        min: usize,
        max: usize,
    ) -> &'a [T] {
        self.count(pointer, items.len(), min, max);
        items.get(..max).unwrap_or(items)
    }

    /// Values of a list that occur once each; `pointer` names the place of one.
    pub fn unique<T: Eq + Hash>(
        &mut self,
        values: impl IntoIterator<Item = T>,
        pointer: impl Fn(usize) -> String,
    ) {
        let mut seen = HashSet::new();
        for (i, value) in values.into_iter().enumerate() {
            if !seen.insert(value) {
                self.add(pointer(i), FieldCode::Duplicate);
            }
        }
    }

    /// An e-mail address; empty is left to [`Self::text`].
    pub fn email(&mut self, pointer: impl Into<String>, text: &str) {
        if !text.is_empty() && !is_email(text) {
            self.add(pointer, FieldCode::InvalidFormat);
        }
    }

    /// The name of a person: a text that cannot be mistaken for an address that one opens.
    pub fn person_name(&mut self, pointer: &str, text: &str, max: usize) {
        self.text(pointer, text, 1, max);
        if reads_as_link(text) || text.contains(['/', '\\']) {
            self.add(pointer, FieldCode::InvalidFormat);
        }
    }

    /// A web address over HTTP(S); empty is left to [`Self::text`].
    pub fn web_address(&mut self, pointer: impl Into<String>, text: &str) {
        if !text.is_empty() && !is_web_address(text) {
            self.add(pointer, FieldCode::InvalidFormat);
        }
    }

    /// A telephone number; empty is left to [`Self::text`].
    pub fn phone(&mut self, pointer: impl Into<String>, text: &str) {
        if !text.is_empty() && !is_phone(text) {
            self.add(pointer, FieldCode::InvalidFormat);
        }
    }
}

/// Whether mail programs or browsers would make a link of a part of the text.
#[must_use]
pub fn reads_as_link(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains(['@', '<', '>'])
}

/// Whether mail could be sent there: dotted atoms of ASCII (RFC 5322), one `@`, a dotted domain in ASCII.
/// Letters beyond ASCII are refused: hardly any mailbox has them, and look-alikes of others do.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.len() <= 64
        && text.len() <= 254
        && local.split('.').all(is_atom)
        && domain.is_ascii()
        && is_domain(domain)
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// Whether this is an absolute `http` or `https` address with a dotted host and no user part.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(host_end);
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    is_domain(host)
        && !port.is_empty()
        && port.parse::<u16>().is_ok()
        && tail.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"`{}|\\^".contains(c))
}

/// Whether this could be a telephone number: 8 to 15 digits, with spaces, dots, dashes, a leading plus.
#[must_use]
pub fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (8..=15).contains(&digits)
        && text
            .strip_prefix('+')
            .unwrap_or(text)
            .chars()
            .all(|c| c.is_ascii_digit() || " .-()".contains(c))
}

/// Whether this has the form of a Vietnamese tax code: 10 digits, or 10 digits, a dash and 3 digits.
#[must_use]
pub fn is_tax_code(text: &str) -> bool {
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('-') {
        Some((head, branch)) => digits(head, 10) && digits(branch, 3),
        None => digits(text, 10) || digits(text, 12),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_only_looks_like_one() {
        for good in ["a@b.vn", "nguyen.van-a+x@so-khcn.hanoi.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.vn",
            "a b@c.vn",
            "a@b..vn",
            "a@-b.vn",
            "a@@b.vn",
            ".a@b.vn",
            "a\r\n@b.vn",
            "admin\u{200d}@b.vn",
            "admin\u{ad}@b.vn",
            "\u{430}dmin@b.vn",
            "admi\u{307}n@b.vn",
            "admin@\u{ff42}.vn",
            "admin@b.v\u{2060}n",
            "quản-trị@b.vn",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        for good in ["https://sanpham.example", "http://a.example:8080/x?y=1#z"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://localhost",
            "https://a@b.example",
            "ftp://a.example",
            "https://a.example/<x>",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
        assert!(is_phone("+84 24 3943 9731"));
        assert!(!is_phone("gọi tôi"));
        assert!(is_tax_code("0100109106-001"));
        assert!(!is_tax_code("010010910"));
    }
}
