//! Waiting and emptiness: skeletons, progress bars, and what to do when there is nothing.

use leptos::prelude::*;

use crate::i18n::{Text, tr};

/// Grey lines while content is on its way; announced as loading.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 4)]
    lines: usize,
) -> impl IntoView {
    const WIDTHS: [Option<&str>; 4] = [Some("l"), None, Some("m"), Some("s")];
    view! {
        <div class="stack" data-gap="s" role="status" aria-label=tr::ui::loading>
            {WIDTHS.into_iter().cycle().take(lines).map(|width| view! { <span class="skel" data-w=width></span> }).collect_view()}
        </div>
    }
}

/// How far a work has come. `label` is its accessible name.
#[component]
pub fn ProgressBar(
    #[prop(into)] label: Text,
    /// 0 to 100.
    #[prop(into)]
    percent: Signal<u8>,
) -> impl IntoView {
    view! { <progress max="100" value=move || percent.get().to_string() aria-label=move || label.get()></progress> }
}

/// Nothing here, and what to do about it.
#[component]
pub fn Empty(
    #[prop(into)] title: Text,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty stack" data-gap="s">
            <h2 class="t-l">{title}</h2>
            {children.map(|children| children())}
        </div>
    }
}
