//! `/quan-tri/tai-khoan`: all accounts, found by name, address or role. Search and filter stand in the address.

use leptos::prelude::*;
use nq57_shared::access::Role;
use nq57_shared::accounts::AccountSummary;
use nq57_ui::api::paged;
use nq57_ui::components::{
    Button, ButtonKind, Choice, Empty, Form, FormView, PagedList, Select, Table, Tag, TextField,
    TextKind, Tone,
};
use nq57_ui::i18n::tr;
use nq57_ui::state::address::{use_go_to, use_query};

use super::api;
use super::frame::Frame;
use crate::accounts::view_model::role_name;

#[component]
pub fn AccountsPage() -> impl IntoView {
    use tr::administration::accounts as words;
    view! {
        <Frame title=words::title lead=words::lead>
            <Accounts/>
        </Frame>
    }
}

#[component]
fn Accounts() -> impl IntoView {
    use tr::administration::accounts as words;
    let query = use_query();
    let found = paged(move |cursor| api::list_accounts(query.get(), cursor));
    view! {
        <Search/>
        <PagedList
            from=found
            view={|accounts: Vec<AccountSummary>| view! { <Found accounts/> }}
            empty=|| view! { <Empty title=words::none><p>{words::none_text}</p></Empty> }
        />
    }
}

#[component]
fn Search() -> impl IntoView {
    use tr::administration::accounts as words;
    let (query, go_to) = (use_query(), use_go_to());
    let given = |name: &str| query.read_untracked().get(name).unwrap_or_default().to_owned();
    let (q, role) = (RwSignal::new(given("q")), RwSignal::new(given("role")));
    let form = Form::new();
    let submit = move || {
        let sought = query.get_untracked().with("q", q.get_untracked().trim());
        go_to(&sought.with("role", &role.get_untracked()), false);
    };
    let roles = Signal::derive(|| {
        Role::ALL
            .into_iter()
            .map(|role| Choice::new(role.as_str(), move || role_name(role)))
            .collect::<Vec<_>>()
    });
    view! {
        <FormView form tight=true on_submit=submit>
            <div class="toolbar">
                <TextField name="/q" label=words::search value=q kind=TextKind::Search optional=true quiet=true placeholder=words::search/>
                <Select name="/role" label=words::role value=role options=roles empty=words::any_role quiet=true/>
                <Button kind=ButtonKind::Second submit=true>{words::find}</Button>
            </div>
        </FormView>
    }
}

#[component]
fn Found(accounts: Vec<AccountSummary>) -> impl IntoView {
    use tr::administration::accounts as words;
    let row = |account: AccountSummary| {
        let AccountSummary {
            id, email, email_verified, display_name, is_suspended, grants, ..
        } = account;
        let roles = move || {
            let names: Vec<&str> = grants.iter().map(|grant| role_name(grant.role.role)).collect();
            names.join(", ")
        };
        let state = if is_suspended {
            view! { <Tag text=words::suspended tone=Tone::Bad plain=true/> }
        } else if email_verified {
            view! { <Tag text=words::active tone=Tone::Ok plain=true/> }
        } else {
            view! { <Tag text=words::unverified tone=Tone::Warn plain=true/> }
        };
        view! {
            <tr>
                <th scope="row"><a href=format!("/quan-tri/tai-khoan/{id}")>{display_name}</a></th>
                <td data-label=words::email>{email}</td>
                <td data-label=words::roles>{roles}</td>
                <td data-label=words::state>{state}</td>
            </tr>
        }
    };
    view! {
        <Table caption=words::title dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::name}</th>
                    <th scope="col">{words::email}</th>
                    <th scope="col">{words::roles}</th>
                    <th scope="col">{words::state}</th>
                </tr>
            </thead>
            <tbody>{accounts.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
}
