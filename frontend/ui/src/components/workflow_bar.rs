//! The buttons of a workflow: exactly those that the server would accept, the others with the reason why not.
//! Knows no workflow: the page asks `shared` what is available and passes it in.

use leptos::prelude::*;

use super::{Button, ButtonKind, Confirm, Reason, toast};
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
    /// What the reason begins with; whoever gives it may write something else.
    pub draft: String,
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
            draft: String::new(),
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
    /// Why the last event was refused: its question stays open and says so. Forgotten when the question closes.
    #[prop(optional)]
    refused: RwSignal<Option<Text>>,
) -> impl IntoView {
    let label = label.unwrap_or_else(|| Text::from(tr::ui::actions));
    let asked = RwSignal::new(None::<WorkflowAction>);
    let open = RwSignal::new(false);
    let sent = RwSignal::new(false);
    // Outlives the question: whoever closes it to look again finds the reason as it was typed.
    let typed = RwSignal::new(String::new());
    let begun = StoredValue::new(String::new());
    Effect::new(move |_| {
        // The question closes when its event has been answered, unless it was refused.
        if busy.get() {
            sent.set(true);
        } else if sent.get_untracked() {
            sent.set(false);
            match refused.get_untracked() {
                None => open.set(false),
                Some(_) if open.get_untracked() => {}
                Some(why) => {
                    refused.set(None);
                    toast(why);
                }
            }
        }
    });
    Effect::new(move |_| {
        if !open.get() && refused.with_untracked(Option::is_some) {
            refused.set(None);
        }
    });
    let press = move |action: WorkflowAction| {
        let is_other = asked
            .with_untracked(|asked| asked.as_ref().is_none_or(|asked| asked.key != action.key));
        // What was begun for them and left as it was follows what it was made of.
        if is_other || typed.with_untracked(|typed| begun.with_value(|begun| typed == begun)) {
            typed.set(action.draft.clone());
            begun.set_value(action.draft.clone());
        }
        if action.confirm.is_some() || action.reason != Reason::None {
            asked.set(Some(action));
            open.set(true);
        } else {
            on_event.run((action.key, String::new()));
        }
    };
    let keys = Memo::new(move |_| {
        actions.with(|actions| actions.iter().map(|action| action.key.clone()).collect::<Vec<_>>())
    });
    // One button for each event as long as the event is there: a button whose reason changes keeps its focus.
    let one = move |key: String| {
        let hint_id = format!("why-{key}");
        let found =
            move || actions.with(|actions| actions.iter().find(|one| one.key == key).cloned());
        let action = Signal::derive(found);
        let refusal = Signal::derive(move || action.get().and_then(|action| action.refusal));
        let kind = action.get_untracked().map(|action| action.kind).unwrap_or_default();
        let label = move || action.get().map(|action| action.label.string());
        let pressed = move || {
            if let Some(action) = action.get_untracked() {
                press(action);
            }
        };
        view! {
            <div class="workflow-action">
                <Button kind disabled=Signal::derive(move || refusal.get().is_some()) busy described_by=hint_id.clone() on_press=pressed>{label}</Button>
                <p class="small muted" id=hint_id hidden=move || refusal.get().is_none()>{move || refusal.get().map(|why| why.string())}</p>
            </div>
        }
    };
    let question = move || {
        asked.get().map(|action| {
            let WorkflowAction { key, label, kind, reason, confirm, .. } = action;
            let kind = if kind == ButtonKind::Danger { ButtonKind::Danger } else { ButtonKind::First };
            let send = move |reason: String| on_event.run((key.clone(), reason));
            let title = label.clone();
            view! { <Confirm open title body=confirm.unwrap_or_default() confirm=label kind reason busy typed refused on_confirm=send/> }
        })
    };
    view! {
        <div class="workflow" role="group" aria-label=move || label.get()>
            <For each=move || keys.get() key=String::clone children=one/>
        </div>
        {question}
    }
}
