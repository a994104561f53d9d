//! `/viec-cua-toi`: what waits for the reader.

use leptos::prelude::*;
use nq57_ui::casework::{Queue, Shortcuts};
use nq57_ui::components::{ButtonKind, PageHead, PrintButton};
use nq57_ui::i18n::tr;
use nq57_ui::layout::Guard;

use super::{KINDS, place, places};

#[component]
pub fn WorkPage() -> impl IntoView {
    use tr::casework as words;
    view! {
        <Guard>
            <div class="wrap" data-density="dense">
                <div class="row" data-apart=true data-base=true>
                    <PageHead title=words::title lead=words::lead/>
                    <div class="row"><PrintButton kind=ButtonKind::Quiet small=true/><Shortcuts/></div>
                </div>
                <Queue kinds=KINDS place places=places()/>
            </div>
        </Guard>
    }
}
