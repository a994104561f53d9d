//! One's own score sheet. The draft is kept with the server as one scores; submitting is final.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::evaluations::{
    Criterion, Evaluation, EvaluationAction, PanelMember, RecordScoreSheet, SheetState,
    weighted_hundredths,
};
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::{Validate as _, Violation};
use nq57_ui::api::{Autosave, NotSent, Remote};
use nq57_ui::components::{
    Button, ButtonKind, Confirm, Criterion as Row, Form, FormView, Glyph, Kpi, Notice, Ruler,
    Score, focus_on,
};
use nq57_ui::i18n::{Text, local, tr};

use super::api;
use super::entries::{Entries, Entry};
use super::view_model::hundredths;
use crate::products::{TwoTexts, saving_words};

#[component]
pub(super) fn Sheet(
    shown: Evaluation,
    seat: PanelMember,
    evaluation: Remote<Evaluation>,
) -> impl IntoView {
    use tr::evaluations::sheet as words;
    let is_in = seat.sheet == SheetState::Submitted;
    let locked = seat.sheet == SheetState::Submitted
        || !shown.allowed_actions.contains(&EvaluationAction::Score);
    let pass_mark = shown.rubric.pass_mark;
    let sheet = Entries::new(&shown, seat.account_id);
    let form = Form::new();
    let total = move || sheet.with_criteria(|all| weighted_hundredths(&sheet.marked(), all));
    // Made inside the form: that is where fields look for theirs.
    let rows = move || {
        sheet.with_both(|all| {
            let one = |(index, criterion, entry): (usize, &Criterion, Entry)| {
                view! { <Score criterion=row(index, criterion) value=entry.score comment=entry.comment locked=Signal::stored(locked)/> }
            };
            all.map(one).collect_view()
        })
    };
    let figures = move || {
        let mark_label = Text::from(move || words::pass_mark(pass_mark));
        let total = total();
        let ruler =
            Ruler { filled: f64::from(total) / 100.0, mark: f64::from(pass_mark), mark_label };
        view! { <Kpi name=words::mine value=move || hundredths(total) unit=words::of_hundred ruler/> }
    };
    if locked {
        return view! {
            <section class="stack" aria-labelledby="sheet">
                <h2 id="sheet" tabindex="-1">{words::title}</h2>
                {is_in.then(|| view! { <p class="muted">{words::locked}</p> })}
                <FormView form tight=true on_submit=|| {}>{rows()}{figures}</FormView>
            </section>
        }
        .into_any();
    }
    let name = format!("score sheet {} {}", shown.id, seat.account_id);
    let saving = Autosave::open(name, sheet, shown);
    let over = saving.over();
    let open = RwSignal::new(false);
    // Asks only for what can be done: every criterion has its marks, and nothing is too long.
    let ask = move || {
        if form.check(faults(sheet, true)) {
            open.set(true);
        }
    };
    let save = move || {
        if !form.check(faults(sheet, false)) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let saved = saving.save().await;
            form.set_busy(false);
            if let Err(NotSent::Failed(failure)) = saved {
                form.show(&failure);
            }
        });
    };
    let submit = move |_: String| {
        form.set_busy(true);
        spawn_local(async move {
            let sent = saving
                .send(async |evaluation: &Evaluation, scores| {
                    let body = RecordScoreSheet { scores: scores.clone(), submit: true };
                    api::record_score_sheet(evaluation.id, evaluation.revision, &body).await
                })
                .await;
            form.set_busy(false);
            open.set(false);
            match sent {
                // What the others gave can be read from now on.
                Ok(changed) => {
                    evaluation.set(changed);
                    request_animation_frame(|| {
                        focus_on("result");
                    });
                }
                Err(NotSent::Failed(failure)) => form.show(&failure),
                Err(NotSent::Both | NotSent::Gone) => {}
            }
        });
    };
    let left = move || {
        let left = sheet.with_criteria(<[Criterion]>::len).saturating_sub(sheet.marked().len());
        u64::try_from(left).ok().filter(|left| *left > 0)
    };
    view! {
        <section class="stack" aria-labelledby="sheet">
            <h2 id="sheet" tabindex="-1">{words::title}</h2>
            <Notice title=words::hidden icon=Glyph::Lock><p>{words::hidden_text}</p></Notice>
            {move || over.theirs().map(|theirs| view! {
                <TwoTexts differences=sheet.differences(&theirs) on_keep=move || saving.keep_mine() on_take=move || saving.take_theirs() heading="sheet"/>
            })}
            <FormView form tight=true on_submit=ask>
                {rows()}
                {figures}
                <div class="row form-end">
                    <Button submit=true busy=form.busy()>{words::submit}</Button>
                    <Button kind=ButtonKind::Second busy=form.busy() on_press=save>{words::save}</Button>
                    <span class="small muted" role="status">
                        {move || saving_words(&saving.saving(), saving.is_partial()).map(|words| format!("{words}. "))}
                        {move || left().map(words::left)}
                    </span>
                </div>
            </FormView>
            <Confirm open title=words::submit_title body=words::submit_text confirm=words::submit busy=form.busy() on_confirm=submit/>
        </section>
    }
    .into_any()
}

/// What is wrong with the sheet, by criterion as it stands on the page.
fn faults(sheet: Entries, submits: bool) -> Vec<Violation> {
    untrack(|| {
        sheet.with_both(|all| {
            let of = |(index, criterion, entry): (usize, &Criterion, Entry)| {
                let at = |pointer: &str| format!("/scores/{index}{pointer}");
                let Some(score) = entry.given(criterion) else {
                    // A remark alone cannot be kept.
                    let owes = submits || !entry.comment.with(|text| text.trim().is_empty());
                    let missing =
                        Violation { pointer: at(""), code: FieldCode::Required, limit: None };
                    return owes.then_some(missing).into_iter().collect();
                };
                let body = RecordScoreSheet { scores: vec![score], submit: false };
                let mut found = body.violations().0;
                for violation in &mut found {
                    violation.pointer = violation.pointer.replacen("/scores/0", &at(""), 1);
                }
                found
            };
            all.flat_map(of).collect()
        })
    })
}

fn row(index: usize, criterion: &Criterion) -> Row {
    let (name, hint, weight) = (criterion.name.clone(), criterion.hint.clone(), criterion.weight);
    Row {
        name: format!("/scores/{index}"),
        title: Text::from(move || format!("{}. {}", index + 1, local(&name))),
        weight: Text::from(move || tr::evaluations::sheet::weight(weight)),
        guide: Text::from(move || local(&hint)),
        maximum: criterion.max,
    }
}
