//! The keys and secrets of a client: making one, whose text is shown once, and revoking one.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::clients::{ApiClient, ApiSecret, ApiSecretDraft, ApiSecretKind, NewApiSecret};
use nq57_shared::ids::ApiClientId;
use nq57_ui::api::Remote;
use nq57_ui::components::{Button, ButtonKind, Confirm, Dialog, Table, Tag, Tone, toast};
use nq57_ui::i18n::{date, date_time, tr};

use super::api;
use super::key_shown::KeyShown;
use super::view_model::kind_name;

#[component]
pub fn Secrets(client: ApiClient, from: Remote<ApiClient>) -> impl IntoView {
    use tr::clients as words;
    let (id, revision, may_edit) = (client.id, client.revision, client.may_edit);
    let row = move |secret: ApiSecret| {
        let ApiSecret { kind, is_live, revoked_at, last_used_at, expires_at, .. } = secret.clone();
        let address = secret.last_used_address.clone();
        let (text, tone): (fn() -> &'static str, _) = match (is_live, revoked_at) {
            (true, _) => (words::live, Tone::Ok),
            (false, Some(_)) => (words::revoked, Tone::Idle),
            (false, None) => (words::over, Tone::Idle),
        };
        let used = move || match (last_used_at, &address) {
            (Some(at), Some(address)) => format!("{}, {}", date_time(at), words::from(address)),
            (Some(at), None) => date_time(at),
            (None, _) => words::never_used().to_owned(),
        };
        view! {
            <tr>
                <th scope="row"><span class="mono">{secret.begins_with.clone()}"…"</span></th>
                <td data-label=words::kind_label>{move || kind_name(kind)}</td>
                <td data-label=words::state><Tag text tone plain=true/></td>
                <td data-label=words::last_used>{used}</td>
                <td data-label=words::ends>{move || expires_at.map_or_else(|| words::no_end().to_owned(), date)}</td>
                <td data-label=words::action>{(may_edit && is_live).then(|| view! { <Revoke id secret from/> })}</td>
            </tr>
        }
    };
    let table = match client.secrets.is_empty() {
        true => view! { <p class="muted">{words::no_secrets}</p> }.into_any(),
        false => view! {
            <Table caption=words::secrets dense=true stacked=true>
                <thead>
                    <tr>
                        <th scope="col">{words::begins}</th>
                        <th scope="col">{words::kind_label}</th>
                        <th scope="col">{words::state}</th>
                        <th scope="col">{words::last_used}</th>
                        <th scope="col">{words::ends}</th>
                        <th scope="col">{words::action}</th>
                    </tr>
                </thead>
                <tbody>{client.secrets.into_iter().map(row).collect_view()}</tbody>
            </Table>
        }
        .into_any(),
    };
    view! {
        <section class="block stack">
            <h2>{words::secrets}</h2>
            <p class="muted">{words::secrets_text}</p>
            {table}
            {may_edit.then(|| view! {
                <div class="row">
                    <Make id revision kind=ApiSecretKind::Key from/>
                    <Make id revision kind=ApiSecretKind::ClientSecret from/>
                </div>
            })}
        </section>
    }
}

/// Makes one and shows it until the reader closes it; only then is the page read again.
#[component]
fn Make(
    id: ApiClientId,
    revision: u64,
    kind: ApiSecretKind,
    from: Remote<ApiClient>,
) -> impl IntoView {
    use tr::clients as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let made = RwSignal::new(None::<NewApiSecret>);
    let make = move || {
        busy.set(true);
        spawn_local(async move {
            let body = ApiSecretDraft { kind, expires_at: None };
            let outcome = api::make_secret(id, &body, revision).await;
            busy.set(false);
            match outcome {
                Ok(secret) => {
                    made.set(Some(secret));
                    open.set(true);
                }
                Err(failure) => {
                    toast(failure.title());
                    if failure.is_stale() {
                        from.reload();
                    }
                }
            }
        });
    };
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            made.set(None);
            from.reload();
        }
        is_open
    });
    let verb = match kind {
        ApiSecretKind::Key => words::make_key,
        ApiSecretKind::ClientSecret => words::make_secret,
    };
    view! {
        <Button kind=ButtonKind::Second small=true busy on_press=make>{verb}</Button>
        <Dialog open title=move || kind_name(kind)>
            {move || made.get().map(|made| view! { <KeyShown made kind/> })}
            <div class="row"><Button on_press=move || open.set(false)>{tr::ui::close}</Button></div>
        </Dialog>
    }
}

#[component]
fn Revoke(id: ApiClientId, secret: ApiSecret, from: Remote<ApiClient>) -> impl IntoView {
    use tr::clients as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (secret_id, begins) = (secret.id, StoredValue::new(secret.begins_with));
    let confirm = move |_: String| {
        busy.set(true);
        spawn_local(async move {
            let outcome = api::revoke_secret(id, secret_id).await;
            busy.set(false);
            open.set(false);
            match outcome {
                Ok(()) => toast(words::revoked_done),
                Err(failure) => toast(failure.title()),
            }
            from.reload();
        });
    };
    view! {
        <Button kind=ButtonKind::Quiet small=true on_press=move || open.set(true)>
            <span aria-hidden="true">{words::revoke}</span>
            <span class="sr">{move || words::revoke_name(begins.get_value())}</span>
        </Button>
        <Confirm
            open
            title=move || words::revoke_question(begins.get_value())
            body=words::revoke_text
            confirm=words::revoke
            kind=ButtonKind::Danger
            busy
            on_confirm=confirm
        />
    }
}
