//! `/to-chuc`: one's own organisations, the search for others, a form for a new one.

use leptos::prelude::*;
use nq57_ui::components::{Crumb, Crumbs, PageHead, Tag, Tone};
use nq57_ui::i18n::tr;
use nq57_ui::layout::Guard;
use nq57_ui::state::session;

use super::find::Find;
use super::found::FoundOrganisation;

#[component]
pub fn OrganisationsPage() -> impl IntoView {
    use tr::organisations as words;
    view! {
        <Guard>
            <Crumbs trail=vec![Crumb::new(tr::accounts::account::title, "/tai-khoan")]/>
            <div class="wrap narrow">
                <PageHead title=words::title lead=words::lead/>
                <Mine/>
                <Find/>
                <FoundOrganisation/>
            </div>
        </Guard>
    }
}

#[component]
fn Mine() -> impl IntoView {
    use tr::organisations as words;
    let mine =
        Memo::new(|_| session::account().map(|account| account.organisations).unwrap_or_default());
    let list = move || {
        let mine = mine.get();
        if mine.is_empty() {
            return view! { <p class="muted">{words::none_mine}</p> }.into_any();
        }
        let item = |membership: nq57_shared::accounts::Membership| {
            let href = format!("/to-chuc/{}", membership.organisation_id);
            let name = membership.organisation_name;
            let part = if membership.is_manager { words::manager } else { words::member };
            view! { <li class="row" data-apart=true><h3 class="t-m"><a href=href>{name}</a></h3><Tag text=part tone=Tone::Info/></li> }
        };
        view! { <ul class="items">{mine.into_iter().map(item).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="block" aria-labelledby="mine">
            <h2 id="mine">{words::mine}</h2>
            {list}
        </section>
    }
}
