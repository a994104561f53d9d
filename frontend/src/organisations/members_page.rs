//! `/to-chuc/:id`: what an organisation is and became; for managers who asks to join and who belongs; for
//! administrators its place in the tree.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use nq57_shared::access::Role;
use nq57_shared::access::policy::organisations::{self, OrganisationAction, OrganisationSubject};
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::{
    JoinRequest, JoinRequestAnswer, JoinRequestState, Lineage, Member, Organisation,
};
use nq57_ui::api::{Paged, paged, remote};
use nq57_ui::components::{
    Button, ButtonKind, Confirm, Crumb, Crumbs, Load, PageHead, PagedList, Table, Tag, Tone, toast,
};
use nq57_ui::i18n::{date, tr};
use nq57_ui::layout::Guard;
use nq57_ui::state::session;

use super::api;
use super::facts::Facts;
use super::hand_over::OrganisationHandOver;
use super::place_form::{PlaceForm, SuccessorsForm};
use crate::clients::standing::may_see;
use crate::reference::today;

#[component]
pub fn MembersPage() -> impl IntoView {
    view! { <Guard><Page/></Guard> }
}

/// What depends on who reads it is found out once that is known: inside of the guard.
#[component]
fn Page() -> impl IntoView {
    use tr::organisations as words;
    let params = use_params_map();
    let id = Memo::new(move |_| {
        let id = params.read().get("id").and_then(|id| id.parse::<OrganisationId>().ok());
        id.unwrap_or(OrganisationId(uuid::Uuid::nil()))
    });
    let found = remote(move || api::read_with_lineage(id.get()));
    let page_of = untrack(|| match session::has_role(Role::Administrator) {
        true => Crumb::new(tr::administration::organisations::title, "/quan-tri/to-chuc"),
        false => Crumb::new(words::title, "/to-chuc"),
    });
    let show = move |(organisation, lineage): (Organisation, Lineage)| {
        let id = organisation.id;
        let may = |action| untrack(|| may(id, action));
        let reload = move || found.reload();
        let place = may(OrganisationAction::Place).then(|| {
            let (organisation, lineage) = (organisation.clone(), lineage.clone());
            let successors = lineage.successors.iter().map(|one| one.organisation.clone()).collect();
            let hands_over = organisation.has_ended(today())
                && session::has_role(Role::Administrator);
            view! {
                {hands_over.then(|| view! { <OrganisationHandOver id successors/> })}
                <PlaceForm organisation=organisation.clone() lineage=lineage.clone() on_done=reload/>
                <SuccessorsForm organisation lineage on_done=reload/>
            }
        });
        let manages = may(OrganisationAction::ManageMembers);
        view! {
            <PageHead title=organisation.name.clone()/>
            <Facts organisation lineage/>
            {untrack(|| may_see(id)).then(|| view! { <ToClients id/> })}
            {place}
            {manages.then(|| view! { <Managed id/> })}
        }
    };
    view! {
        <Crumbs trail=vec![page_of.clone()]/>
        <div class="wrap narrow">
            <Load from=found page_of view=show/>
        </div>
    }
}

/// The way to the programs that use the interface for the organisation.
#[component]
fn ToClients(id: OrganisationId) -> impl IntoView {
    use tr::clients as words;
    view! {
        <section class="block" aria-labelledby="clients">
            <h2 id="clients">{words::title}</h2>
            <p class="muted">{words::see_text}</p>
            <p><a href=format!("/to-chuc/{id}/ung-dung")>{words::see}</a></p>
        </section>
    }
}

/// Whether the one who is signed in may do this.
fn may(id: OrganisationId, action: OrganisationAction) -> bool {
    let caller_is_manager = session::account().is_some_and(|account| {
        account.organisations.iter().any(|one| one.organisation_id == id && one.is_manager)
    });
    let subject = OrganisationSubject { id: Some(id), caller_is_manager };
    organisations::may(&session::actor(), action, subject).is_ok()
}

#[component]
fn Managed(id: OrganisationId) -> impl IntoView {
    let members = paged(move |cursor| api::members(id, cursor));
    view! {
        <Requests id members/>
        <Members id members/>
    }
}

