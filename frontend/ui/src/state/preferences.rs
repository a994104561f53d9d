//! Language and theme: remembered in the browser, otherwise taken from it. Switching needs no reload.

use std::sync::LazyLock;

use leptos::prelude::*;
use nq57_shared::language::Language;

use crate::i18n;

const LANGUAGE: &str = "nq57-language";
const THEME: &str = "nq57-theme";

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

static CHOSEN: LazyLock<ArcRwSignal<Option<Theme>>> = LazyLock::new(|| ArcRwSignal::new(None));
static SYSTEM_DARK: LazyLock<ArcRwSignal<bool>> = LazyLock::new(|| ArcRwSignal::new(false));

/// The browser's storage; `None` where it is switched off.
pub fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Reads what was chosen before and keeps `<html>` in step. Called once at the start.
pub fn start() {
    let remembered = |key: &str| storage().and_then(|storage| storage.get_item(key).ok().flatten());
    let language =
        remembered(LANGUAGE).and_then(|tag| Language::parse(&tag)).unwrap_or_else(|| {
            Language::negotiate(&window().navigator().language().unwrap_or_default())
        });
    i18n::set_language(language);
    CHOSEN.set(remembered(THEME).and_then(|theme| match theme.as_str() {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }));
    SYSTEM_DARK.set(
        window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches()),
    );
    Effect::new(|_| set_root("lang", Some(i18n::language().tag())));
    Effect::new(|_| {
        set_root(
            "data-theme",
            CHOSEN.get().map(|theme| match theme {
                Theme::Light => "light",
                Theme::Dark => "dark",
            }),
        );
    });
}

/// Switches every text and remembers the choice.
pub fn choose_language(language: Language) {
    i18n::set_language(language);
    remember(LANGUAGE, language.tag());
}

/// The theme that is on; reactive.
pub fn theme() -> Theme {
    CHOSEN.get().unwrap_or(if SYSTEM_DARK.get() { Theme::Dark } else { Theme::Light })
}

/// Switches the theme and remembers the choice.
pub fn choose_theme(theme: Theme) {
    CHOSEN.set(Some(theme));
    remember(
        THEME,
        match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        },
    );
}

fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // Without storage the choice lasts as long as the page.
        let _ = storage.set_item(key, value);
    }
}

fn set_root(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}
