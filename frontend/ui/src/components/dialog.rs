//! The native dialog: focus stays inside, Escape closes, focus returns to where it was.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::html;
use leptos::prelude::*;

use crate::i18n::Text;

static NEXT_ID: AtomicU32 = AtomicU32::new(1);

/// A question or a short task over the page. Its content is made anew at each opening.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Text,
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let title_id = format!("dialog-{}", NEXT_ID.fetch_add(1, Ordering::Relaxed));
    Effect::new(move |_| {
        let wanted = open.get();
        let Some(dialog) = dialog.get() else { return };
        if wanted && !dialog.open() {
            // Content first, so that the browser finds what to focus.
            request_animation_frame(move || {
                if open.get_untracked() && !dialog.open() {
                    let _ = dialog.show_modal();
                }
            });
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    let labelled_by = title_id.clone();
    view! {
        <dialog class="dialog" aria-labelledby=labelled_by node_ref=dialog on:close=move |_| open.set(false)>
            <h2 id=title_id>{title}</h2>
            {move || open.get().then(|| children())}
        </dialog>
    }
}
