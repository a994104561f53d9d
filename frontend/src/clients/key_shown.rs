//! A key that has just been made: shown once, with a command that works as it is copied.

use leptos::prelude::*;
use nq57_shared::clients::{ApiSecretKind, NewApiSecret};
use nq57_ui::components::{CopyCode, Notice, Tone};
use nq57_ui::i18n::tr;

use super::view_model::command;

/// The key, and how to try it.
#[component]
pub fn KeyShown(made: NewApiSecret, kind: ApiSecretKind) -> impl IntoView {
    use tr::clients as words;
    let origin = window().location().origin().unwrap_or_default();
    let command = command(&origin, &made, kind);
    let hint = match kind {
        ApiSecretKind::Key => words::try_key,
        ApiSecretKind::ClientSecret => words::try_secret,
    };
    let client_id = (kind == ApiSecretKind::ClientSecret).then(|| {
        let id = made.client.id.to_string();
        view! {
            <p class="muted">{words::client_id}</p>
            <CopyCode code=id what=words::client_id/>
        }
    });
    view! {
        <Notice title=words::shown_once tone=Tone::Warn alert=true><p>{words::shown_once_text}</p></Notice>
        <CopyCode code=made.secret what=words::the_key/>
        {client_id}
        <h2 class="t-m">{words::try_it}</h2>
        <p class="muted">{hint}</p>
        <CopyCode code=command what=words::the_command/>
    }
}
