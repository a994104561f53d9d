//! What happened, what is happening and what comes: who holds it, until when, why.

use leptos::prelude::*;

use crate::i18n::Text;

/// How far a moment of a timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Behind us.
    Done,
    /// Here.
    Now,
    /// Still to come.
    Next,
    /// Here and past its deadline.
    Late,
}

/// One moment of a timeline.
#[derive(Clone)]
pub struct Moment {
    pub reached: Reached,
    /// What it is.
    pub what: Text,
    /// When, and who holds it: one short line.
    pub when: Text,
    /// A public reason or a note.
    pub note: Option<Text>,
}

/// Circle-dots, upright; the latest or the present first or last, as the caller orders them.
#[component]
pub fn Timeline(
    #[prop(into)] moments: Signal<Vec<Moment>>,
    #[prop(into)] label: Text,
) -> impl IntoView {
    let items = move || {
        moments
            .get()
            .into_iter()
            .map(|moment| {
                let state = match moment.reached {
                    Reached::Done => "done",
                    Reached::Now => "now",
                    Reached::Next => "next",
                    Reached::Late => "late",
                };
                view! {
                    <li data-state=state aria-current=matches!(moment.reached, Reached::Now | Reached::Late).then_some("step")>
                        <p class="timeline-what">{moment.what}</p>
                        <span class="timeline-when">{moment.when}</span>
                        {moment.note.map(|note| view! { <p class="small">{note}</p> })}
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <ol class="timeline" aria-label=move || label.get()>
            {items}
        </ol>
    }
}
