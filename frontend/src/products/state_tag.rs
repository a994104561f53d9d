//! The state of a submission as a tag.

use leptos::prelude::*;
use nq57_shared::products::ProductState;
use nq57_ui::components::Tag;

use super::view_model;

/// Shape, word and colour of a state.
#[component]
pub fn StateTag(state: ProductState, #[prop(optional)] plain: bool) -> impl IntoView {
    view! {
        <Tag text=move || view_model::state(state) tone=view_model::state_tone(state) icon=view_model::state_glyph(state) plain/>
    }
}
