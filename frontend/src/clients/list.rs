//! Lists of clients: those of an organisation, and all.

use leptos::prelude::*;
use nq57_shared::clients::ApiClientSummary;
use nq57_ui::api::{Paged, paged};
use nq57_ui::components::{Choice, Empty, PagedList, RadioChoices, Table, Tag, Tone};
use nq57_ui::i18n::{date, date_time, tr};
use nq57_ui::state::address::{use_go_to, use_query};

use super::api;
use super::view_model::{state_name, state_tone};

/// The table of clients; `names_owner` when they are of several organisations.
#[component]
pub fn Clients(
    from: Paged<ApiClientSummary>,
    #[prop(optional)] names_owner: bool,
    #[prop(into)] empty: ViewFn,
) -> impl IntoView {
    use tr::clients as words;
    let row = move |client: ApiClientSummary| {
        let ApiClientSummary { id, organisation, name, state, last_used_at, expires_at, .. } =
            client;
        let owner = names_owner.then(|| {
            let href = format!("/to-chuc/{}", organisation.id);
            view! { <td data-label=words::owner><a href=href>{organisation.name}</a></td> }
        });
        view! {
            <tr>
                <th scope="row"><a href=format!("/ung-dung/{id}")>{name}</a></th>
                {owner}
                <td data-label=words::state>
                    <span>
                        <Tag text=move || state_name(state) tone=state_tone(state) plain=true/>
                        {client.awaits_confirmation.then(|| view! { " " <Tag text=words::awaits tone=Tone::Warn plain=true/> })}
                    </span>
                </td>
                <td data-label=words::last_used>{move || last_used_at.map_or_else(|| words::never_used().to_owned(), date_time)}</td>
                <td data-label=words::ends>{move || expires_at.map_or_else(|| words::no_end().to_owned(), date)}</td>
            </tr>
        }
    };
    let table = move |all: Vec<ApiClientSummary>| {
        view! {
            <Table caption=words::title stacked=true>
                <thead>
                    <tr>
                        <th scope="col">{words::name}</th>
                        {names_owner.then(|| view! { <th scope="col">{words::owner}</th> })}
                        <th scope="col">{words::state}</th>
                        <th scope="col">{words::last_used}</th>
                        <th scope="col">{words::ends}</th>
                    </tr>
                </thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </Table>
        }
    };
    view! { <PagedList from view=table empty/> }
}

/// All clients, for administrators and auditors; the address says whether only those that wait.
#[component]
pub fn AllClients() -> impl IntoView {
    use tr::clients as words;
    let (query, go_to) = (use_query(), use_go_to());
    let only_waiting = move || query.read().get("cho-xac-nhan").is_some();
    let found = paged(move |cursor| api::list_all(only_waiting(), cursor));
    let shown = RwSignal::new(if untrack(only_waiting) { "1" } else { "" }.to_owned());
    Effect::new(move |before: Option<String>| {
        let now = shown.get();
        if before.is_some_and(|before| before != now) {
            go_to(&query.get_untracked().with("cho-xac-nhan", &now), false);
        }
        now
    });
    let choices =
        Signal::derive(|| vec![Choice::new("", words::all), Choice::new("1", words::only_waiting)]);
    let empty = move || match only_waiting() {
        true => view! { <Empty title=words::none_waiting/> }.into_any(),
        false => view! { <Empty title=words::none/> }.into_any(),
    };
    view! {
        <RadioChoices name="/shown" label=words::state value=shown options=choices wide=true/>
        <Clients from=found names_owner=true empty/>
    }
}
