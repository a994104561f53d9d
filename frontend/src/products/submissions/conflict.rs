//! Two texts of the same draft: shows both, changes neither until one is chosen.

use leptos::prelude::*;

use super::editor::{Conflict, Editor};
use crate::products::TwoTexts;
use crate::products::facts::{field_text, value_text};

/// Shown while the server has another text than the one that mine was written over.
#[component]
pub(super) fn ConflictView(editor: Editor) -> impl IntoView {
    move || editor.conflict().map(|conflict| view! { <Both editor conflict/> })
}

#[component]
fn Both(editor: Editor, conflict: Conflict) -> impl IntoView {
    let differences = conflict
        .differences
        .iter()
        .cloned()
        .map(|change| {
            let value = |value| value_text(&change.pointer, value);
            (field_text(&change.pointer), value(change.from), value(change.to))
        })
        .collect();
    let (kept, taken) = (conflict.clone(), conflict);
    view! {
        <TwoTexts
            differences
            on_keep=move || editor.keep_mine(kept.clone())
            on_take=move || editor.take_theirs(taken.clone())
        />
    }
}
