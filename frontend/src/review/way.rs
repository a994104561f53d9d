//! What has happened to a submission, with the reasons: what was asked, what was answered, who handed it over; and what
//! comes.

use leptos::prelude::*;
use nq57_shared::products::{HistoryEntry, Product};
use nq57_shared::time::Timestamp;
use nq57_ui::api::remote;
use nq57_ui::casework::Due;
use nq57_ui::components::{Load, Moment, Timeline};
use nq57_ui::i18n::tr;

use super::handovers;
use crate::products::{api, timeline};

#[component]
pub(super) fn Way(shown: Product) -> impl IntoView {
    let Product { id, state, holder, due_at, working_days_left, .. } = shown;
    let due = Due::of(due_at, working_days_left);
    let history = remote(move || async move {
        let entries = api::history(&id.to_string(), false).await?;
        Ok((entries, handovers::of(id).await))
    });
    let way = move |(entries, others): (Vec<HistoryEntry>, Vec<(Timestamp, Moment)>)| {
        let moments = Signal::stored(timeline::way_among(&entries, others, state, holder, due));
        view! { <Timeline moments label=tr::review::history/> }
    };
    view! {
        <section class="stack" data-gap="l" aria-labelledby="history">
            <h2 id="history">{tr::review::history}</h2>
            <Load from=history view=way/>
        </section>
    }
}
