//! Tabs: parts of one page, one shown at a time. Parts with an address of their own are links, not tabs.

use leptos::ev;
use leptos::prelude::*;

use super::focus_on;
use crate::i18n::Text;

/// One part.
#[derive(Clone)]
pub struct Tab {
    /// Unique on the page; ids are made from it.
    pub key: &'static str,
    pub label: Text,
    pub view: ViewFn,
}

impl Tab {
    /// A part with what it shows.
    pub fn new(key: &'static str, label: impl Into<Text>, view: impl Into<ViewFn>) -> Self {
        Self { key, label: label.into(), view: view.into() }
    }
}

/// Tabs with arrow keys, Home and End; the first is open.
#[component]
pub fn Tabs(#[prop(into)] label: Text, tabs: Vec<Tab>) -> impl IntoView {
    let keys: Vec<&'static str> = tabs.iter().map(|tab| tab.key).collect();
    let chosen = RwSignal::new(keys.first().copied().unwrap_or_default());
    let on_key = move |event: ev::KeyboardEvent| {
        let count = keys.len();
        let Some(now) = keys.iter().position(|key| *key == chosen.get_untracked()) else { return };
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1) % count,
            "ArrowLeft" => (now + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        if let Some(key) = keys.get(next) {
            chosen.set(key);
            focus_on(&format!("tab-{key}"));
        }
    };
    let buttons = tabs
        .iter()
        .map(|tab| {
            let (key, label) = (tab.key, tab.label.clone());
            let is_chosen = move || chosen.get() == key;
            view! {
                <button
                    type="button"
                    role="tab"
                    id=format!("tab-{key}")
                    aria-controls=format!("panel-{key}")
                    aria-selected=move || if is_chosen() { "true" } else { "false" }
                    tabindex=move || if is_chosen() { "0" } else { "-1" }
                    on:click=move |_| chosen.set(key)
                >
                    {label}
                </button>
            }
        })
        .collect_view();
    let panels = tabs
        .into_iter()
        .map(|Tab { key, view, .. }| {
            view! {
                <div class="panel" role="tabpanel" id=format!("panel-{key}") aria-labelledby=format!("tab-{key}") tabindex="0" hidden=move || chosen.get() != key>
                    {view.run()}
                </div>
            }
        })
        .collect_view();
    view! {
        <div>
            <div class="tabs" role="tablist" aria-label=move || label.get() on:keydown=on_key>
                {buttons}
            </div>
            {panels}
        </div>
    }
}
