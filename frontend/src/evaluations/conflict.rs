//! The declaration that comes before scoring.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::evaluations::{ConflictAnswer, DeclareConflict, Evaluation};
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::{Validate as _, Violation};

use super::api;
use crate::api::Remote;
use crate::i18n::tr;
use crate::ui::{Button, Choice, Form, FormView, RadioChoices, TextArea};

#[component]
pub(super) fn Conflict(shown: Evaluation, round: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::conflict as words;
    let form = Form::new();
    let (answer, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (id, revision) = (shown.id, shown.revision);
    let declares = move || answer.get() == ConflictAnswer::Declared.as_str();
    let submit = move || {
        let Some(chosen) = ConflictAnswer::parse(&answer.get_untracked()) else {
            form.check(vec![Violation {
                pointer: "/answer".into(),
                code: FieldCode::Required,
                limit: None,
            }]);
            return;
        };
        let note = Some(note.get_untracked()).filter(|_| chosen == ConflictAnswer::Declared);
        let mut body = DeclareConflict { answer: chosen, note };
        body.normalise();
        if !form.check(body.violations().0) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            match api::declare_conflict(id, revision, &body).await {
                Ok(changed) => round.set(changed),
                Err(failure) => {
                    form.set_busy(false);
                    form.show(&failure);
                }
            }
        });
    };
    let options = vec![
        Choice::new(ConflictAnswer::None.as_str(), words::none),
        Choice::new(ConflictAnswer::Declared.as_str(), words::declared),
    ];
    view! {
        <section aria-labelledby="conflict">
            <h2 class="sr" id="conflict">{words::title}</h2>
            <FormView form tight=true on_submit=submit>
                <RadioChoices name="/answer" label=words::title hint=words::lead value=answer options wide=true/>
                {move || declares().then(|| view! { <TextArea name="/note" label=words::note hint=words::note_hint value=note rows=3/> })}
                <div><Button submit=true busy=form.busy()>{words::submit}</Button></div>
            </FormView>
        </section>
    }
}
