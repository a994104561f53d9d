//! The two languages of the interface: which one is on, and the typed texts made from `locales/`.
//! Refuses untyped keys: a text that one language lacks does not compile.

pub mod format;
mod text;

use std::fmt::Display;
use std::sync::LazyLock;

use leptos::prelude::{ArcRwSignal, Get, GetUntracked, Set};
use nq57_shared::language::{Bilingual, Language};

pub use format::{date, date_time, day, decimal, file_size, now, number, time_of_day};
pub use text::Text;

/// Texts by domain and key, made at build time: `tr::common::close()`, `tr::ui::steps::of(2, 5)`.
///
/// A function without arguments is itself a reactive text: `<h1>{tr::home::title}</h1>` follows the language.
/// With arguments wrap it: `{move || tr::ui::steps::of(2, 5)}`.
pub mod tr {
    include!(concat!(env!("OUT_DIR"), "/tr.rs"));
}

static LANGUAGE: LazyLock<ArcRwSignal<Language>> = LazyLock::new(|| ArcRwSignal::new(Language::Vi));

/// The language that is on; reactive.
pub fn language() -> Language {
    LANGUAGE.get()
}

/// The language that is on, without following it: for requests.
pub fn language_now() -> Language {
    LANGUAGE.get_untracked()
}

/// Switches every text on the page. `state::preferences` remembers the choice.
pub fn set_language(language: Language) {
    LANGUAGE.set(language);
}

/// The text of reference data in the language that is on; reactive.
pub fn local(text: &Bilingual) -> String {
    text.in_language(language()).to_owned()
}

/// The text of the language that is on; reactive. Called by the generated functions.
pub fn pick(vi: &'static str, en: &'static str) -> &'static str {
    match language() {
        Language::Vi => vi,
        Language::En => en,
    }
}

/// Puts the arguments into the places named in braces. Called by the generated functions.
pub fn fill(template: &str, arguments: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            out.push_str(after);
            return out;
        };
        if let Some((_, value)) = arguments.iter().find(|(known, _)| *known == name) {
            out.push_str(&value.to_string());
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn arguments_land_in_their_places_and_the_rest_stays() {
        assert_eq!(
            fill("Bước {current} trên {total}", &[("total", &5), ("current", &2)]),
            "Bước 2 trên 5"
        );
        assert_eq!(fill("không có chỗ", &[]), "không có chỗ");
    }
}
