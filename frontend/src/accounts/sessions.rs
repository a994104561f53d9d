//! The devices that are signed in, each with a way to sign it out.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::accounts::Session;
use nq57_ui::api::remote;
use nq57_ui::components::{Button, ButtonKind, Load, Table, Tag, Tone, toast};
use nq57_ui::i18n::{date_time, tr};

use super::api;
use super::view_model::device_name;

#[component]
pub(super) fn Sessions() -> impl IntoView {
    use tr::accounts::account as words;
    let sessions = remote(api::list_sessions);
    let revoke = move |session: Session| {
        spawn_local(async move {
            match api::revoke_session(session.id).await {
                Ok(()) => {
                    toast(words::session_revoked);
                    sessions.reload();
                }
                Err(failure) => toast(failure.title()),
            }
        });
    };
    let row = move |session: Session| {
        let device = device_name(&session.user_agent);
        let named = device.clone();
        let label = move || {
            let device = named.clone().unwrap_or_else(|| words::unknown_device().to_owned());
            words::session_revoke_name(device)
        };
        let is_current = session.is_current;
        let (used, address) = (session.last_used_at, session.address.clone());
        view! {
            <tr>
                <th scope="row">{move || device.clone().unwrap_or_else(|| words::unknown_device().to_owned())}</th>
                <td data-label=words::session_used>{move || date_time(used)}</td>
                <td data-label=words::session_address>{address}</td>
                <td data-label=words::session_action>
                    {if is_current {
                        view! { <Tag text=words::session_current tone=Tone::Ok/> }.into_any()
                    } else {
                        view! {
                            <Button kind=ButtonKind::Second small=true on_press=move || revoke(session.clone())>
                                <span aria-hidden="true">{words::session_revoke}</span>
                                <span class="sr">{label}</span>
                            </Button>
                        }.into_any()
                    }}
                </td>
            </tr>
        }
    };
    let table = move |list: Vec<Session>| {
        view! {
            <Table caption=words::sessions stacked=true>
                <thead>
                    <tr>
                        <th scope="col">{words::session_device}</th>
                        <th scope="col">{words::session_used}</th>
                        <th scope="col">{words::session_address}</th>
                        <th scope="col">{words::session_action}</th>
                    </tr>
                </thead>
                <tbody>{list.into_iter().map(row).collect_view()}</tbody>
            </Table>
        }
    };
    view! {
        <section class="block">
            <h2>{words::sessions}</h2>
            <p class="muted">{words::sessions_text}</p>
            <Load from=sessions view=table/>
        </section>
    }
}
