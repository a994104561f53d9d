//! Running text that the server made from Markdown. Never put here what the server has not sanitised.

use leptos::prelude::*;

/// HTML that the server rendered and sanitised.
#[component]
pub fn Markdown(#[prop(into)] html: Signal<String>) -> impl IntoView {
    view! { <div class="prose" inner_html=move || html.get()></div> }
}
