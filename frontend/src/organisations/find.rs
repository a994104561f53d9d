//! Finding an organisation and asking to join it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::{JoinRequestDraft, JoinRequestState, Organisation};
use nq57_ui::api::{paged, remote};
use nq57_ui::components::{
    Button, ButtonKind, Confirm, Empty, Form, FormView, PagedList, Reason, Tag, TextField,
    TextKind, Tone, toast,
};
use nq57_ui::i18n::tr;
use nq57_ui::state::session;

use super::api;
use super::view_model::kind_name;
use crate::reference::{List, name, today};

#[component]
pub(super) fn Find() -> impl IntoView {
    use tr::organisations as words;
    let (typed, sought) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let found = paged(move |cursor| api::find(sought.get(), cursor));
    let waiting = RwSignal::new(Vec::<OrganisationId>::new());
    let own = remote(api::own_requests);
    Effect::new(move |_| {
        if let Some(page) = own.ready() {
            let pending =
                page.items.into_iter().filter(|one| one.state == JoinRequestState::Pending);
            waiting.set(pending.map(|one| one.organisation_id).collect());
        }
    });
    let list = move |organisations: Vec<Organisation>| {
        let items =
            organisations.into_iter().map(|organisation| view! { <Item organisation waiting/> });
        view! { <ul class="items">{items.collect_view()}</ul> }
    };
    view! {
        <section class="block" aria-labelledby="find">
            <h2 id="find">{words::find}</h2>
            <div class="stack">
                <FormView form=Form::new() tight=true on_submit=move || sought.set(typed.get_untracked().trim().to_owned())>
                    <div class="toolbar">
                        <TextField name="/q" label=words::search value=typed kind=TextKind::Search optional=true quiet=true placeholder=words::search/>
                        <Button kind=ButtonKind::Second submit=true>{words::find_submit}</Button>
                    </div>
                </FormView>
                <PagedList from=found view=list empty=|| view! { <Empty title=words::none><p>{words::none_text}</p></Empty> }/>
            </div>
        </section>
    }
}

#[component]
fn Item(organisation: Organisation, waiting: RwSignal<Vec<OrganisationId>>) -> impl IntoView {
    use tr::organisations as words;
    let has_ended = organisation.has_ended(today());
    let Organisation { id, name: title, kind, tax_code, code, province_code, is_verified, .. } =
        organisation;
    let is_member = move || {
        session::account().is_some_and(|account| {
            account.organisations.iter().any(|one| one.organisation_id == id)
        })
    };
    let named = StoredValue::new(title.clone());
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let key = StoredValue::new(uuid::Uuid::new_v4());
    let send = move |message: String| {
        busy.set(true);
        spawn_local(async move {
            let outcome =
                api::request_to_join(id, &JoinRequestDraft { message }, key.get_value()).await;
            busy.set(false);
            match outcome {
                Ok(()) => {
                    open.set(false);
                    waiting.update(|waiting| waiting.push(id));
                    toast(words::join_sent);
                }
                Err(failure) => toast(failure.title()),
            }
        });
    };
    let action = move || {
        if is_member() {
            view! { <Tag text=words::member tone=Tone::Info/> }.into_any()
        } else if waiting.with(|waiting| waiting.contains(&id)) {
            view! { <Tag text=words::pending tone=Tone::Warn/> }.into_any()
        } else if has_ended {
            view! { <Tag text=words::ended tone=Tone::Warn/> }.into_any()
        } else {
            view! {
                <Button kind=ButtonKind::Second small=true on_press=move || open.set(true)>
                    <span aria-hidden="true">{words::join}</span>
                    <span class="sr">{move || words::join_name(named.get_value())}</span>
                </Button>
            }
            .into_any()
        }
    };
    view! {
        <li class="stack" data-gap="s">
            <div class="row" data-apart=true>
                <h3 class="t-m"><a href=format!("/to-chuc/{id}")>{title}</a></h3>
                {action}
            </div>
            <p class="facts">
                <span>{move || kind_name(kind)}</span>
                {province_code.map(|code| view! { <span>{move || name(List::Provinces, &code)}</span> })}
                {code.map(|code| view! { <span class="num">{code}</span> })}
                {tax_code.map(|code| view! { <span class="num">{code}</span> })}
                {is_verified.then(|| view! { <Tag text=words::verified tone=Tone::Ok plain=true/> })}
            </p>
            <Confirm
                open
                title=move || words::join_title(named.get_value())
                body=words::join_text
                confirm=words::join
                reason=Reason::Optional
                reason_label=words::join_reason
                busy
                on_confirm=send
            />
        </li>
    }
}
