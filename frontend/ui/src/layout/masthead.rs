//! Strip and masthead: demonstration notice, language and theme, brand, search, account, main navigation.

use leptos::prelude::*;
use leptos::{ev, html};
use leptos_router::hooks::use_location;
use nq57_shared::access::Role;
use nq57_shared::language::Language;

use super::account_menu::{AccountMenu, inbox_name, use_sign_out};
use crate::components::{Badge, Glyph, Icon, IconLink, asset_address};
use crate::i18n::{Text, language, tr};
use crate::state::preferences::{Theme, choose_language, choose_theme, theme};
use crate::state::{session, site, unread};

/// The dark strip at the top.
#[component]
pub(super) fn Strip() -> impl IntoView {
    let demo = move || {
        site::is_demo().then(|| {
            view! {
                <span class="demo">
                    <Icon name=Glyph::Info/>
                    {tr::layout::demo}
                </span>
            }
        })
    };
    let choose = |own: Language, name: &'static str| {
        view! {
            <button type="button" lang=own.tag() aria-pressed=move || if language() == own { "true" } else { "false" } on:click=move |_| choose_language(own)>
                {name}
            </button>
        }
    };
    let is_dark = || theme() == Theme::Dark;
    let switch = move |_| choose_theme(if untrack(is_dark) { Theme::Light } else { Theme::Dark });
    view! {
        <div class="strip" role="region" aria-label=tr::layout::strip>
            <div class="wrap">
                {demo}
                <div class="switches">
                    <div class="switch" role="group" aria-label=tr::layout::language>
                        {choose(Language::Vi, "Tiếng Việt")}
                        {choose(Language::En, "English")}
                    </div>
                    <div class="switch">
                        <button type="button" aria-pressed=move || if is_dark() { "true" } else { "false" } on:click=switch>
                            <Icon name=Glyph::Theme/>
                            {tr::layout::dark}
                        </button>
                    </div>
                </div>
            </div>
        </div>
    }
}

/// One entry of the main navigation.
struct Entry {
    href: &'static str,
    label: fn() -> &'static str,
    /// Whom it is shown to.
    shown: fn() -> bool,
}

/// The main navigation, in order.
const ENTRIES: [Entry; 7] = [
    Entry { href: "/san-pham", label: tr::layout::nav::products, shown: || true },
    Entry { href: "/viec-cua-toi", label: tr::layout::nav::my_work, shown: is_official },
    Entry { href: "/tat-ca-ho-so", label: tr::layout::nav::register, shown: sees_register },
    Entry {
        href: "/ho-so",
        label: tr::layout::nav::submissions,
        shown: || session::account().is_some(),
    },
    Entry {
        href: "/theo-doi",
        label: tr::layout::nav::tracking,
        shown: || session::account().is_none(),
    },
    Entry { href: "/thong-ke", label: tr::layout::nav::statistics, shown: || true },
    Entry {
        href: "/quan-tri",
        label: tr::layout::nav::administration,
        shown: || session::has_role(Role::Administrator),
    },
];

fn is_official() -> bool {
    session::account().as_ref().is_some_and(session::is_official)
}

/// Who scores sees panels, not the register.
fn sees_register() -> bool {
    Role::REGISTER.into_iter().any(session::has_role)
}

/// Whether the page at `path` belongs to the entry at `href`.
fn is_within(path: &str, href: &str) -> bool {
    path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Brand, tools and navigation, with the band below.
#[component]
pub(super) fn Masthead() -> impl IntoView {
    let open = RwSignal::new(false);
    let path = use_location().pathname;
    Effect::new(move |_| {
        path.track();
        open.set(false);
    });
    // The bell is asked for anew with each page, and when somebody signs in or out.
    let account = Memo::new(|_| session::account().map(|account| account.id));
    Effect::new(move |_| {
        path.track();
        // Read, not only followed: a memo that nobody has read yet follows nothing itself.
        if account.get().is_some() {
            unread::refresh();
        } else {
            unread::set(0);
        }
    });
    let button = NodeRef::<html::Button>::new();
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            open.set(false);
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
    };
    let mark = asset_address("asset-mark").unwrap_or_else(|| "/motif/mark.svg".to_owned());
    let link = move |href: &'static str, label: Text, only_narrow: bool| {
        view! {
            <li class:narrow-nav=only_narrow>
                <a href=href aria-current=move || path.with(|path| is_within(path, href)).then_some("page")>{label}</a>
            </li>
        }
    };
    let entries = move || {
        ENTRIES
            .iter()
            .filter(|entry| (entry.shown)())
            .map(|entry| link(entry.href, Text::from(entry.label), false))
            .collect_view()
    };
    let sign_out = use_sign_out();
    let own = move || match session::account() {
        Some(_) => view! {
            {link("/thong-bao", Text::from(inbox_name), true)}
            {link("/tai-khoan", Text::from(tr::layout::account), true)}
            {link("/to-chuc", Text::from(tr::organisations::title), true)}
            <li class="narrow-nav">
                <button type="button" on:click=move |_| sign_out()>{tr::layout::sign_out}</button>
            </li>
        }
        .into_any(),
        None => link("/dang-nhap", Text::from(tr::layout::sign_in), true).into_any(),
    };
    view! {
        <header class="masthead" on:keydown=on_key>
            <div class="wrap">
                <a class="brand" href="/">
                    <img src=mark alt="" width="48" height="48"/>
                    <span>
                        <span class="brand-name">{tr::layout::site}</span>
                        <span class="brand-line">{tr::layout::site_line}</span>
                    </span>
                </a>
                <div class="tools">
                    <IconLink icon=Glyph::Search label=tr::layout::search href="/san-pham"/>
                    <AccountMenu/>
                    <button
                        class="btn nav-open"
                        data-kind="second"
                        data-size="s"
                        type="button"
                        aria-expanded=move || if open.get() { "true" } else { "false" }
                        aria-controls="menu"
                        node_ref=button
                        on:click=move |_| open.update(|open| *open = !*open)
                    >
                        <Icon name=Glyph::Menu/>
                        {tr::layout::menu}
                        <span class="bell-less">
                            <Badge count=Signal::derive(unread::count)/>
                            <span class="sr">{move || (unread::count() > 0).then(|| tr::layout::unread(unread::count()))}</span>
                        </span>
                    </button>
                </div>
                <nav class="nav" id="menu" aria-label=tr::layout::main_nav>
                    <ul>{entries} {own}</ul>
                </nav>
            </div>
            <div class="band"></div>
        </header>
    }
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn an_entry_is_current_on_its_own_pages_only() {
        assert!(is_within("/ho-so", "/ho-so"));
        assert!(is_within("/ho-so/moi", "/ho-so"));
        assert!(!is_within("/ho-so-khac", "/ho-so"));
    }
}
