//! The frame of every page. At each change of route it asks the new heading to take focus and announces the title.

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::footer::Footer;
use super::masthead::{Masthead, Strip};
use crate::api::is_online;
use crate::i18n::tr;
use crate::state::page;
use crate::ui::{Glyph, Notice, ToastRegion, Tone, focus_on, toast};

/// The id of `<main>`, where the skip link leads.
const MAIN: &str = "noi-dung";

/// Skip link, strip, masthead, the page, footer, messages.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let announced = RwSignal::new(String::new());
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            page::ask_for_focus();
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
