//! Step 2: which problem the product solves, and how.

use leptos::prelude::*;
use nq57_shared::products::draft::{DESCRIPTION_MAX, TEXT_MAX};
use nq57_ui::components::TextArea;
use nq57_ui::i18n::tr;

use super::super::fields::Fields;

/// Problem, description, novelty.
#[component]
pub(in super::super) fn ProblemFields(fields: Fields) -> impl IntoView {
    use tr::products::field;
    use tr::submissions::problem as words;
    view! {
        <TextArea name="/problem" label=field::problem value=fields.problem hint=words::problem_hint rows=4 limit=TEXT_MAX/>
        <TextArea name="/description" label=field::description value=fields.description hint=words::description_hint rows=10 limit=DESCRIPTION_MAX/>
        <TextArea name="/novelty" label=field::novelty value=fields.novelty hint=words::novelty_hint rows=4 limit=TEXT_MAX/>
    }
}
