//! A code that people take with them: shown large enough to read, copied with one press.

use leptos::prelude::*;

use super::{Glyph, Icon, toast};
use crate::i18n::{Text, tr};

/// A code in monospace with a button that copies it.
#[component]
pub fn CopyCode(
    #[prop(into)] code: String,
    /// What the code is, for the button's name and the message.
    #[prop(into)]
    what: Text,
    /// The one thing to take along from this page: as large as a code can be.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let text = code.clone();
    let copy = move |_| {
        let _ = window().navigator().clipboard().write_text(&text);
        toast(tr::ui::copied);
    };
    view! {
        <span class="copy">
            <span class=if large { "big-code mono" } else { "mono" }>{code}</span>
            <button class="btn" type="button" data-kind="quiet" data-size="s" on:click=copy>
                <Icon name=Glyph::Copy/>
                {tr::ui::copy}
                <span class="sr">" " {what}</span>
            </button>
        </span>
    }
}
