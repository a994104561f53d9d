//! `/tat-ca-ho-so`: every case within the limits of the reader's roles.

use leptos::prelude::*;
use nq57_shared::access::Role;
use nq57_ui::casework::{Register, Shortcuts};
use nq57_ui::components::{ButtonKind, PageHead, PrintButton};
use nq57_ui::i18n::tr;
use nq57_ui::layout::Guard;

use super::{KINDS, place, places};

#[component]
pub fn RegisterPage() -> impl IntoView {
    use tr::casework as words;
    view! {
        <Guard roles=&Role::REGISTER>
            <div class="wrap" data-density="dense">
                <div class="row" data-apart=true data-base=true>
                    <PageHead title=words::register lead=words::register_lead/>
                    <div class="row"><PrintButton kind=ButtonKind::Quiet small=true/><Shortcuts/></div>
                </div>
                <Register kinds=KINDS path="/tat-ca-ho-so" place places=places()/>
            </div>
        </Guard>
    }
}
