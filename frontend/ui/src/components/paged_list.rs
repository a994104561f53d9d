//! A list by cursor with its button for more; an empty list says what to do.

use leptos::prelude::*;
use nq57_shared::page::Page;

use super::load::{FailureNotice, Load};
use super::more::LoadMore;
use crate::api::Paged;

/// Draws all that has come through `view`, `empty` when there is nothing.
#[component]
pub fn PagedList<T, V>(
    from: Paged<T>,
    view: impl Fn(Vec<T>) -> V + Send + Sync + 'static,
    #[prop(into)] empty: ViewFn,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let draw = move |page: Page<T>| {
        if page.items.is_empty() {
            return empty.run();
        }
        let shown = u64::try_from(page.items.len()).unwrap_or_default();
        let has_more = page.next_cursor.is_some();
        view! {
            <div class="stack">
                {view(page.items)}
                {move || from.failure().map(|failure| view! { <FailureNotice failure on_retry=move || from.more() busy=from.busy()/> })}
                <LoadMore shown=Signal::stored(shown) total=Signal::stored(page.total) has_more=Signal::stored(has_more) busy=from.busy() on_more=move || from.more()/>
            </div>
        }
        .into_any()
    };
    view! { <Load from=from.list view=draw/> }
}
