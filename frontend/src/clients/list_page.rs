//! `/to-chuc/:id/ung-dung`: the clients of an organisation.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::Organisation;
use nq57_ui::api::{paged, remote};
use nq57_ui::components::{ButtonLink, Crumb, Crumbs, Empty, Glyph, Load, Notice, PageHead, Tone};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::layout::Guard;

use super::api;
use super::list::Clients;
use super::standing::may_make;
use crate::organisations;

#[component]
pub fn ClientsPage() -> impl IntoView {
    use tr::clients as words;
    let id = organisation_of_address();
    let organisation = remote(move || organisations::read(id.get()));
    let page_of = Crumb::new(tr::organisations::title, "/to-chuc");
    let show = move |organisation: Organisation| {
        let (id, name) = (organisation.id, organisation.name);
        let clients = paged(move |cursor| api::list(id, cursor));
        let title = Text::from(move || words::of(&name));
        let is_confirmed = organisation.is_verified;
        let may_make = is_confirmed && may_make(id);
        let empty = || view! { <Empty title=words::none>{words::none_text}</Empty> };
        view! {
            <PageHead title lead=words::lead/>
            <div class="stack">
                {(!is_confirmed).then(|| view! {
                    <Notice title=words::unconfirmed tone=Tone::Warn><p>{words::unconfirmed_text}</p></Notice>
                })}
                {may_make.then(|| view! {
                    <div><ButtonLink href=format!("/to-chuc/{id}/ung-dung/moi") icon=Glyph::Plus>{words::new}</ButtonLink></div>
                })}
                <Clients from=clients empty/>
            </div>
        }
    };
    view! {
        <Guard>
            <Trail id/>
            <div class="wrap">
                <Load from=organisation page_of=page_of.clone() view=show/>
            </div>
        </Guard>
    }
}

/// The organisation that the address names.
pub(super) fn organisation_of_address() -> Memo<OrganisationId> {
    let params = use_params_map();
    Memo::new(move |_| {
        let id = params.read().get("id").and_then(|id| id.parse::<OrganisationId>().ok());
        id.unwrap_or(OrganisationId(uuid::Uuid::nil()))
    })
}

#[component]
fn Trail(id: Memo<OrganisationId>) -> impl IntoView {
    let organisation = move || {
        let own = Crumb::new(tr::clients::owner, format!("/to-chuc/{}", id.get()));
        vec![Crumb::new(tr::organisations::title, "/to-chuc"), own]
    };
    move || view! { <Crumbs trail=organisation()/> }
}
