//! `/ung-dung/:id`: one client: what it may do and see, its keys, its requests; changing, confirming, stopping it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use nq57_shared::access::Role;
use nq57_shared::clients::{
    ApiClient, ApiClientEvent, ApiClientPatch, ApiClientState, SendApiClientEvent,
};
use nq57_shared::ids::ApiClientId;
use nq57_shared::text::REASON_MAX;
use nq57_shared::validate::Validate as _;
use nq57_ui::api::{Remote, remote};
use nq57_ui::components::{
    Button, ButtonKind, Confirm, Crumb, Crumbs, Disclosure, Form, FormView, Load, Notice, PageHead,
    Pairs, Reason, Tag, Tone, toast,
};
use nq57_ui::i18n::{Text, date, tr};
use nq57_ui::layout::Guard;
use nq57_ui::state::session;

use super::access::Access;
use super::api;
use super::form::{Fields, FieldsView};
use super::requests::Requests;
use super::secrets::Secrets;
use super::view_model::{state_name, state_tone};
use crate::organisations::picker::shown;

#[component]
pub fn ClientPage() -> impl IntoView {
    let params = use_params_map();
    let client = remote(move || {
        let id = params.read().get("id").and_then(|id| id.parse::<ApiClientId>().ok());
        async move { api::read(id.unwrap_or(ApiClientId(uuid::Uuid::nil()))).await }
    });
    let page_of = untrack(|| match session::has_role(Role::Administrator) {
        true => Crumb::new(tr::clients::all_title, "/quan-tri/ung-dung"),
        false => Crumb::new(tr::organisations::title, "/to-chuc"),
    });
    let above = page_of.clone();
    let trail = Signal::derive(move || {
        let own = client.ready().map(|client| {
            let list = format!("/to-chuc/{}/ung-dung", client.organisation.id);
            Crumb::new(client.organisation.name, list)
        });
        std::iter::once(above.clone()).chain(own).collect::<Vec<_>>()
    });
    view! {
        <Guard>
            {move || view! { <Crumbs trail=trail.get()/> }}
            <div class="wrap">
                <Load from=client page_of=page_of.clone() view=move |shown: ApiClient| view! { <Shown shown from=client/> }/>
            </div>
        </Guard>
    }
}

#[component]
fn Shown(shown: ApiClient, from: Remote<ApiClient>) -> impl IntoView {
    use tr::clients as words;
    let (state, id) = (shown.state, shown.id);
    let reason = shown.suspension_reason.clone().map(|reason| {
        let title = Text::from(move || words::suspended_because(&reason));
        view! { <Notice title tone=Tone::Bad/> }
    });
    let edited = shown.clone();
    let edit = shown.may_edit.then(|| {
        view! { <Disclosure title=words::edit><Edit client=edited.clone() from/></Disclosure> }
    });
    view! {
        <PageHead title=shown.name.clone() lead=shown.purpose.clone()/>
        <div class="stack">
            <div class="row">
                <Tag text=move || state_name(state) tone=state_tone(state)/>
                {shown.awaits_confirmation.then(|| view! { <Tag text=words::awaits tone=Tone::Warn/> })}
            </div>
            {reason}
            {(state == ApiClientState::OrganisationUnconfirmed).then(|| view! {
                <Notice title=words::unconfirmed tone=Tone::Warn><p>{words::unconfirmed_text}</p></Notice>
            })}
            {shown.awaits_confirmation.then(|| view! {
                <Notice title=words::awaits tone=Tone::Warn><p>{words::awaits_text}</p></Notice>
            })}
            <Events client=shown.clone() from/>
            <section class="block stack" aria-labelledby="access">
                <h2 id="access">{words::access}</h2>
                <Access client=shown.clone()/>
                <Facts client=shown.clone()/>
                {edit}
            </section>
            <Secrets client=shown.clone() from/>
            <Requests id/>
            {shown.may_edit.then(|| view! { <Delete client=shown.clone() from/> })}
        </div>
    }
}

#[component]
fn Facts(client: ApiClient) -> impl IntoView {
    use tr::clients as words;
    let ApiClient { id, organisation, networks, expires_at, created_at, .. } = client;
    let facts = Signal::derive(move || {
        let networks = match networks.is_empty() {
            true => Text::from(words::from_anywhere),
            false => Text::from(networks.join(", ")),
        };
        let end = expires_at.map_or_else(|| words::no_end().to_owned(), date);
        vec![
            (Text::from(words::owner), Text::from(shown(&organisation))),
            (Text::from(words::networks), networks),
            (Text::from(words::expires), Text::from(end)),
            (Text::from(words::made), Text::from(date(created_at))),
            (Text::from(words::client_id), Text::from(id.to_string())),
        ]
    });
    view! { <Pairs pairs=facts/> }
}

