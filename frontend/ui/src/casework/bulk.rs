//! The same done with several pieces of work: a bar for what is picked, a question, and what became of each.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::casework::{CaseSummary, WorkItem};

use super::{CaseKinds, kind_of};
use crate::api::Failure;
use crate::components::{Button, Confirm, Glyph, IconButton, Notice, Tone, focus_on};
use crate::i18n::{Text, tr};

/// What one request answers.
pub type Sent = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// Something that may be done with several pieces of work at once.
#[derive(Clone, Copy)]
pub struct BulkAction {
    /// The step that it does.
    pub step: &'static str,
    /// The verb; reactive.
    pub label: fn() -> &'static str,
    /// Does it with one case.
    pub send: fn(&CaseSummary) -> Sent,
}

/// What may be done with this piece of work, together with others.
pub(super) fn action_of(kinds: CaseKinds, item: &WorkItem) -> Option<&'static BulkAction> {
    let kind = kind_of(kinds, &item.case.kind)?;
    kind.bulk.iter().find(|action| action.step == item.step)
}

/// What became of one of them.
#[derive(Clone)]
pub(super) struct Outcome {
    title: String,
    failure: Option<Failure>,
}

/// The id of the results, which take the focus when all is done.
const RESULTS: &str = "ket-qua-tung-ho-so";

/// A result for each, above the list.
#[component]
pub(super) fn Results(outcomes: RwSignal<Vec<Outcome>>) -> impl IntoView {
    use tr::casework as words;
    move || {
        let all = outcomes.get();
        (!all.is_empty()).then(|| {
            let failed = all.iter().any(|outcome| outcome.failure.is_some());
            let rows = all
                .into_iter()
                .map(|Outcome { title, failure }| {
                    let said = move || match &failure {
                        None => words::bulk_done().to_owned(),
                        Some(failure) => failure.title().string(),
                    };
                    view! { <li><strong>{title}</strong>": " {said}</li> }
                })
                .collect_view();
            let tone = if failed { Tone::Warn } else { Tone::Ok };
            view! {
                <div role="status" id=RESULTS tabindex="-1">
                    <Notice title=words::bulk_results tone><ul>{rows}</ul></Notice>
                </div>
            }
        })
    }
}

/// Everything picked, with what can be done about it. Calls `on_done` when it has ended.
#[component]
pub(super) fn Bulk(
    kinds: CaseKinds,
    picked: RwSignal<Vec<WorkItem>>,
    outcomes: RwSignal<Vec<Outcome>>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    use tr::casework as words;
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    // What is picked may be of different steps: then nothing can be done with all of it.
    let action = Memo::new(move |_| {
        picked.with(|picked| {
            let step = &picked.first()?.step;
            picked.iter().all(|item| item.step == *step).then(|| step.clone())
        })
    });
    let chosen = move || {
        let step = action.get()?;
        picked.with(|picked| {
            let action = action_of(kinds, picked.first()?)?;
            (action.step == step).then_some(action)
        })
    };
    let count = move || u64::try_from(picked.with(Vec::len)).unwrap_or_default();
    let titles = move || {
        let titles = |picked: &Vec<WorkItem>| {
            picked.iter().map(|item| item.case.title.as_str()).collect::<Vec<_>>().join("; ")
        };
        picked.with(titles)
    };
    let run = move |_: String| {
        let Some(action) = untrack(chosen) else { return };
        let items = picked.get_untracked();
        busy.set(true);
        outcomes.set(Vec::new());
        spawn_local(async move {
            // One after the other: what one refuses does not stop the next.
            let mut all = Vec::new();
            for item in items {
                let failure = (action.send)(&item.case).await.err();
                all.push(Outcome { title: item.case.title, failure });
            }
            if busy.try_set(false).is_some() {
                return; // The page is gone.
            }
            open.set(false);
            picked.set(Vec::new());
            outcomes.set(all);
            on_done.run(());
            request_animation_frame(|| {
                focus_on(RESULTS);
            });
        });
    };
    view! {
        {move || (count() > 0).then(|| view! {
            <div class="bulk" role="region" aria-label=move || words::bulk_region(count())>
                <strong>{move || words::bulk_picked(count())}</strong>
                {move || match chosen() {
                    Some(action) => view! { <Button small=true on_press=move || open.set(true)>{action.label}</Button> }.into_any(),
                    None => view! { <span>{words::bulk_nothing}</span> }.into_any(),
                }}
                <IconButton icon=Glyph::Close label=words::bulk_clear on_press=move || picked.set(Vec::new())/>
            </div>
        })}
        {move || chosen().map(|action| view! {
            <Confirm
                open
                title=Text::from(move || words::bulk_question((action.label)(), crate::i18n::number(count())))
                body=Text::from(move || format!("{}. {}", titles(), words::bulk_text()))
                confirm=Text::from(action.label)
                busy
                on_confirm=run
            />
        })}
    }
}
