//! Steps, timelines, check your answers, tabs, dialog, workflow.

use leptos::prelude::*;
use nq57_ui::components::{
    Answer, Button, ButtonKind, Dialog, Moment, Pairs, Reached, Reason, Steps, Summary, Tab, Tabs,
    Timeline, WorkflowAction, WorkflowBar, toast,
};
use nq57_ui::i18n::{Text, tr};

use super::Section;

/// What leads through a case.
#[component]
pub(super) fn Flow() -> impl IntoView {
    view! {
        <Section id="steps" title=tr::kit::steps::title>
            <SampleSteps/>
        </Section>
        <Section id="answers" title=tr::kit::answers::title>
            <SampleAnswers/>
        </Section>
        <Section id="tabs" title=tr::kit::tabs::title>
            <SampleTabs/>
        </Section>
    }
}

#[component]
fn SampleSteps() -> impl IntoView {
    use tr::kit::steps as words;
    let steps = vec![
        words::unit.into(),
        words::product.into(),
        words::technology.into(),
        words::result.into(),
        words::documents.into(),
    ];
    let moment =
        |reached, what: fn() -> &'static str, when: fn() -> &'static str, note: Option<Text>| {
            Moment { reached, what: what.into(), when: when.into(), note }
        };
    let way = vec![
        moment(Reached::Done, words::done, words::done_when, None),
        moment(Reached::Now, words::now, words::now_when, Some(words::note.into())),
        moment(Reached::Next, words::next, words::next_when, None),
    ];
    let late = vec![moment(Reached::Late, words::late, words::late_when, None)];
    let links = ["1", "2", "3", "4", "5"].map(|step| format!("/ui?buoc={step}")).to_vec();
    view! {
        <Steps steps current=2_usize links/>
        <p class="small muted">{move || words::form(tr::ui::steps::of(3, 5))}</p>
        <Timeline moments=way label=words::timeline/>
        <Timeline moments=late label=words::timeline_late/>
    }
}

#[component]
fn SampleAnswers() -> impl IntoView {
    use tr::kit::answers as words;
    let answer = |name: fn() -> &'static str, value: Text, note: Option<Text>| Answer {
        name: name.into(),
        value,
        change: Some("/ui".to_owned()),
        note,
    };
    let answers = vec![
        answer(words::name, words::name_value.into(), None),
        answer(words::contact, words::contact_value.into(), Some(words::private.into())),
        answer(words::tax, Text::default(), None),
    ];
    let pairs: Vec<(Text, Text)> = vec![
        (words::name.into(), words::name_value.into()),
        (words::contact.into(), words::contact_value.into()),
    ];
    view! {
        <Summary answers/>
        <div class="measure">
            <Pairs pairs/>
        </div>
    }
}

#[component]
fn SampleTabs() -> impl IntoView {
    use tr::kit::tabs as words;
    let tab = |key, label: fn() -> &'static str, text: fn() -> &'static str| {
        Tab::new(key, label, move || view! { <p>{text}</p> })
    };
    let tabs = vec![
        tab("content", words::content, words::content_text),
        tab("history", words::history, words::history_text),
        tab("notes", words::notes, words::notes_text),
    ];
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let actions = vec![
        WorkflowAction {
            kind: ButtonKind::First,
            confirm: Some(words::accept_what.into()),
            ..WorkflowAction::new("accept", words::accept)
        },
        WorkflowAction {
            reason: Reason::Required { limit: 1000 },
            ..WorkflowAction::new("ask", words::ask)
        },
        WorkflowAction {
            kind: ButtonKind::Danger,
            reason: Reason::Required { limit: 1000 },
            ..WorkflowAction::new("reject", words::reject)
        },
        WorkflowAction {
            refusal: Some(words::publish_why.into()),
            ..WorkflowAction::new("publish", words::publish)
        },
    ];
    let act = move |key: String, _reason: String| {
        busy.set(true);
        set_timeout(move || busy.set(false), std::time::Duration::from_millis(600));
        toast(move || words::did(&key));
    };
    view! {
        <Tabs label=words::label tabs/>
        <p>
            <Button kind=ButtonKind::Second on_press=move || open.set(true)>{words::open}</Button>
        </p>
        <Dialog open title=words::dialog>
            <p>{words::dialog_text}</p>
            <div class="row">
                <Button on_press=move || open.set(false)>{tr::ui::close}</Button>
            </div>
        </Dialog>
        <WorkflowBar actions busy on_event=act/>
    }
}
