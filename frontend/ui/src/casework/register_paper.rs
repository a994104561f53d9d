//! Around the rows of the register: the filters that were used last, and the head of a printed page.

use leptos::prelude::*;

use crate::components::{Chip, focus_on_heading};
use crate::i18n::{date, now, tr};
use crate::state::address::Query;
use crate::state::preferences::storage;
use crate::state::session;

/// Where the filters of this account are remembered. Without the words that were looked for: those name people.
fn key() -> Option<String> {
    session::account().map(|account| format!("nq57-register-{}", account.id))
}

/// Remembers the filters of this account in the browser, and leads to them from the register without any.
#[component]
pub(super) fn LastFilters(
    query: Memo<Query>,
    path: &'static str,
    names: &'static [&'static str],
) -> impl IntoView {
    let filters = Memo::new(move |_| query.with(|query| query.only(names)));
    Effect::new(move |_| {
        let filters = filters.get();
        let Some(key) = untrack(key).filter(|_| !filters.pairs().is_empty()) else { return };
        if let Some(storage) = storage() {
            // A full storage remembers the filters of before.
            let _ = storage.set_item(&key, &filters.address(path));
        }
    });
    move || {
        let is_whole = query.with(|query| query.pairs().is_empty());
        let address = storage()?.get_item(&key()?).ok()?.filter(|_| is_whole)?;
        // What stands in the storage is not followed elsewhere.
        address.starts_with(path).then(|| {
            view! { <a class="small" href=address on:click=|_| focus_on_heading()>{tr::casework::last_filters}</a> }
        })
    }
}

/// What a printed page says of itself: how many, under which filters, and when.
#[component]
pub(super) fn Printed(chips: Signal<Vec<Chip>>, count: Signal<String>) -> impl IntoView {
    let filters =
        move || chips.get().iter().map(|chip| chip.label.string()).collect::<Vec<_>>().join("; ");
    let said = move || {
        let printed = now().map(|now| tr::casework::printed(date(now))).unwrap_or_default();
        let parts = [count.get(), filters(), printed];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
    };
    view! { <p class="paper small">{said}</p> }
}