#[component]
fn Requests(id: OrganisationId, members: Paged<Member>) -> impl IntoView {
    use tr::organisations as words;
    let requests = paged(move |cursor| api::requests(id, cursor));
    let none = || view! { <p class="muted">{words::no_requests}</p> }.into_any();
    let list = move |all: Vec<JoinRequest>| {
        let waiting: Vec<JoinRequest> =
            all.into_iter().filter(|one| one.state == JoinRequestState::Pending).collect();
        if waiting.is_empty() {
            return none();
        }
        let items =
            waiting.into_iter().map(|request| view! { <Request request requests members/> });
        view! { <ul class="items">{items.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="block" aria-labelledby="requests">
            <h2 id="requests">{words::requests}</h2>
            <PagedList from=requests view=list empty=none/>
        </section>
    }
}

#[component]
fn Request(
    request: JoinRequest,
    requests: Paged<JoinRequest>,
    members: Paged<Member>,
) -> impl IntoView {
    use tr::organisations as words;
    let JoinRequest { id, organisation_id, display_name, message, created_at, .. } = request;
    let name = StoredValue::new(display_name.clone());
    let busy = RwSignal::new(false);
    let answer = move |approve: bool| {
        busy.set(true);
        spawn_local(async move {
            let body = JoinRequestAnswer { approve, is_manager: false };
            let outcome = api::answer(organisation_id, id, &body).await;
            busy.set(false);
            match outcome {
                Ok(()) => toast(if approve { words::approved } else { words::declined }),
                Err(failure) => toast(failure.title()),
            }
            requests.reload();
            members.reload();
        });
    };
    view! {
        <li class="stack" data-gap="s">
            <h3 class="t-m">{display_name}</h3>
            <p>{message}</p>
            <p class="tiny muted">{date(created_at)}</p>
            <div class="row">
                <Button small=true busy on_press=move || answer(true)>
                    <span aria-hidden="true">{words::approve}</span>
                    <span class="sr">{move || words::approve_name(name.get_value())}</span>
                </Button>
                <Button kind=ButtonKind::Quiet small=true busy on_press=move || answer(false)>
                    <span aria-hidden="true">{words::decline}</span>
                    <span class="sr">{move || words::decline_name(name.get_value())}</span>
                </Button>
            </div>
        </li>
    }
}

#[component]
fn Members(id: OrganisationId, members: Paged<Member>) -> impl IntoView {
    use tr::organisations as words;
    let row = move |member: Member| {
        let part = if member.is_manager { words::manager } else { words::member };
        view! {
            <tr>
                <th scope="row">{member.display_name.clone()}</th>
                <td data-label=words::email>{member.email.clone()}</td>
                <td data-label=words::part><Tag text=part tone=Tone::Info plain=true/></td>
                <td data-label=words::joined>{date(member.joined_at)}</td>
                <td data-label=words::action><Remove id member members/></td>
            </tr>
        }
    };
    let table = move |all: Vec<Member>| {
        view! {
            <Table caption=words::members stacked=true>
                <thead>
                    <tr>
                        <th scope="col">{tr::accounts::display_name}</th>
                        <th scope="col">{words::email}</th>
                        <th scope="col">{words::part}</th>
                        <th scope="col">{words::joined}</th>
                        <th scope="col">{words::action}</th>
                    </tr>
                </thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </Table>
        }
    };
    view! {
        <section class="block">
            <h2>{words::members}</h2>
            <PagedList from=members view=table empty=|| ()/>
        </section>
    }
}

#[component]
fn Remove(id: OrganisationId, member: Member, members: Paged<Member>) -> impl IntoView {
    use tr::organisations as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (account, name) = (member.account_id, StoredValue::new(member.display_name));
    let confirm = move |_: String| {
        busy.set(true);
        spawn_local(async move {
            let outcome = api::remove_member(id, account).await;
            busy.set(false);
            open.set(false);
            match outcome {
                Ok(()) => toast(words::removed),
                Err(failure) => toast(failure.title()),
            }
            members.reload();
        });
    };
    view! {
        <Button kind=ButtonKind::Quiet small=true on_press=move || open.set(true)>
            <span aria-hidden="true">{words::remove}</span>
            <span class="sr">{move || words::remove_name(name.get_value())}</span>
        </Button>
        <Confirm
            open
            title=move || words::remove_title(name.get_value())
            body=words::remove_text
            confirm=words::remove
            kind=ButtonKind::Danger
            busy
            on_confirm=confirm
        />
    }
}
