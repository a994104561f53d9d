//! Short messages that pass: "saved", "sent". Never the only place where something important is said.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::i18n::{Text, tr};

const SHOWN_FOR: Duration = Duration::from_secs(8);

#[derive(Clone)]
struct Toast {
    number: u64,
    text: Text,
    after: Option<After>,
}

/// What stands behind a message.
#[derive(Clone)]
enum After {
    Action(Text, Callback<()>),
    /// A page, by its name and address.
    Link(Text, String),
}

static TOASTS: LazyLock<ArcRwSignal<Vec<Toast>>> = LazyLock::new(|| ArcRwSignal::new(Vec::new()));
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Says something briefly.
pub fn toast(text: impl Into<Text>) {
    push(text.into(), None);
}

/// Says something briefly and offers one action, such as undo.
pub fn toast_with_action(
    text: impl Into<Text>,
    label: impl Into<Text>,
    action: impl Into<Callback<()>>,
) {
    push(text.into(), Some(After::Action(label.into(), action.into())));
}

/// Says something briefly, and names the page of what it is about.
pub fn toast_with_link(text: impl Into<Text>, name: impl Into<Text>, href: impl Into<String>) {
    push(text.into(), Some(After::Link(name.into(), href.into())));
}

fn push(text: Text, after: Option<After>) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    TOASTS.update(|toasts| toasts.push(Toast { number, text, after }));
    set_timeout(move || dismiss(number), SHOWN_FOR);
}

fn dismiss(number: u64) {
    TOASTS.update(|toasts| toasts.retain(|toast| toast.number != number));
}

/// Where the messages appear; once, in the shell.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = TOASTS.clone();
    let message = |toast: Toast| {
        let number = toast.number;
        let after = toast.after.map(|after| match after {
            After::Action(label, action) => {
                let press = move |_| {
                    dismiss(number);
                    action.run(());
                };
                view! { <button type="button" on:click=press>{label}</button> }.into_any()
            }
            After::Link(name, href) => view! { <a href=href>{name}</a> }.into_any(),
        });
        view! {
            <div class="toast">
                <Icon name=Glyph::Check/>
                <span>{toast.text}</span>
                {after}
                <button type="button" class="toast-close" aria-label=tr::ui::close on:click=move |_| dismiss(number)>
                    <Icon name=Glyph::Close/>
                </button>
            </div>
        }
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.get() key=|toast| toast.number children=message/>
        </div>
    }
}
