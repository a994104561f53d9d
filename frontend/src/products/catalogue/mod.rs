//! The catalogue of what is published: search, filters and order, all in the address.

mod csv;
mod filters;
mod results;

use leptos::html;
use leptos::prelude::*;
use nq57_ui::api::remote;
use nq57_ui::components::{Button, Crumbs, Glyph, PageHead};
use nq57_ui::i18n::tr;
use nq57_ui::state::address::{Query, use_go_to, use_query};

use super::api;

/// What the server is asked; anything else in the address is somebody else's.
const FILTERS: [&str; 8] =
    ["q", "sector", "province", "domain", "kind", "maturity", "trl_min", "sort"];

/// How many products a page of the list has.
const PAGE: usize = 20;

/// The catalogue.
#[component]
pub fn CataloguePage() -> impl IntoView {
    let whole = use_query();
    let query = Memo::new(move |_| filters::known(&whole.get().only(&FILTERS)));
    // What cannot be asked for leaves the address as well.
    let go_to = use_go_to();
    Effect::new(move |_| {
        let asked = whole.get().only(&FILTERS);
        query.with(|query| {
            if *query != asked {
                go_to(query, true);
            }
        });
    });
    let found = remote(move || api::search(query.get().pairs(), None, PAGE, true));
    let facets =
        Signal::derive(move || found.ready().and_then(|page| page.facets).unwrap_or_default());
    view! {
        <Crumbs/>
        <div class="wrap">
            <PageHead title=tr::products::catalogue::title>
                <Search query/>
            </PageHead>
            <div class="split" data-side="start">
                <filters::Filters query facets/>
                <results::Results query found/>
            </div>
        </div>
    }
}

/// The search field: sends what is typed into the address.
#[component]
fn Search(query: Memo<Query>) -> impl IntoView {
    use tr::products::catalogue as words;
    let input = NodeRef::<html::Input>::new();
    let go_to = use_go_to();
    let search = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        let wanted = query.get_untracked().with("q", typed.trim());
        // Without a text there is no best match to sort by.
        let wanted = if typed.trim().is_empty() && wanted.has("sort", "relevance") {
            wanted.without("sort")
        } else {
            wanted
        };
        go_to(&wanted, false);
    };
    let shown = move || query.with(|query| query.get("q").unwrap_or_default().to_owned());
    view! {
        <search>
            <form class="field" on:submit=search>
                <label class="label" for="q">{words::label}</label>
                <p class="hint" id="q-hint">{words::hint}</p>
                <div class="joined">
                    <input class="input" type="search" id="q" autocomplete="off" aria-describedby="q-hint" maxlength="200" prop:value=shown node_ref=input/>
                    <Button submit=true icon=Glyph::Search>{words::find}</Button>
                </div>
            </form>
        </search>
    }
}