/// A button for whatever the reader may send.
#[component]
fn Events(client: ApiClient, from: Remote<ApiClient>) -> impl IntoView {
    let event = |event: ApiClientEvent| {
        let is_offered = client.allowed_events.contains(&event);
        is_offered.then(|| view! { <Event client=client.clone() event from/> })
    };
    view! {
        <div class="row">
            {event(ApiClientEvent::Confirm)}
            {event(ApiClientEvent::Suspend)}
            {event(ApiClientEvent::Resume)}
        </div>
    }
}

#[component]
fn Event(client: ApiClient, event: ApiClientEvent, from: Remote<ApiClient>) -> impl IntoView {
    use tr::clients as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (id, revision, name) = (client.id, client.revision, StoredValue::new(client.name));
    let send = move |reason: String| {
        busy.set(true);
        spawn_local(async move {
            let reason = Some(reason).filter(|reason| !reason.is_empty());
            let outcome =
                api::send_event(id, &SendApiClientEvent { event, reason }, revision).await;
            busy.set(false);
            open.set(false);
            match outcome {
                Ok(_) => toast(match event {
                    ApiClientEvent::Confirm => words::confirmed,
                    ApiClientEvent::Suspend => words::suspended,
                    ApiClientEvent::Resume => words::resumed,
                }),
                Err(failure) => toast(failure.title()),
            }
            from.reload();
        });
    };
    let press = move || match event {
        ApiClientEvent::Resume => send(String::new()),
        ApiClientEvent::Confirm | ApiClientEvent::Suspend => open.set(true),
    };
    let (verb, kind): (fn() -> &'static str, _) = match event {
        ApiClientEvent::Confirm => (words::confirm, ButtonKind::First),
        ApiClientEvent::Suspend => (words::suspend, ButtonKind::Second),
        ApiClientEvent::Resume => (words::resume, ButtonKind::Second),
    };
    let question = match event {
        ApiClientEvent::Confirm => view! {
            <Confirm open title=move || words::confirm_question(name.get_value()) body=words::confirm_text confirm=words::confirm busy on_confirm=send/>
        }
        .into_any(),
        ApiClientEvent::Suspend => {
            let reason = Reason::Required { limit: REASON_MAX };
            view! {
                <Confirm open title=move || words::suspend_question(name.get_value()) body=words::suspend_text confirm=words::suspend kind=ButtonKind::Danger reason busy on_confirm=send/>
            }
            .into_any()
        }
        ApiClientEvent::Resume => ().into_any(),
    };
    view! {
        <Button kind small=true busy on_press=press>{verb}</Button>
        {question}
    }
}

#[component]
fn Edit(client: ApiClient, from: Remote<ApiClient>) -> impl IntoView {
    use tr::clients as words;
    let (form, fields) = (Form::new(), Fields::of(&client));
    let (id, revision) = (client.id, client.revision);
    let submit = move || {
        let mut draft = fields.draft();
        draft.normalise();
        if !form.check(draft.violations().0) {
            return;
        }
        let patch = ApiClientPatch {
            name: Some(draft.name),
            purpose: Some(draft.purpose),
            scopes: Some(draft.scopes),
            provinces: Some(draft.provinces),
            organisations: Some(draft.organisations),
            networks: Some(draft.networks),
            expires_at: Some(draft.expires_at),
        };
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::edit(id, &patch, revision).await;
            form.set_busy(false);
            match outcome {
                Ok(changed) => {
                    toast(words::saved);
                    from.set(changed);
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    view! {
        <FormView form tight=true on_submit=submit>
            <FieldsView fields/>
            <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::save}</Button></div>
        </FormView>
    }
}

#[component]
fn Delete(client: ApiClient, from: Remote<ApiClient>) -> impl IntoView {
    use tr::clients as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (id, revision, name) = (client.id, client.revision, StoredValue::new(client.name));
    let list = format!("/to-chuc/{}/ung-dung", client.organisation.id);
    let navigate = StoredValue::new_local(use_navigate());
    let confirm = move |_: String| {
        busy.set(true);
        let list = list.clone();
        spawn_local(async move {
            let outcome = api::remove(id, revision).await;
            busy.set(false);
            open.set(false);
            match outcome {
                Ok(()) => {
                    toast(words::deleted);
                    navigate.with_value(|go| go(&list, NavigateOptions::default()));
                }
                Err(failure) => {
                    toast(failure.title());
                    from.reload();
                }
            }
        });
    };
    view! {
        <div>
            <Button kind=ButtonKind::Quiet small=true on_press=move || open.set(true)>{words::delete}</Button>
            <Confirm
                open
                title=move || words::delete_question(name.get_value())
                body=words::delete_text
                confirm=words::delete
                kind=ButtonKind::Danger
                busy
                on_confirm=confirm
            />
        </div>
    }
}
