//! The frame of every page. At each change of route it asks the new heading to take focus and announces the title.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast as _;

use super::footer::Footer;
use super::masthead::{Masthead, Strip};
use crate::api::is_online;
use crate::components::{Glyph, Notice, ToastRegion, Tone, focus_on, toast};
use crate::i18n::tr;
use crate::state::page;

/// The id of `<main>`, where the skip link leads.
const MAIN: &str = "noi-dung";

/// How long the new page's heading may take to come before the heading that is there gets the focus.
const PATIENCE: Duration = Duration::from_secs(4);

/// For pages that keep their heading from one path to the next. Whoever is at work already is left alone.
fn focus_late_heading() {
    let Some(heading) = document().query_selector("main h1").ok().flatten() else { return };
    let at_work = document()
        .active_element()
        .is_some_and(|active| active.closest("main").is_ok_and(|main| main.is_some()));
    if page::take_focus_request()
        && !at_work
        && let Ok(heading) = heading.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = heading.focus();
    }
}

/// Skip link, strip, masthead, the page, footer, messages.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let announced = RwSignal::new(String::new());
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            page::ask_for_focus_at(now.clone());
            set_timeout(focus_late_heading, PATIENCE);
        }
        now
    });
    Effect::new(move |first: Option<()>| {
        let title = page::title().string();
        let full = if title.is_empty() {
            tr::layout::site().to_owned()
        } else {
            let full = tr::layout::page_title(&title, tr::layout::site());
            if page::has_errors() { tr::layout::error_title(full) } else { full }
        };
        document().set_title(&full);
        if first.is_some() {
            announced.set(title);
        }
    });
    let skip = |event: ev::MouseEvent| {
        event.prevent_default();
        focus_on(MAIN);
    };
    view! {
        <a class="skip" href=format!("#{MAIN}") on:click=skip>{tr::layout::skip}</a>
        <Strip/>
        <Masthead/>
        <main id=MAIN tabindex="-1">
            <OfflineBanner/>
            {children()}
        </main>
        <Footer/>
        <ToastRegion/>
        <div class="sr" role="status" aria-live="polite">{announced}</div>
    }
}

/// Says that the connection is lost, as long as it is.
#[component]
fn OfflineBanner() -> impl IntoView {
    let offline = RwSignal::new(!is_online());
    let lost = window_event_listener(ev::offline, move |_| offline.set(true));
    let back = window_event_listener(ev::online, move |_| {
        offline.set(false);
        toast(tr::layout::online);
    });
    on_cleanup(move || {
        lost.remove();
        back.remove();
    });
    move || {
        offline.get().then(|| {
            view! {
                <div class="wrap banner">
                    <Notice title=tr::layout::offline tone=Tone::Warn icon=Glyph::Offline alert=true>
                        <p>{tr::layout::offline_detail}</p>
                    </Notice>
                </div>
            }
        })
    }
}
