//! For administrators: code, days and what is above an organisation; what it became.

use chrono::NaiveDate;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::organisations::{
    Lineage, Organisation, OrganisationName, OrganisationPatch, SUCCESSORS_MAX, SuccessorDraft,
    SuccessorsDraft,
};
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::{Validate as _, Violation};
use nq57_ui::components::{
    Button, ButtonKind, Confirm, DateField, Form, FormView, Repeat, TextField, toast,
    toast_with_action,
};
use nq57_ui::i18n::{Text, day, tr};

use super::api;
use super::picker::OrganisationPicker;
use super::view_model::required;

#[component]
pub(super) fn PlaceForm(
    organisation: Organisation,
    lineage: Lineage,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    use tr::organisations as words;
    let form = Form::new();
    let known: Vec<OrganisationName> = lineage.above.into_iter().take(1).collect();
    let code = RwSignal::new(organisation.code.clone().unwrap_or_default());
    let parent = organisation.parent_id.map(|id| id.to_string()).unwrap_or_default();
    let parent = RwSignal::new(parent);
    let (from, to) = (RwSignal::new(organisation.valid_from), RwSignal::new(organisation.valid_to));
    let name = organisation.name.clone();
    let before = StoredValue::new(organisation);
    let asks = RwSignal::new(false);
    let typed = move || {
        let code = code.get_untracked();
        OrganisationPatch {
            code: Some(Some(code).filter(|code| !code.trim().is_empty())),
            parent_id: Some(parent.get_untracked().parse().ok()),
            valid_from: Some(from.get_untracked()),
            valid_to: Some(to.get_untracked()),
            ..OrganisationPatch::default()
        }
    };
    let save = move || {
        let (patch, before) = (typed(), before.get_value());
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::edit(before.id, &patch, before.revision).await;
            form.set_busy(false);
            asks.set(false);
            match outcome {
                Ok(changed) => {
                    match changed.valid_to.filter(|_| changed.valid_to != before.valid_to) {
                        Some(last) => ended(before, changed.revision, last, on_done),
                        None => toast(words::saved),
                    }
                    on_done.run(());
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    // A last day ends an organisation: asked before, as it ends much else.
    let submit = move || {
        let (patch, before) = (typed(), before.get_value());
        let mut whole = patch.applied_to(&before);
        whole.normalise();
        if !form.check(whole.violations().0) {
            return;
        }
        match whole.valid_to.is_some() && whole.valid_to != before.valid_to {
            true => asks.set(true),
            false => save(),
        }
    };
    let last = move || to.get().map(day).unwrap_or_default();
    let title = move || words::end::title(&name);
    view! {
        <section class="block stack" aria-labelledby="place">
            <h2 id="place">{words::place}</h2>
            <p class="muted">{words::place_text}</p>
            <FormView form tight=true on_submit=submit>
                <TextField name="/code" label=words::code hint=words::code_hint value=code optional=true narrow=true own_words=(FieldCode::InvalidFormat, Text::from(words::code_expected))/>
                <OrganisationPicker name="/parent_id" label=words::parent value=parent known empty=words::no_parent optional=true own_words=(FieldCode::Inconsistent, Text::from(words::parent_expected))/>
                <div class="cols" data-n="2">
                    <DateField name="/valid_from" label=words::valid_from value=from optional=true/>
                    <DateField name="/valid_to" label=words::valid_to value=to optional=true own_words=(FieldCode::Inconsistent, Text::from(words::valid_to_expected))/>
                </div>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::save}</Button></div>
            </FormView>
            <Confirm open=asks title body=move || words::end::text(last()) confirm=words::end::submit kind=ButtonKind::Danger busy=form.busy() on_confirm=move |_: String| save()/>
        </section>
    }
}

/// Says that it ends, and takes that back for whoever asks at once.
fn ended(before: Organisation, revision: u64, last: NaiveDate, on_done: Callback<()>) {
    use tr::organisations::end as words;
    let name = before.name.clone();
    let undo = move || {
        let days = OrganisationPatch { valid_to: Some(before.valid_to), ..Default::default() };
        let id = before.id;
        spawn_local(async move {
            match api::edit(id, &days, revision).await {
                Ok(_) => toast(words::undone),
                Err(failure) => toast(failure.title()),
            }
            // Nothing, when the page has been left.
            on_done.try_run(());
        });
    };
    let told = move || words::done(&name, day(last));
    toast_with_action(told, words::undo, undo);
}

/// A successor that is being typed.
#[derive(Clone, Copy)]
struct Row {
    organisation: RwSignal<String>,
    on: RwSignal<Option<NaiveDate>>,
    known: StoredValue<Vec<OrganisationName>>,
}

impl Row {
    fn new(known: Vec<OrganisationName>, on: Option<NaiveDate>) -> Self {
        let id = known.first().map(|one| one.id.to_string()).unwrap_or_default();
        Self {
            organisation: RwSignal::new(id),
            on: RwSignal::new(on),
            known: StoredValue::new(known),
        }
    }
}

#[component]
pub(super) fn SuccessorsForm(
    organisation: Organisation,
    lineage: Lineage,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    use tr::organisations as words;
    let form = Form::new();
    let (id, revision) = (organisation.id, organisation.revision);
    let rows = lineage.successors.into_iter();
    let rows = rows.map(|one| Row::new(vec![one.organisation], Some(one.on)));
    let rows = RwSignal::new(rows.collect::<Vec<_>>());
    let submit = move || {
        let (body, wrong) = typed(&rows.get_untracked());
        if !form.check(wrong) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::replace_successors(id, &body, revision).await;
            form.set_busy(false);
            match outcome {
                Ok(()) => {
                    toast(words::saved);
                    on_done.run(());
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    let row = |index: usize, row: Row| {
        let at = |member: &str| format!("/successors/{index}/{member}");
        view! {
            <div class="stack" data-gap="s">
                <OrganisationPicker name=at("organisation_id") label=Text::from(move || words::successor(index + 1)) value=row.organisation known=row.known.get_value() empty=words::choose_successor own_words=(FieldCode::Inconsistent, Text::from(words::successor_expected))/>
                <DateField name=at("on") label=Text::from(move || words::happened_on(index + 1)) value=row.on/>
            </div>
        }
    };
    view! {
        <section class="block stack" aria-labelledby="successors">
            <h2 id="successors">{words::successors}</h2>
            <p class="muted">{words::successors_text}</p>
            <FormView form tight=true on_submit=submit>
                <Repeat name="/successors" label=words::successors rows make=move || Row::new(Vec::new(), None) row add=words::successors_add limit=SUCCESSORS_MAX/>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::save}</Button></div>
            </FormView>
        </section>
    }
}

/// What the rows say, and what is wrong with them: the rules of the whole only once no row lacks anything, as their
/// places are those of the list that is sent.
fn typed(rows: &[Row]) -> (SuccessorsDraft, Vec<Violation>) {
    let mut wrong = Vec::new();
    let mut successors = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut lacks =
            |member: &str| wrong.push(required(format!("/successors/{index}/{member}")));
        let (organisation, on) =
            (row.organisation.get_untracked().parse().ok(), row.on.get_untracked());
        if organisation.is_none() {
            lacks("organisation_id");
        }
        if on.is_none() {
            lacks("on");
        }
        if let (Some(organisation_id), Some(on)) = (organisation, on) {
            successors.push(SuccessorDraft { organisation_id, on });
        }
    }
    let body = SuccessorsDraft { successors };
    if wrong.is_empty() {
        wrong = body.violations().0;
    }
    (body, wrong)
}
