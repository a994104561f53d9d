//! The chair's recommendation; it can be replaced until a decision closes the evaluation.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::evaluations::{Evaluation, EvaluationAction, Recommend, RecommendedVerdict};
use nq57_shared::problem::FieldCode;
use nq57_shared::text::REASON_MAX;
use nq57_shared::validate::{Validate as _, Violation};
use nq57_ui::api::Remote;
use nq57_ui::components::{Button, Choice, Confirm, Form, FormView, RadioChoices, TextArea, toast};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::page;

use super::api;

#[component]
pub(super) fn Recommendation(shown: Evaluation, evaluation: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::recommend as words;
    let quorum = shown.quorum;
    // The server offers it from the quorum on; the result itself waits for the chair's own sheet.
    let wait = match (shown.allowed_actions.contains(&EvaluationAction::Recommend), &shown.result) {
        (true, Some(_)) => None,
        (true, None) => Some(Text::from(words::own_first)),
        (false, _) => Some(Text::from(move || words::wait(quorum))),
    };
    if let Some(wait) = wait {
        return view! {
            <section aria-labelledby="recommend">
                <h2 id="recommend">{words::title}</h2>
                <p class="muted">{wait}</p>
            </section>
        }
        .into_any();
    }
    let form = Form::new();
    let before = shown.recommendation.clone();
    let submit_words: fn() -> &'static str =
        if before.is_some() { words::again } else { words::submit };
    let verdict = before.as_ref().map(|given| given.verdict.as_str().to_owned());
    let verdict = RwSignal::new(verdict.unwrap_or_default());
    let reason = RwSignal::new(before.map(|given| given.reason).unwrap_or_default());
    let id = shown.id;
    let asking = RwSignal::new(false);
    let given = move || {
        let Some(chosen) = RecommendedVerdict::parse(&verdict.get_untracked()) else {
            form.check(vec![Violation {
                pointer: "/verdict".into(),
                code: FieldCode::Required,
                limit: None,
            }]);
            return None;
        };
        let mut body = Recommend { verdict: chosen, reason: reason.get_untracked() };
        body.normalise();
        form.check(body.violations().0).then_some(body)
    };
    let ask = move || asking.set(given().is_some());
    let submit = move |_: String| {
        let Some(body) = given() else { return };
        form.set_busy(true);
        spawn_local(async move {
            match api::recommend(id, &body).await {
                Ok(changed) => {
                    toast(words::sent);
                    asking.set(false);
                    page::ask_for_focus();
                    evaluation.set(changed);
                }
                Err(failure) => {
                    form.set_busy(false);
                    asking.set(false);
                    form.show(&failure);
                }
            }
        });
    };
    let options = vec![
        Choice::new(RecommendedVerdict::Publish.as_str(), words::publish),
        Choice::new(RecommendedVerdict::Decline.as_str(), words::decline),
    ];
    view! {
        <section class="stack" aria-labelledby="recommend">
            <h2 id="recommend">{submit_words}</h2>
            <FormView form tight=true on_submit=ask>
                <RadioChoices name="/verdict" label=words::verdict value=verdict options wide=true/>
                <TextArea name="/reason" label=words::reason hint=words::reason_hint value=reason rows=5 limit=REASON_MAX/>
                <div><Button submit=true busy=form.busy()>{submit_words}</Button></div>
            </FormView>
            <Confirm open=asking title=words::confirm_title body=words::confirm_text confirm=words::submit busy=form.busy() on_confirm=submit/>
        </section>
    }
    .into_any()
}
