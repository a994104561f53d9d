//! How far a deadline is.

use leptos::prelude::*;

use super::view_model::Due;
use crate::ui::{Glyph, Tag, Tone};

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
