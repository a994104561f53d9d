//! The search field above queue and register: sends what is typed into the address.

use leptos::html;
use leptos::prelude::*;

use crate::components::{Button, Glyph};
use crate::i18n::tr;
use crate::state::address::{Query, use_go_to};

/// The id of the field, which the key `/` goes to.
pub(super) const SEARCH: &str = "tim-ho-so";

/// Words of the title or a code.
#[component]
pub(super) fn Search(query: Memo<Query>) -> impl IntoView {
    use tr::casework as words;
    let input = NodeRef::<html::Input>::new();
    let go_to = use_go_to();
    let search = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        go_to(&query.get_untracked().with("q", typed.trim()), false);
    };
    let shown = move || query.with(|query| query.get("q").unwrap_or_default().to_owned());
    view! {
        <search>
            <form class="field" on:submit=search>
                <label class="sr" for=SEARCH>{words::search}</label>
                <div class="joined">
                    <input class="input" type="search" id=SEARCH autocomplete="off" maxlength="200" placeholder=words::search_hint prop:value=shown node_ref=input/>
                    <Button submit=true small=true icon=Glyph::Search>{words::find}</Button>
                </div>
            </form>
        </search>
    }
}
