//! The order of queue and register as the address has it: the header of a column sorts by it, pressed again the other
//! way round.

use leptos::prelude::*;

use super::place::is_idle;
use crate::components::{Order, SortHeader, focus_on};
use crate::i18n::Text;
use crate::state::address::{Query, use_go_to};

/// The order of a list whose address says nothing else.
const USUAL: &str = "due";

/// The order of one list.
#[derive(Clone, Copy)]
pub(super) struct Sorting {
    query: Memo<Query>,
    go_to: Callback<Query>,
    /// The header that was pressed last: it is drawn anew with the rows and takes the focus again.
    pressed: StoredValue<Option<&'static str>>,
}

impl Sorting {
    /// For the list whose filters are `query`; called where the page is made.
    pub fn new(query: Memo<Query>) -> Self {
        let go_to = use_go_to();
        let go_to = Callback::new(move |wanted: Query| go_to(&wanted, true));
        Self { query, go_to, pressed: StoredValue::new(None) }
    }

    /// How the list is sorted by this key, if it is; reactive.
    fn order(self, key: &str) -> Option<Order> {
        self.query.with(|query| order(query.get("sort").unwrap_or(USUAL), key))
    }

    fn press(self, key: &'static str, first: Order) {
        let next = untrack(|| self.order(key)).map_or(first, Order::reversed);
        self.pressed.set_value(Some(key));
        self.go_to.run(self.query.get_untracked().with("sort", &value(key, next)));
    }
}

fn order(sort: &str, key: &str) -> Option<Order> {
    let (sort, order) = match sort.strip_prefix('-') {
        Some(sort) => (sort, Order::Descending),
        None => (sort, Order::Ascending),
    };
    (sort == key).then_some(order)
}

/// As the address says it: nothing for the usual order.
fn value(key: &str, order: Order) -> String {
    match order {
        Order::Ascending if key == USUAL => String::new(),
        Order::Ascending => key.to_owned(),
        Order::Descending => format!("-{key}"),
    }
}

/// The header of a column that sorts.
#[component]
pub(super) fn SortBy(
    sorting: Sorting,
    key: &'static str,
    #[prop(into)] label: Text,
    /// Pressed first, the latest comes first.
    #[prop(optional)]
    latest_first: bool,
    #[prop(optional)] number: bool,
) -> impl IntoView {
    let id = format!("sap-xep-{key}");
    let first = if latest_first { Order::Descending } else { Order::Ascending };
    if sorting.pressed.get_value() == Some(key) {
        sorting.pressed.set_value(None);
        let id = id.clone();
        request_animation_frame(move || {
            if is_idle() {
                focus_on(&id);
            }
        });
    }
    let order = Signal::derive(move || sorting.order(key));
    view! { <SortHeader id label order number on_sort=move || sorting.press(key, first)/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_address_says_is_what_the_header_shows() {
        for key in ["due", "since"] {
            for way in [Order::Ascending, Order::Descending] {
                let said = value(key, way);
                let sort = if said.is_empty() { USUAL } else { said.as_str() };
                assert_eq!(order(sort, key), Some(way), "{said}");
                assert_eq!(order(sort, "state"), None);
            }
        }
        assert_eq!(value("due", Order::Ascending), "", "the usual order has no address of its own");
    }
}
