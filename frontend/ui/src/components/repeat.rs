//! A list that people lengthen and shorten: places of use, links, patents. Each row is made by the page.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::frame::Wiring;
use super::{Glyph, Icon};
use crate::i18n::{Text, tr};

/// Rows with "add" and "remove". A row is a `Copy` bundle of signals; `row` draws it, given its position.
///
/// Field names inside a row must carry the position: `format!("/deployments/{index}/place")`.
#[component]
pub fn Repeat<T, V>(
    /// JSON pointer of the list: what is wrong with the list as a whole is shown here.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(into)] label: Text,
    #[prop(optional, into)] hint: Option<Text>,
    rows: RwSignal<Vec<T>>,
    /// A new, empty row.
    #[prop(into)]
    make: Callback<(), T>,
    /// Draws the row at a position.
    row: impl Fn(usize, T) -> V + Send + Sync + 'static,
    /// "Add a place".
    #[prop(into)]
    add: Text,
    /// No more rows than this.
    #[prop(default = 20)]
    limit: usize,
) -> impl IntoView
where
    T: Copy + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let wiring = name.map(|name| Wiring::new(&name, &label, hint.is_some(), false, None));
    let (invalid, described) = (wiring.clone(), wiring.clone());
    let (hint_id, add_id) = (
        wiring.as_ref().map(|wiring| format!("{}-hint", wiring.id)),
        wiring.as_ref().map(|wiring| wiring.id.clone()),
    );
    let add_button = NodeRef::<html::Button>::new();
    let remove = move |index: usize| {
        rows.update(|rows| {
            if index < rows.len() {
                rows.remove(index);
            }
        });
        if let Some(button) = add_button.get_untracked() {
            let _ = button.focus();
        }
    };
    let list = NodeRef::<html::Ol>::new();
    let add_row = move |_| {
        rows.update(|rows| rows.push(make.run(())));
        request_animation_frame(move || {
            let first_of_last = list
                .get_untracked()
                .and_then(|list| list.last_element_child())
                .and_then(|row| row.query_selector("input, textarea, select").ok().flatten());
            if let Some(control) = first_of_last
                && let Ok(control) = control.dyn_into::<web_sys::HtmlElement>()
            {
                let _ = control.focus();
            }
        });
    };
    let is_full = move || rows.with(Vec::len) >= limit;
    let items = move || {
        rows.get()
            .into_iter()
            .enumerate()
            .map(|(index, item)| {
                view! {
                    <li class="repeat-row">
                        <div class="repeat-fields">{row(index, item)}</div>
                        <button class="btn" type="button" data-kind="quiet" data-size="s" on:click=move |_| remove(index)>
                            <Icon name=Glyph::Trash/>
                            {tr::ui::remove}
                            <span class="sr">" "{index + 1}</span>
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <fieldset
            class="field repeat"
            data-invalid=move || invalid.as_ref().is_some_and(|wiring| wiring.error().is_some())
            aria-describedby=move || described.as_ref().and_then(Wiring::described_by)
        >
            <legend class="label">{label}</legend>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {wiring.map(|wiring| wiring.error_view())}
            <ol class="repeat-rows" node_ref=list>{items}</ol>
            <button
                class="btn"
                type="button"
                data-kind="second"
                data-size="s"
                id=add_id
                node_ref=add_button
                hidden=is_full
                on:click=add_row
            >
                <Icon name=Glyph::Plus/>
                {add}
            </button>
        </fieldset>
    }
}
