//! Keyboard shortcuts of the queue: single letters, so they can be switched off (WCAG 2.1.4), and the choice is kept.

use super::search::SEARCH;
use crate::components::{Button, ButtonKind, Checkbox, Dialog, focus_on};
use crate::i18n::tr;
use crate::state::preferences::storage;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

const STORED: &str = "nq57-work-shortcuts";
/// The links that the keys move between carry this class.
pub(super) const ROW_LINK: &str = "work-link";

fn stored() -> bool {
    let kept = storage().and_then(|storage| storage.get_item(STORED).ok().flatten());
    kept.as_deref() != Some("off")
}

/// `j` and `k` move between the rows, `x` picks, `/` goes to the search; Enter opens because a link has focus.
#[component]
pub fn Shortcuts() -> impl IntoView {
    use tr::casework as words;
    let open = RwSignal::new(false);
    let enabled = RwSignal::new(stored());
    Effect::new(move |_| {
        if let Some(storage) = storage() {
            // Without storage the choice lasts as long as the page.
            let _ = storage.set_item(STORED, if enabled.get() { "on" } else { "off" });
        }
    });
    let handle = window_event_listener(ev::keydown, move |event| {
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|element| {
                element.closest("input, select, textarea, dialog").ok().flatten().is_some()
            });
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        if !enabled.get_untracked() || typing || modified {
            return;
        }
        match event.key().as_str() {
            "j" => move_focus(1),
            "k" => move_focus(-1),
            "x" => pick(),
            "?" => open.set(true),
            "/" => {
                event.prevent_default();
                focus_on(SEARCH);
            }
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
    view! {
        <Button kind=ButtonKind::Quiet small=true on_press=move || open.set(true)>{words::keys}</Button>
        <Dialog open title=words::keys>
            <dl class="pairs">
                <div><dt><kbd>"j"</kbd> " " <kbd>"k"</kbd></dt><dd>{words::keys_next}</dd></div>
                <div><dt><kbd>"Enter"</kbd></dt><dd>{words::keys_open}</dd></div>
                <div><dt><kbd>"x"</kbd></dt><dd>{words::pick}</dd></div>
                <div><dt><kbd>"/"</kbd></dt><dd>{words::keys_search}</dd></div>
            </dl>
            <Checkbox name="/shortcuts" label=words::keys_on value=enabled/>
            <div class="row"><Button kind=ButtonKind::Second on_press=move || open.set(false)>{tr::ui::close}</Button></div>
        </Dialog>
    }
}

/// Picks the row whose link has focus, or gives it up.
fn pick() {
    let row = document().active_element().and_then(|link| link.closest("tr").ok().flatten());
    let tick = row.and_then(|row| row.query_selector("input.tick").ok().flatten());
    if let Some(tick) = tick.and_then(|tick| tick.dyn_into::<web_sys::HtmlElement>().ok()) {
        tick.click();
    }
}

fn move_focus(by: i32) {
    let Ok(links) = document().query_selector_all(&format!("a.{ROW_LINK}")) else { return };
    let count = i32::try_from(links.length()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let active = document().active_element();
    let here = (0..count).find(|index| {
        let link = u32::try_from(*index).ok().and_then(|index| links.get(index));
        link.as_deref() == active.as_deref().map(AsRef::as_ref)
    });
    let next =
        here.map_or(if by > 0 { 0 } else { count - 1 }, |here| (here + by).clamp(0, count - 1));
    let link = u32::try_from(next).ok().and_then(|index| links.get(index));
    if let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = link.focus();
    }
}
