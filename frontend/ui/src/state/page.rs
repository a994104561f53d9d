//! What the current page says about itself: its title, whether its form has errors, where focus must go.
//! The layout reads it; pages and forms write it.

use std::sync::LazyLock;

use leptos::prelude::{ArcRwSignal, Get, GetUntracked, Set, WithUntracked, window};

use crate::i18n::Text;

static TITLE: LazyLock<ArcRwSignal<Text>> = LazyLock::new(|| ArcRwSignal::new(Text::default()));
static HAS_ERRORS: LazyLock<ArcRwSignal<bool>> = LazyLock::new(|| ArcRwSignal::new(false));
static WANTS_FOCUS: LazyLock<ArcRwSignal<Option<String>>> =
    LazyLock::new(|| ArcRwSignal::new(None));

/// The title of the page, without the name of the site; reactive.
pub fn title() -> Text {
    TITLE.get()
}

/// Names the page. `ui::PageHead` does it for pages that have one.
pub fn set_title(title: impl Into<Text>) {
    TITLE.set(title.into());
}

/// Whether the form on the page has errors, which the document's title announces; reactive.
pub fn has_errors() -> bool {
    HAS_ERRORS.get()
}

/// Says whether the form on the page has errors.
pub fn set_has_errors(has_errors: bool) {
    if HAS_ERRORS.get_untracked() != has_errors {
        HAS_ERRORS.set(has_errors);
    }
}

/// Asks the heading of the page at `path` to take focus: called at each change of route.
///
/// The path matters: while a page is still being fetched, the heading of the one before is there.
pub fn ask_for_focus_at(path: String) {
    WANTS_FOCUS.set(Some(path));
}

/// Asks the next heading of this page to take focus: called when a page shows something else in its place.
pub fn ask_for_focus() {
    ask_for_focus_at(window().location().pathname().unwrap_or_default());
}

/// The path whose heading should take focus, if any; reactive.
pub fn wants_focus() -> Option<String> {
    WANTS_FOCUS.get()
}

/// Whether focus was asked for; the one who asks here must take it.
pub fn take_focus_request() -> bool {
    let wanted = WANTS_FOCUS.with_untracked(Option::is_some);
    if wanted {
        WANTS_FOCUS.set(None);
    }
    wanted
}
