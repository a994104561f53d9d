//! Fields for whole numbers and days: what is typed stays as typed; the value is what could be read of it.

use chrono::NaiveDate;
use leptos::prelude::*;
use nq57_shared::problem::FieldCode;

use super::field::{TextField, TextFieldProps, TextKind};
use crate::i18n::format::{day, parse_day};
use crate::i18n::{Text, tr};

/// A field that shows a value as text and reads it back.
fn read_as<T>(
    value: RwSignal<Option<T>>,
    show: fn(&T) -> String,
    read: fn(&str) -> Option<T>,
) -> (RwSignal<String>, RwSignal<bool>)
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let typed =
        RwSignal::new(value.with_untracked(|value| value.as_ref().map(show).unwrap_or_default()));
    let unreadable = RwSignal::new(false);
    Effect::new(move |_| {
        let text = typed.get();
        let result = read(&text);
        if value.with_untracked(|value| *value != result) {
            value.set(result.clone());
        }
        if result.is_some() || text.trim().is_empty() {
            unreadable.set(false);
        }
    });
    Effect::new(move |_| {
        let current = value.get();
        let shown = typed.get_untracked();
        if current != read(&shown) {
            typed.set(current.as_ref().map(show).unwrap_or_default());
        }
    });
    (typed, unreadable)
}

/// A whole number, not negative. Group points are accepted.
#[component]
pub fn NumberField(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<Option<u64>>,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    fn read(text: &str) -> Option<u64> {
        let digits: String = text.chars().filter(|c| !matches!(c, '.' | ',' | ' ')).collect();
        digits.parse().ok()
    }
    let (typed, unreadable) = read_as(value, u64::to_string, read);
    let own_error =
        Signal::derive(move || unreadable.get().then(|| Text::from(tr::ui::not_a_number)));
    let left = move || {
        unreadable.set(!typed.get_untracked().trim().is_empty() && value.get_untracked().is_none())
    };
    TextField(
        TextFieldProps::builder()
            .name(name)
            .label(label)
            .value(typed)
            .kind(TextKind::Digits)
            .hint(hint.unwrap_or_default())
            .autocomplete("off")
            .narrow(true)
            .optional(optional)
            .own_error(own_error)
            .on_change(left)
            .build(),
    )
}

/// A day, typed as `15/3/2024`: quicker than a calendar for days that one knows, and the same on every phone.
#[component]
pub fn DateField(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<Option<NaiveDate>>,
    /// Instead of "Day/month/year, for example 15/3/2024".
    #[prop(optional, into)]
    hint: Option<Text>,
    #[prop(optional)] optional: bool,
    /// What to say instead of the usual words when this is wrong with the day.
    #[prop(optional, into)]
    own_words: Option<(FieldCode, Text)>,
) -> impl IntoView {
    let (typed, unreadable) = read_as(value, |value| day(*value), parse_day);
    let own_error = Signal::derive(move || unreadable.get().then(|| Text::from(tr::ui::not_a_day)));
    let left = move || {
        unreadable.set(!typed.get_untracked().trim().is_empty() && value.get_untracked().is_none())
    };
    TextField(TextFieldProps {
        name,
        label,
        value: typed,
        hint: Some(hint.unwrap_or_else(|| Text::from(tr::ui::day_hint))),
        kind: TextKind::Digits,
        autocomplete: Some("off"),
        placeholder: None,
        narrow: true,
        optional,
        quiet: false,
        own_error: Some(own_error),
        own_words,
        on_change: Some(Callback::new(move |()| left())),
    })
}
