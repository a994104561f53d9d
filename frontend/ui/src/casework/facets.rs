//! What the facets of queue and register have alike: their choices with numbers, the provinces, and the way past them.

use leptos::prelude::*;
use nq57_shared::casework::ProvinceCount;
use nq57_shared::fold::fold;

use crate::components::{Facet, FacetChoice, focus_on};
use crate::i18n::{Text, tr};
use crate::state::address::{Query, use_go_to};

/// The id of the list, where the link past the filters leads.
pub(super) const LIST: &str = "danh-sach";

/// A choice of a facet with its number, unless it would leave nothing. `found` is what was counted under the filters of
/// the address: where something of the same facet is chosen, nobody knows what another choice would add.
pub(super) fn choice(
    query: &Query,
    facet: &str,
    value: &str,
    label: Text,
    found: Option<u64>,
) -> Option<FacetChoice> {
    let chosen = query.has(facet, value);
    let count = found.filter(|_| chosen || query.get(facet).is_none());
    let value = value.to_owned();
    (chosen || count != Some(0)).then_some(FacetChoice { value, label, count, chosen })
}

/// Whether the address may name this province; until `places` are there nobody can tell.
pub(super) fn is_place(places: Signal<Vec<String>>, code: &str) -> bool {
    places.with(|places| places.is_empty() || places.iter().any(|known| known == code))
}

/// The provinces, by name; several may be chosen.
#[component]
pub(super) fn ProvinceFacet(
    query: Memo<Query>,
    place: fn(&str) -> String,
    places: Signal<Vec<String>>,
    /// What was counted under the filters of the address; nothing where that is not known to the last one.
    #[prop(into)]
    found: Signal<Option<Vec<ProvinceCount>>>,
) -> impl IntoView {
    let go_to = StoredValue::new(use_go_to());
    let choose = move |(code, on): (String, bool)| {
        let now = query.get_untracked();
        let wanted =
            if on { now.and("province", &code) } else { now.without_value("province", &code) };
        go_to.with_value(|go_to| go_to(&wanted, true));
    };
    let choices = Signal::derive(move || {
        let found = found.get();
        let of = |code: String| {
            let counted = found.as_ref().map(|found| {
                found.iter().find(|one| one.province_code == code).map_or(0, |one| one.count)
            });
            let value = code.clone();
            let label = Text::from(move || place(&code));
            query.with(|query| choice(query, "province", &value, label, counted))
        };
        let mut choices: Vec<FacetChoice> = places.get().into_iter().filter_map(of).collect();
        choices.sort_by_cached_key(|choice| fold(&choice.label.string()));
        choices
    });
    let on_choose = Callback::new(choose);
    view! { <Facet label=tr::casework::province choices folded=true on_choose/> }
}

/// For those who come by keyboard: past the filters to the list.
#[component]
pub(super) fn SkipToList() -> impl IntoView {
    let skip = |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus_on(LIST);
    };
    view! { <a class="sr" href=format!("#{LIST}") on:click=skip>{tr::casework::skip}</a> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_leaves_nothing_is_offered_only_to_be_taken_off() {
        let offered = |query: &Query, value: &str, found: Option<u64>| {
            let label = Text::from(String::new);
            choice(query, "province", value, label, found)
                .map(|choice| (choice.count, choice.chosen))
        };
        let all = Query::default();
        assert_eq!(offered(&all, "01", Some(3)), Some((Some(3), false)));
        assert_eq!(offered(&all, "92", Some(0)), None);
        assert_eq!(offered(&all, "92", None), Some((None, false)), "nobody has counted");
        let here = all.and("province", "01");
        assert_eq!(offered(&here, "01", Some(0)), Some((Some(0), true)));
        assert_eq!(
            offered(&here, "92", Some(0)),
            Some((None, false)),
            "not known under this filter"
        );
    }
}
