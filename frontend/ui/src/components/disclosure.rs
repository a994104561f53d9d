//! What unfolds under its name.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::i18n::Text;

/// Folded until opened.
#[component]
pub fn Disclosure(
    #[prop(into)] title: Text,
    /// A figure at the end of the line.
    #[prop(optional, into)]
    figure: Option<Text>,
    #[prop(optional)] open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="facet" open=open>
            <summary>
                <span>{title}</span>
                {figure.map(|figure| view! { <span class="num">{figure}</span> })}
                <Icon name=Glyph::Down/>
            </summary>
            {children()}
        </details>
    }
}
