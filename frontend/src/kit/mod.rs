//! The living page `/ui`: every component in its states.

use leptos::prelude::*;

/// The kit.
#[component]
pub fn KitPage() -> impl IntoView {
    view! { <div class="wrap"></div> }
}
