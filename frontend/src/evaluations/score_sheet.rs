//! One's own score sheet. The draft is kept with the server as one scores; submitting is final.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::evaluations::{
    Criterion, Evaluation, EvaluationAction, PanelMember, RecordScoreSheet, Score as Given,
    SheetState, weighted_hundredths,
};
use nq57_shared::validate::Validate as _;

use super::api;
use super::view_model::hundredths;
use crate::api::Remote;
use crate::i18n::{Text, local, time_of_day, tr};
use crate::reference::now;
use crate::ui::{
    Button, ButtonKind, Confirm, Criterion as Row, Form, FormView, Glyph, Kpi, Notice, Ruler,
    Score, warn_on_leave,
};

/// One criterion on the page.
#[derive(Clone, Copy)]
struct Entry {
    score: RwSignal<Option<u32>>,
    comment: RwSignal<String>,
}

#[component]
pub(super) fn Sheet(
    shown: Evaluation,
    seat: PanelMember,
    round: Remote<Evaluation>,
) -> impl IntoView {
    use tr::evaluations::sheet as words;
    let (id, revision) = (shown.id, shown.revision);
    let criteria = StoredValue::new(shown.rubric.criteria.clone());
    let kept = shown.sheets.iter().find(|sheet| sheet.member_id == seat.account_id);
    let kept = kept.map(|sheet| sheet.scores.clone()).unwrap_or_default();
    let entries: Vec<Entry> =
        criteria.with_value(|all| all.iter().map(|one| entry(&kept, one)).collect());
    let entries = StoredValue::new(entries);
    let locked = seat.sheet == SheetState::Submitted
        || !shown.allowed_actions.contains(&EvaluationAction::Score);
    let sheet = move || -> Vec<Given> {
        criteria.with_value(|all| entries.with_value(|entries| given(all, entries)))
    };
    let form = Form::new();
    let saved = RwSignal::new(None::<Text>);
    let unsaved = RwSignal::new(false);
    warn_on_leave(unsaved.into());
    let watched = Memo::new(move |before: Option<&Vec<Given>>| {
        let sheet = sheet();
        if before.is_some_and(|before| *before != sheet) {
            unsaved.set(true);
        }
        sheet
    });
    let open = RwSignal::new(false);
    let send = move |submit: bool| {
        let mut body = RecordScoreSheet { scores: untrack(sheet), submit };
        body.normalise();
        let mut violations = body.violations();
        criteria.with_value(|criteria| body.check_against(criteria, &mut violations));
        if !form.check(violations.0) {
            open.set(false);
            return;
        }
        form.set_busy(true);
        saved.set(Some(words::saving.into()));
        spawn_local(async move {
            let outcome = api::record_score_sheet(id, revision, &body).await;
            form.set_busy(false);
            open.set(false);
            match outcome {
                Ok(_) => {
                    unsaved.set(false);
                    if submit {
                        // What the others gave can be read from now on.
                        round.reload();
                    } else {
                        let time = now().map(time_of_day).unwrap_or_default();
                        saved.set(Some(Text::from(move || words::saved(&time))));
                    }
                }
                Err(failure) => {
                    saved.set(Some(words::unsaved.into()));
                    form.show(&failure);
                }
            }
        });
    };
    let left = move || {
        let open = watched.with(|sheet| criteria.with_value(Vec::len).saturating_sub(sheet.len()));
        u64::try_from(open).ok().filter(|open| *open > 0)
    };
    let total =
        move || watched.with(|sheet| criteria.with_value(|all| weighted_hundredths(sheet, all)));
    let pass_mark = shown.rubric.pass_mark;
    // Made inside the form: that is where fields look for theirs.
    let rows = move || {
        criteria.with_value(|all| {
            entries.with_value(|entries| {
            all.iter()
                .zip(entries)
                .enumerate()
                .map(|(index, (criterion, entry))| {
                    let entry = *entry;
                    view! { <Score criterion=row(index, criterion) value=entry.score comment=entry.comment locked=Signal::stored(locked)/> }
                })
                .collect_view()
        })
        })
    };
    view! {
        <section class="stack" aria-labelledby="sheet">
            <h2 id="sheet">{words::title}</h2>
            {(!locked).then(|| view! { <Notice title=words::hidden icon=Glyph::Lock><p>{words::hidden_text}</p></Notice> })}
            <FormView form tight=true on_submit=move || open.set(true)>
                {rows()}
                {move || {
                    let total = total();
                    let mark_label = Text::from(move || words::pass_mark(pass_mark));
                    let ruler = Ruler { filled: f64::from(total) / 100.0, mark: f64::from(pass_mark), mark_label };
                    view! { <Kpi name=words::mine value=move || hundredths(total) unit=words::of_hundred ruler/> }
                }}
                {(!locked).then(|| view! {
                    <div class="row form-end">
                        <Button submit=true busy=form.busy()>{words::submit}</Button>
                        <Button kind=ButtonKind::Second busy=form.busy() on_press=move || send(false)>{words::save}</Button>
                        <span class="small muted" role="status">
                            {move || saved.get().map(|text| view! { {text} ". " })}
                            {move || left().map(words::left)}
                        </span>
                    </div>
                })}
            </FormView>
            <Confirm open title=words::submit_title body=words::submit_text confirm=words::submit busy=form.busy() on_confirm=move |_: String| send(true)/>
        </section>
    }
}

fn entry(kept: &[Given], criterion: &Criterion) -> Entry {
    let before = kept.iter().find(|score| score.criterion == criterion.code);
    Entry {
        score: RwSignal::new(before.map(|score| score.score)),
        comment: RwSignal::new(before.and_then(|score| score.comment.clone()).unwrap_or_default()),
    }
}

/// What has been scored so far; reactive.
fn given(criteria: &[Criterion], entries: &[Entry]) -> Vec<Given> {
    let one = |(criterion, entry): (&Criterion, &Entry)| {
        let comment = Some(entry.comment.get()).filter(|text| !text.trim().is_empty());
        entry.score.get().map(|score| Given { criterion: criterion.code.clone(), score, comment })
    };
    criteria.iter().zip(entries).filter_map(one).collect()
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
