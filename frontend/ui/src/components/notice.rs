//! A message in the flow of a page. What passes by is a toast; what blocks is a dialog.

use leptos::prelude::*;

use super::{Glyph, Icon, Tone};
use crate::i18n::Text;

/// A message with a title; its children say what it means and what to do.
#[component]
pub fn Notice(
    #[prop(into)] title: Text,
    #[prop(default = Tone::Info)] tone: Tone,
    /// Instead of the shape of the tone.
    #[prop(optional)]
    icon: Option<Glyph>,
    /// It appears because of something that the reader did: announced at once.
    #[prop(optional)]
    alert: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let icon = icon.unwrap_or(match tone {
        Tone::Info | Tone::Idle => Glyph::Info,
        tone => tone.glyph(),
    });
    view! {
        <div class="notice" data-tone=tone.name() role=alert.then_some("alert")>
            <Icon name=icon/>
            <p>
                <strong>{title}</strong>
            </p>
            {children.map(|children| children())}
        </div>
    }
}
