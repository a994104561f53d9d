//! Signing in, or what belongs to the account that is signed in.

use std::time::Duration;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::api::pause;
use crate::components::{Glyph, Icon, IconLink, toast};
use crate::i18n::tr;
use crate::state::session::{self, Session};
use crate::state::{local_drafts, unread};

/// How long signing out waits for what is on its way to the server.
const LEAVE_TURN: Duration = Duration::from_millis(100);
const LEAVE_TURNS: u32 = 30;

/// The account's corner of the masthead; empty while it is not known who is there.
#[component]
pub(super) fn AccountMenu() -> impl IntoView {
    let path = use_location();
    // Follows the address, so that one comes back to where one was.
    let sign_in = move || {
        path.pathname.track();
        path.search.track();
        session::sign_in_address()
    };
    move || {
        match session::session() {
        Session::Unknown => ().into_any(),
        Session::Anonymous => view! {
            <a class="btn wide" data-kind="second" data-size="s" href=sign_in>{tr::layout::sign_in}</a>
        }
        .into_any(),
        Session::SignedIn(account) => view! {
            <IconLink icon=Glyph::Bell label=inbox_name href="/thong-bao" count=Signal::derive(unread::count)/>
            <Menu name=account.display_name/>
        }
        .into_any(),
    }
    }
}

/// "Messages", with how many are unread.
pub(super) fn inbox_name() -> String {
    match unread::count() {
        0 => tr::layout::inbox().to_owned(),
        count => tr::layout::inbox_unread(count),
    }
}

#[component]
fn Menu(name: String) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    let summary = NodeRef::<html::Summary>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            let _ = menu.remove_attribute("open");
        }
    };
    let path = use_location().pathname;
    Effect::new(move |_| {
        path.track();
        close();
    });
    let outside = window_event_listener(ev::click, move |event| {
        let inside = menu.get_untracked().is_some_and(|menu| {
            menu.contains(
                event
                    .target()
                    .and_then(|target| wasm_bindgen::JsCast::dyn_into(target).ok())
                    .as_ref(),
            )
        });
        if !inside {
            close();
        }
    });
    on_cleanup(move || outside.remove());
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
            if let Some(summary) = summary.get_untracked() {
                let _ = summary.focus();
            }
        }
    };
    let sign_out = use_sign_out();
    view! {
        <details class="menu wide" node_ref=menu on:keydown=on_key>
            <summary class="btn" data-kind="quiet" data-size="s" node_ref=summary>
                <Icon name=Glyph::User/>
                <span class="menu-name">{name}</span>
                <Icon name=Glyph::Down/>
            </summary>
            <ul class="menu-list" aria-label=tr::layout::account_nav>
                <li>
                    <a href="/tai-khoan">
                        <Icon name=Glyph::Settings/>
                        {tr::layout::account}
                    </a>
                </li>
                <li>
                    <a href="/ho-so">
                        <Icon name=Glyph::File/>
                        {tr::layout::nav::submissions}
                    </a>
                </li>
                <li>
                    <a href="/to-chuc">
                        <Icon name=Glyph::Building/>
                        {tr::organisations::title}
                    </a>
                </li>
                <li>
                    <button type="button" on:click=move |_| sign_out()>
                        <Icon name=Glyph::SignOut/>
                        {tr::layout::sign_out}
                    </button>
                </li>
            </ul>
        </details>
    }
}

/// Goes home, signs out and says so; a server that cannot be reached is told instead. What is still on its way to
/// the server arrives first, and what cannot arrive is given up only when its writer says so.
pub(super) fn use_sign_out() -> impl Fn() + Copy + Send + Sync + 'static {
    let navigate = StoredValue::new_local(use_navigate());
    move || {
        // Taken out first: the menu that asked leaves the page together with the session.
        let navigate = navigate.get_value();
        spawn_local(async move {
            // Leaving the page sends what is typed on it, a moment later.
            navigate("/", NavigateOptions::default());
            for _ in 0..LEAVE_TURNS {
                pause(LEAVE_TURN).await;
                if !local_drafts::is_any() {
                    break;
                }
            }
            let gives_up = || window().confirm_with_message(tr::layout::sign_out_loses());
            if local_drafts::is_any() && !gives_up().unwrap_or(true) {
                return;
            }
            match session::sign_out().await {
                Ok(()) => {
                    local_drafts::forget_all();
                    toast(tr::layout::signed_out);
                }
                Err(failure) => toast(failure.title()),
            }
        });
    }
}
