//! Who sits on the panel, how far each is; the chair can replace it.

use leptos::prelude::*;
use nq57_shared::evaluations::{
    ConflictAnswer, Evaluation, EvaluationAction, PanelMember, SheetState,
};
use nq57_ui::api::{Overlap, Remote};
use nq57_ui::components::{Button, ButtonKind, Disclosure, Form, FormView, Tag, focus_on, toast};
use nq57_ui::i18n::tr;

use super::api;
use super::panel_form::{PanelFields, PanelValues, panel_of};
use super::view_model::{conflict_name, conflict_tone, sheet_name, sheet_tone};
use crate::products::{HeldTexts, send_over};

#[component]
pub(super) fn Panel(shown: Evaluation, evaluation: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::panel as words;
    let (quorum, replaces) =
        (shown.quorum, shown.allowed_actions.contains(&EvaluationAction::ReplacePanel));
    let submitted = shown.members.iter().filter(|member| counts(member)).count();
    let members = shown.members.clone();
    let is_recused = shown.is_recused;
    view! {
        <section class="stack" aria-labelledby="panel">
            <h2 id="panel" tabindex="-1">{words::title}</h2>
            {(!is_recused).then(|| view! { <p class="small muted">{move || words::progress(submitted, quorum)}</p> })}
            <ul class="ticker">{members.into_iter().map(|member| view! { <Seat member tells={!is_recused}/> }).collect_view()}</ul>
            {replaces.then(|| view! { <Replace shown evaluation/> })}
        </section>
    }
}

/// Whether the sheet is in and its author has not recused.
fn counts(member: &PanelMember) -> bool {
    member.sheet == SheetState::Submitted && member.conflict != ConflictAnswer::Declared
}

/// A name; `tells` how far that member is.
#[component]
fn Seat(member: PanelMember, tells: bool) -> impl IntoView {
    let PanelMember { display_name, conflict, conflict_note, sheet, .. } = member;
    view! {
        <li class="stack" data-gap="s">
            <span>{display_name}</span>
            {tells.then(|| view! {
                <span class="row">
                    <Tag text=move || format!("{}: {}", tr::evaluations::panel::conflict(), conflict_name(conflict)) tone=conflict_tone(conflict) plain=true/>
                    <Tag text=move || sheet_name(sheet) tone=sheet_tone(sheet) plain=true/>
                </span>
            })}
            {conflict_note.map(|note| view! { <span class="small muted">{note}</span> })}
        </li>
    }
}

#[component]
fn Replace(shown: Evaluation, evaluation: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::panel as words;
    let form = Form::new();
    let values = PanelValues::of(&shown);
    let lead: fn() -> &'static str =
        if shown.is_recused { words::replace_recused } else { words::replace_lead };
    let only_chair = shown.is_recused;
    let title: fn() -> &'static str = if only_chair { words::choose_chair } else { words::replace };
    let over = Overlap::new(shown);
    let submit = move || {
        let Some(body) = values.read(form, None) else { return };
        let mine = body.clone();
        let write =
            async move |over: &Evaluation| api::replace_panel(over.id, over.revision, &body).await;
        send_over(over, form, mine, panel_of, write, move |changed| {
            toast(words::replaced);
            evaluation.set(changed);
            request_animation_frame(|| {
                focus_on("panel");
            });
        });
    };
    view! {
        <Disclosure title>
            <p class="small muted">{lead}</p>
            <HeldTexts over differences=move |theirs| values.differences(theirs) submit take=move |theirs| evaluation.set(theirs) heading="panel"/>
            <FormView form tight=true on_submit=submit>
                <PanelFields values only_chair/>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::replace_submit}</Button></div>
            </FormView>
        </Disclosure>
    }
}
