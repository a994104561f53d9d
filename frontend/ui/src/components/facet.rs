//! Search facets with counts, and the chips of those that are on. What is chosen lives in the address.

use leptos::prelude::*;

use super::{Disclosure, Glyph, Icon};
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
    let items = move || {
        choices
            .get()
            .into_iter()
            .map(|choice| {
                let value = choice.value.clone();
                view! {
                    <label>
                        <input
                            class="tick"
                            type=if single { "radio" } else { "checkbox" }
                            name=group.with_value(Text::string)
                            value=choice.value
                            prop:checked=choice.chosen
                            on:change:target=move |event| on_choose.run((value.clone(), event.target().checked()))
                        />
                        <span>{choice.label}</span>
                        <span>{choice.count.map(|count| move || number(count))}</span>
                    </label>
                }
            })
            .collect_view()
    };
    view! {
        <Disclosure title=label open=!folded>
            <fieldset>
                <legend class="sr">{legend}</legend>
                {items}
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

/// The filters that are on; nothing when there are none.
#[component]
pub fn Chips(
    #[prop(into)] chips: Signal<Vec<Chip>>,
    /// The address without any filter.
    #[prop(into)]
    clear: Signal<String>,
) -> impl IntoView {
    move || {
        let chips = chips.get();
        (!chips.is_empty()).then(|| {
            let items = chips
                .into_iter()
                .map(|Chip { label, href }| {
                    view! {
                        <a class="chip" href=href>
                            {label}
                            <Icon name=Glyph::Close/>
                            <span class="sr">", " {tr::ui::filter_off}</span>
                        </a>
                    }
                })
                .collect_view();
            view! {
                <div class="chips">
                    <span class="sr">{tr::ui::filtering}</span>
                    {items}
                    <a class="small" href=move || clear.get()>{tr::ui::filters_clear}</a>
                </div>
            }
        })
    }
}
