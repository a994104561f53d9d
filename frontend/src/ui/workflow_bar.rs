//! The buttons of a workflow: exactly those that the server would accept, the others with the reason why not.
//! Knows no workflow: the page asks `shared` what is available and passes it in.

use leptos::prelude::*;

use super::{Button, ButtonKind, Confirm, Reason};
use crate::i18n::{Text, tr};

/// One event that the state knows.
#[derive(Clone)]
pub struct WorkflowAction {
    /// The stable name of the event.
    pub key: String,
    /// The verb on the button.
    pub label: Text,
    /// Why it is refused now; `None` when it is possible.
    pub refusal: Option<Text>,
    pub kind: ButtonKind,
    pub reason: Reason,
    /// What happens then; asked before it is done. Without it and without a reason the press acts at once.
    pub confirm: Option<Text>,
}

impl WorkflowAction {
    /// A possible action that acts at once.
    pub fn new(key: impl Into<String>, label: impl Into<Text>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            refusal: None,
            kind: ButtonKind::Second,
            reason: Reason::None,
            confirm: None,
        }
    }
}

/// The actions of the moment. `on_event(key, reason)` sends one; `done` counts finished sends and closes the question.
#[component]
pub fn WorkflowBar(
    #[prop(into)] actions: Signal<Vec<WorkflowAction>>,
    /// Being sent: everything waits.
    #[prop(into)]
    busy: Signal<bool>,
    #[prop(into)] on_event: Callback<(String, String)>,
    /// The accessible name of the bar.
    #[prop(optional, into)]
    label: Option<Text>,
) -> impl IntoView {
    let label = label.unwrap_or_else(|| Text::from(tr::ui::actions));
    let asked = RwSignal::new(None::<WorkflowAction>);
    let open = RwSignal::new(false);
    let sent = RwSignal::new(false);
    Effect::new(move |_| {
        // The question closes when its event has been answered, either way: the page says what came of it.
        if busy.get() {
            sent.set(true);
        } else if sent.get_untracked() {
            sent.set(false);
            open.set(false);
        }
    });
    let press = move |action: WorkflowAction| {
        if action.confirm.is_some() || action.reason != Reason::None {
            asked.set(Some(action));
            open.set(true);
        } else {
            on_event.run((action.key, String::new()));
        }
    };
    let buttons = move || {
        actions
            .get()
            .into_iter()
            .map(|action| {
                let hint_id = action.refusal.is_some().then(|| format!("why-{}", action.key));
                let (disabled, kind, text) = (action.refusal.is_some(), action.kind, action.label.clone());
                let hint = action.refusal.clone().zip(hint_id.clone()).map(|(why, id)| view! { <p class="small muted" id=id>{why}</p> });
                let pressed = action.clone();
                let button = match hint_id {
                    Some(id) => view! { <Button kind disabled described_by=id>{text}</Button> }.into_any(),
                    None => view! { <Button kind disabled busy on_press=move || press(pressed.clone())>{text}</Button> }.into_any(),
                };
                view! {
                    <div class="workflow-action">
                        {button}
                        {hint}
                    </div>
                }
            })
            .collect_view()
    };
    let question = move || {
        asked.get().map(|action| {
            let WorkflowAction { key, label, kind, reason, confirm, .. } = action;
            let kind = if kind == ButtonKind::Danger { ButtonKind::Danger } else { ButtonKind::First };
            let send = move |reason: String| on_event.run((key.clone(), reason));
            let title = label.clone();
            view! { <Confirm open title body=confirm.unwrap_or_default() confirm=label kind reason busy on_confirm=send/> }
        })
    };
    view! {
        <div class="workflow" role="group" aria-label=move || label.get()>
            {buttons}
        </div>
        {question}
    }
}
