//! `/quan-tri/tai-khoan/:id`: one account with its roles; giving, revoking, suspending.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use nq57_shared::accounts::{AccountAdministrationPatch, AccountSummary, Grant};
use nq57_shared::ids::AccountId;
use nq57_shared::text::REASON_MAX;
use nq57_ui::api::{Remote, remote};
use nq57_ui::components::{
    Button, ButtonKind, Confirm, Crumb, Load, PageHead, Pairs, Reason, Table, Tag, Tone, toast,
};
use nq57_ui::i18n::{Text, date, date_time, day, tr};
use nq57_ui::state::{page as page_state, session};

use super::api;
use super::frame::{Links, Room};
use super::grant_form::GrantForm;
use crate::accounts::view_model::{reach, role_name};

#[component]
pub fn AccountAdministrationPage() -> impl IntoView {
    let params = use_params_map();
    let account = remote(move || {
        let id = params.read().get("id").and_then(|id| id.parse::<AccountId>().ok());
        async move { api::read_account(id.unwrap_or(AccountId(uuid::Uuid::nil()))).await }
    });
    let page_of = Crumb::new(tr::administration::accounts::title, "/quan-tri/tai-khoan");
    view! {
        <Room>
            <Load from=account page_of=page_of.clone() view=move |shown: AccountSummary| view! { <Shown shown account/> }/>
        </Room>
    }
}

#[component]
fn Shown(shown: AccountSummary, account: Remote<AccountSummary>) -> impl IntoView {
    use tr::administration::account as words;
    // Nobody shuts the door on oneself.
    let is_own = untrack(session::account).is_some_and(|account| account.id == shown.id);
    let AccountSummary { id, email, created_at, last_seen_at, grants, .. } = shown.clone();
    let facts = Signal::derive(move || {
        let seen = last_seen_at.map_or_else(|| words::never().to_owned(), date_time);
        vec![
            (Text::from(tr::administration::accounts::email), Text::from(email.clone())),
            (Text::from(words::created), Text::from(date_time(created_at))),
            (Text::from(words::last_seen), Text::from(seen)),
        ]
    });
    view! {
        <PageHead title=shown.display_name.clone()/>
        <div class="stack">
            <Links/>
            <section class="block stack" aria-labelledby="facts">
                <h2 id="facts">{words::facts}</h2>
                <Pairs pairs=facts/>
                {(!is_own).then(|| view! { <Suspension shown account/> })}
            </section>
            <section class="block">
                <h2>{words::grants}</h2>
                <Grants id grants account/>
            </section>
            <section class="block" aria-labelledby="grant">
                <h2 id="grant">{words::grant}</h2>
                <GrantForm id on_done=move || account.reload()/>
            </section>
        </div>
    }
}

#[component]
fn Suspension(shown: AccountSummary, account: Remote<AccountSummary>) -> impl IntoView {
    use tr::administration::account as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (id, revision, was_suspended) = (shown.id, shown.revision, shown.is_suspended);
    let confirm = move |reason: String| {
        let body = AccountAdministrationPatch { is_suspended: !was_suspended, reason };
        busy.set(true);
        spawn_local(async move {
            let outcome = api::administer_account(id, &body, revision).await;
            busy.set(false);
            match outcome {
                Ok(changed) => {
                    open.set(false);
                    toast(if changed.is_suspended { words::suspended } else { words::reinstated });
                    account.reload();
                }
                Err(failure) => {
                    toast(failure.title());
                    if failure.is_stale() {
                        open.set(false);
                        account.reload();
                    }
                }
            }
        });
    };
    let reason = Reason::Required { limit: REASON_MAX };
    let verb = if was_suspended { words::reinstate } else { words::suspend };
    view! {
        <div class="row">
            {was_suspended.then(|| view! { <Tag text=tr::administration::accounts::suspended tone=Tone::Bad/> })}
            <Button kind=ButtonKind::Second small=true on_press=move || open.set(true)>{verb}</Button>
        </div>
        {if was_suspended {
            view! { <Confirm open title=verb confirm=verb reason busy on_confirm=confirm/> }.into_any()
        } else {
            view! { <Confirm open title=verb body=words::suspend_text confirm=verb kind=ButtonKind::Danger reason busy on_confirm=confirm/> }.into_any()
        }}
    }
}

#[component]
fn Grants(id: AccountId, grants: Vec<Grant>, account: Remote<AccountSummary>) -> impl IntoView {
    use tr::administration::account as words;
    if grants.is_empty() {
        return view! { <p class="muted">{words::no_grants}</p> }.into_any();
    }
    let row = move |grant: Grant| {
        let until = grant.expires_on.and_then(|day| day.pred_opt());
        let (role, shown, unit) =
            (grant.role.role, grant.role.clone(), grant.organisation_name.clone());
        view! {
            <tr>
                <th scope="row">{move || role_name(role)}</th>
                <td data-label=words::reach>{move || unit.clone().unwrap_or_else(|| reach(&shown))}</td>
                <td data-label=words::since>{date(grant.granted_at)}</td>
                <td data-label=words::until>{move || until.map_or_else(|| words::no_end().to_owned(), day)}</td>
                <td data-label=words::action><Revoke id grant account/></td>
            </tr>
        }
    };
    view! {
        <Table caption=words::grants dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{tr::administration::accounts::role}</th>
                    <th scope="col">{words::reach}</th>
                    <th scope="col">{words::since}</th>
                    <th scope="col">{words::until}</th>
                    <th scope="col">{words::action}</th>
                </tr>
            </thead>
            <tbody>{grants.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
    .into_any()
}

#[component]
fn Revoke(id: AccountId, grant: Grant, account: Remote<AccountSummary>) -> impl IntoView {
    use tr::administration::account as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (role, grant_id) = (grant.role.role, grant.id);
    let confirm = move |_: String| {
        busy.set(true);
        spawn_local(async move {
            let outcome = api::revoke_grant(id, grant_id).await;
            busy.set(false);
            open.set(false);
            match outcome {
                Ok(()) => {
                    toast(words::revoked);
                    page_state::ask_for_focus();
                    account.reload();
                }
                Err(failure) => toast(failure.title()),
            }
        });
    };
    view! {
        <Button kind=ButtonKind::Second small=true on_press=move || open.set(true)>
            <span aria-hidden="true">{words::revoke}</span>
            <span class="sr">{move || words::revoke_name(role_name(role))}</span>
        </Button>
        <Confirm
            open
            title=move || words::revoke_title(role_name(role))
            body=words::revoke_text
            confirm=words::revoke
            kind=ButtonKind::Danger
            busy
            on_confirm=confirm
        />
    }
}
