//! How far a deadline is, in working days as the server counts them.

use leptos::prelude::*;
use nq57_shared::time::Timestamp;

use crate::components::{Glyph, Tag, Tone};
use crate::i18n::tr;

/// A deadline, and how many working days are left as the server counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub at: Timestamp,
    left: i32,
}

impl Due {
    /// The deadline of a thing that has one.
    pub fn of(due_at: Option<Timestamp>, working_days_left: Option<i32>) -> Option<Self> {
        due_at.zip(working_days_left).map(|(at, left)| Self { at, left })
    }

    /// Whether it has passed.
    pub const fn is_late(self) -> bool {
        self.left < 0
    }

    /// "3 working days left", "2 working days late".
    pub fn words(self) -> String {
        use tr::casework::deadline as words;
        let days = u64::from(self.left.unsigned_abs());
        match self.left {
            ..0 => words::late(days),
            0 => words::today().to_owned(),
            1.. => words::left(days),
        }
    }

    /// Late is bad, today and tomorrow need attention.
    pub const fn tone(self) -> Tone {
        match self.left {
            ..0 => Tone::Bad,
            0 | 1 => Tone::Warn,
            2.. => Tone::Idle,
        }
    }
}

/// "3 working days left", with the shape of what it asks for.
#[component]
pub fn DueTag(
    due: Due,
    /// Without a ground: for tables.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let icon = match due.tone() {
        Tone::Idle => Glyph::Clock,
        tone => tone.glyph(),
    };
    view! { <Tag text=move || due.words() tone=due.tone() icon plain/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_late_only_after_its_day() {
        let tone = |left| Due::of(Some(Timestamp::default()), Some(left)).map(Due::tone);
        assert_eq!(tone(-1), Some(Tone::Bad));
        assert_eq!(tone(0), Some(Tone::Warn));
        assert_eq!(tone(2), Some(Tone::Idle));
        assert_eq!(Due::of(None, Some(1)), None);
    }
}
