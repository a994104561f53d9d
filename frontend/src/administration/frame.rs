//! What all pages of the administration share: only for administrators (the audit for auditors
//! too), one row of links, one width.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use nq57_shared::access::Role;
use nq57_ui::components::{Crumb, Crumbs, PageHead};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::layout::Guard;
use nq57_ui::state::session;

/// Who comes in where nothing else is said.
const ADMINISTRATORS: &[Role] = &[Role::Administrator];

/// Around every page of the administration.
#[component]
pub(super) fn Room(
    #[prop(default = ADMINISTRATORS)] roles: &'static [Role],
    children: ChildrenFn,
) -> impl IntoView {
    view! {
        <Guard roles>
            <Crumbs trail=vec![Crumb::new(tr::administration::title, "/quan-tri")]/>
            <div class="wrap">{children()}</div>
        </Guard>
    }
}

/// The frame of an administration page.
#[component]
pub(super) fn Frame(
    #[prop(into)] title: Text,
    #[prop(optional, into)] lead: Option<Text>,
    #[prop(default = ADMINISTRATORS)] roles: &'static [Role],
    children: ChildrenFn,
) -> impl IntoView {
    let is_administrator = || session::has_role(Role::Administrator);
    view! {
        <Room roles>
            {match lead.clone() {
                Some(lead) => view! { <PageHead title=title.clone() lead/> }.into_any(),
                None => view! { <PageHead title=title.clone()/> }.into_any(),
            }}
            <div class="stack">
                {move || is_administrator().then(|| view! { <Links/> })}
                {children()}
            </div>
        </Room>
    }
}

#[component]
pub(super) fn Links() -> impl IntoView {
    use tr::administration as words;
    let path = use_location().pathname;
    let link = move |href: &'static str, label: fn() -> &'static str| {
        let current =
            move || path.with(|path| path == href || path.starts_with(&format!("{href}/")));
        view! { <a href=href aria-current=move || current().then_some("page")>{label}</a> }
    };
    view! {
        <nav class="tabs" aria-label=words::nav>
            {link("/quan-tri/tai-khoan", words::accounts::title)}
            {link("/quan-tri/to-chuc", words::organisations::title)}
            {link("/quan-tri/ung-dung", tr::clients::all_title)}
            {link("/quan-tri/tin-khong-gui-duoc", words::dead_letters::title)}
            {link("/quan-tri/nhat-ky", words::audit::title)}
        </nav>
    }
}
