//! The declaration that comes before scoring.

use leptos::prelude::*;
use nq57_shared::evaluations::{ConflictAnswer, DeclareConflict, Evaluation};
use nq57_shared::ids::AccountId;
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::{Validate as _, Violation};
use nq57_ui::api::{Overlap, Remote};
use nq57_ui::components::{Button, Choice, Form, FormView, RadioChoices, TextArea, focus_on};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::session;

use super::api;
use super::view_model::conflict_name;
use crate::products::{HeldTexts, send_over};

#[component]
pub(super) fn Conflict(shown: Evaluation, evaluation: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::conflict as words;
    let form = Form::new();
    let (answer, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let over = Overlap::new(shown);
    let account = untrack(session::account).map(|account| account.id);
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
        let mine = (body.answer, body.note.clone());
        let write = async move |over: &Evaluation| {
            api::declare_conflict(over.id, over.revision, &body).await
        };
        send_over(
            over,
            form,
            mine,
            move |evaluation| said(evaluation, account),
            write,
            move |changed| {
                evaluation.set(changed);
                request_animation_frame(|| {
                    focus_on("sheet");
                });
            },
        );
    };
    let differences = move |theirs: &Evaluation| {
        let in_words = |(answer, note): (ConflictAnswer, Option<String>)| {
            Text::from(move || {
                format!("{}\n{}", conflict_name(answer), note.as_deref().unwrap_or_default())
            })
        };
        let mine = untrack(|| {
            (
                ConflictAnswer::parse(&answer.get()).unwrap_or(ConflictAnswer::NotAsked),
                Some(note.get()),
            )
        });
        vec![(
            Text::from(tr::evaluations::panel::conflict),
            in_words(said(theirs, account)),
            in_words(mine),
        )]
    };
    let options = vec![
        Choice::new(ConflictAnswer::None.as_str(), words::none),
        Choice::new(ConflictAnswer::Declared.as_str(), words::declared),
    ];
    view! {
        <section>
            <HeldTexts over differences submit take=move |theirs| evaluation.set(theirs)/>
            <FormView form tight=true on_submit=submit>
                <RadioChoices name="/answer" label=words::title hint=words::lead value=answer options wide=true/>
                {move || declares().then(|| view! { <TextArea name="/note" label=words::note hint=words::note_hint value=note rows=3/> })}
                <div><Button submit=true busy=form.busy()>{words::submit}</Button></div>
            </FormView>
        </section>
    }
}

/// What this member has answered.
fn said(evaluation: &Evaluation, account: Option<AccountId>) -> (ConflictAnswer, Option<String>) {
    let seat = evaluation.members.iter().find(|member| Some(member.account_id) == account);
    seat.map_or((ConflictAnswer::NotAsked, None), |seat| {
        (seat.conflict, seat.conflict_note.clone())
    })
}
