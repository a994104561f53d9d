//! `/quan-tri/ung-dung`: the clients of all organisations, and what waits for a confirmation.

use leptos::prelude::*;
use nq57_shared::access::Role;
use nq57_ui::i18n::tr;

use super::frame::Frame;
use crate::clients::AllClients;

#[component]
pub fn ClientsAdministrationPage() -> impl IntoView {
    use tr::clients as words;
    view! {
        <Frame title=words::all_title lead=words::all_lead roles=&[Role::Administrator, Role::Auditor]>
            <AllClients/>
        </Frame>
    }
}
