//! The rest of a list: pages follow each other by cursor, so there is "more", never "page 7".

use leptos::prelude::*;

use super::{Button, ButtonKind, GoLink};
use crate::i18n::{Text, tr};

/// How much of the list is shown, and the button for the rest; gone when everything is there.
#[component]
pub fn LoadMore(
    #[prop(into)] shown: Signal<u64>,
    /// Where the server told it.
    #[prop(into)]
    total: Signal<Option<u64>>,
    /// Whether there is a next page.
    #[prop(into)]
    has_more: Signal<bool>,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_more: Callback<()>,
) -> impl IntoView {
    let count = move || match total.get() {
        Some(total) => {
            tr::ui::shown_of(crate::i18n::number(shown.get()), crate::i18n::number(total))
        }
        None => tr::ui::shown(shown.get()),
    };
    let bar = move || {
        total.get().filter(|total| *total > 0).map(|total| {
            view! { <progress max=total.to_string() value=move || shown.get().to_string() aria-label=count></progress> }
        })
    };
    view! {
        <div class="more">
            <p class="small muted" role="status">{count}</p>
            {bar}
            {move || has_more.get().then(|| view! {
                <Button kind=ButtonKind::Second busy on_press=move || on_more.run(())>{tr::ui::more}</Button>
            })}
        </div>
    }
}

/// The next page as a link, where every page has its own address.
#[component]
pub fn NextLink(
    #[prop(into)] href: Signal<String>,
    #[prop(optional, into)] label: Option<Text>,
) -> impl IntoView {
    let label = label.unwrap_or_else(|| Text::from(tr::ui::next_page));
    view! { <GoLink href>{label}</GoLink> }
}
