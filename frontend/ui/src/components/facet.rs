//! Search facets with counts, and the chips of those that are on. What is chosen lives in the address.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlDivElement, HtmlElement};

use super::{Disclosure, Glyph, Icon, focus_on_heading};
use crate::i18n::{Text, number, tr};

/// One value of a facet.
#[derive(Clone)]
pub struct FacetChoice {
    pub value: String,
    pub label: Text,
    /// How many results it would leave; unknown while they are counted.
    pub count: Option<u64>,
    pub chosen: bool,
}

/// The column of facets: always there on wide screens, behind a button on phones.
#[component]
pub fn FacetPanel(
    /// How many filters are on.
    #[prop(into)]
    active: Signal<u64>,
    children: Children,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <div>
            <button
                class="btn facets-open"
                data-kind="second"
                type="button"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls="facets"
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon name=Glyph::Filter/>
                {move || match active.get() { 0 => tr::ui::filters().to_owned(), on => tr::ui::filters_on(on) }}
            </button>
            <form class="facets" id="facets" aria-label=tr::ui::filters on:submit=|event| event.prevent_default()>
                {children()}
            </form>
        </div>
    }
}

/// One facet. Choosing calls `on_choose(value, chosen)`: the page puts it into the address.
#[component]
pub fn Facet(
    #[prop(into)] label: Text,
    #[prop(into)] choices: Signal<Vec<FacetChoice>>,
    /// Only one value at a time.
    #[prop(optional)]
    single: bool,
    /// Folded until opened.
    #[prop(optional)]
    folded: bool,
    #[prop(into)] on_choose: Callback<(String, bool)>,
) -> impl IntoView {
    let legend = label.clone();
    let group = StoredValue::new(label.clone());
    // Each choice keeps its place in the page while others come and go: whoever has just chosen it stays at it.
    let item = move |choice: FacetChoice| {
        let (value, sought) = (choice.value.clone(), choice.value.clone());
        let now = Memo::new(move |_| {
            choices.with(|choices| {
                let choice = choices.iter().find(|choice| choice.value == sought);
                choice.map_or((false, None), |choice| (choice.chosen, choice.count))
            })
        });
        view! {
            <label>
                <input
                    class="tick"
                    type=if single { "radio" } else { "checkbox" }
                    name=group.with_value(Text::string)
                    value=choice.value
                    prop:checked=move || now.get().0
                    on:change:target=move |event| on_choose.run((value.clone(), event.target().checked()))
                />
                <span>{choice.label}</span>
                <span>{move || now.get().1.map(number)}</span>
            </label>
        }
    };
    view! {
        <Disclosure title=label open=!folded>
            <fieldset>
                <legend class="sr">{legend}</legend>
                <For each=move || choices.get() key=|choice| choice.value.clone() children=item/>
            </fieldset>
        </Disclosure>
    }
}

/// A filter that is on; following the link takes it off.
#[derive(Clone)]
pub struct Chip {
    pub label: Text,
    /// The address without this filter.
    pub href: String,
}

/// The filters that are on; nothing when there are none. Whoever takes one off finds the focus on the one that took its
/// place, or on the last; without any, on the heading.
#[component]
pub fn Chips(
    #[prop(into)] chips: Signal<Vec<Chip>>,
    /// The address without any filter.
    #[prop(into)]
    clear: Signal<String>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let taken_off = StoredValue::new(None::<u32>);
    Effect::new(move |_| {
        chips.track();
        if let Some(place) = taken_off.try_update_value(Option::take).flatten() {
            request_animation_frame(move || keep_focus(list.try_get_untracked().flatten(), place));
        }
    });
    move || {
        let chips = chips.get();
        (!chips.is_empty()).then(|| {
            let items = (0_u32..)
                .zip(chips)
                .map(|(place, Chip { label, href })| {
                    view! {
                        <a class="chip" href=href on:click=move |_| taken_off.set_value(Some(place))>
                            {label}
                            <Icon name=Glyph::Close/>
                            <span class="sr">", " {tr::ui::filter_off}</span>
                        </a>
                    }
                })
                .collect_view();
            view! {
                <div class="chips" node_ref=list>
                    <span class="sr">{tr::ui::filtering}</span>
                    {items}
                    <a class="small" href=move || clear.get() on:click=move |_| taken_off.set_value(Some(0))>{tr::ui::filters_clear}</a>
                </div>
            }
        })
    }
}

/// A focus that went with its chip goes to the chip in this place, to the last one, or to the heading.
fn keep_focus(list: Option<HtmlDivElement>, place: u32) {
    let is_lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if !is_lost {
        return;
    }
    let left = list
        .filter(|list| list.is_connected())
        .and_then(|list| list.query_selector_all(".chip").ok())
        .filter(|chips| chips.length() > 0);
    let chip = left.and_then(|chips| chips.item(place.min(chips.length() - 1)));
    match chip.and_then(|chip| chip.dyn_into::<HtmlElement>().ok()) {
        Some(chip) => {
            let _ = chip.focus();
        }
        None => focus_on_heading(),
    }
}
