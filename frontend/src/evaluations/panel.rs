//! Who sits on the panel, how far each is; the chair can replace it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::evaluations::{Evaluation, EvaluationAction, PanelMember, SheetState};

use super::api;
use super::panel_form::{PanelFields, PanelValues, panel_of};
use super::view_model::{conflict_name, conflict_tone, sheet_name, sheet_tone};
use crate::api::{NotSent, Overlap, Remote};
use crate::i18n::tr;
use crate::products::TwoTexts;
use crate::ui::{Button, ButtonKind, Form, FormView, Tag, focus_on, toast};

#[component]
pub(super) fn Panel(shown: Evaluation, round: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::panel as words;
    let (quorum, replaces) =
        (shown.quorum, shown.allowed_actions.contains(&EvaluationAction::ReplacePanel));
    let submitted =
        shown.members.iter().filter(|member| member.sheet == SheetState::Submitted).count();
    let members = shown.members.clone();
    view! {
        <section class="stack" aria-labelledby="panel">
            <h2 id="panel" tabindex="-1">{words::title}</h2>
            <p class="small muted">{move || words::progress(submitted, quorum)}</p>
            <ul class="ticker">{members.into_iter().map(|member| view! { <Seat member/> }).collect_view()}</ul>
            {replaces.then(|| view! { <Replace shown round/> })}
        </section>
    }
}

#[component]
fn Seat(member: PanelMember) -> impl IntoView {
    let PanelMember { display_name, conflict, conflict_note, sheet, .. } = member;
    view! {
        <li class="stack" data-gap="s">
            <span>{display_name}</span>
            <span class="row">
                <Tag text=move || format!("{}: {}", tr::evaluations::panel::conflict(), conflict_name(conflict)) tone=conflict_tone(conflict) plain=true/>
                <Tag text=move || sheet_name(sheet) tone=sheet_tone(sheet) plain=true/>
            </span>
            {conflict_note.map(|note| view! { <span class="small muted">{note}</span> })}
        </li>
    }
}

#[component]
fn Replace(shown: Evaluation, round: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::panel as words;
    let form = Form::new();
    let values = PanelValues::of(&shown);
    let over = Overlap::new(shown);
    let submit = move || {
        let Some(body) = values.read(form) else { return };
        form.set_busy(true);
        spawn_local(async move {
            let write =
                async |over: &Evaluation| api::replace_panel(over.id, over.revision, &body).await;
            let sent = over.send(&body, panel_of, write).await;
            form.set_busy(false);
            match sent {
                Ok(changed) => {
                    toast(words::replaced);
                    round.set(changed);
                    request_animation_frame(|| {
                        focus_on("panel");
                    });
                }
                Err(NotSent::Failed(failure)) => form.show(&failure),
                Err(NotSent::Both | NotSent::Gone) => {}
            }
        });
    };
    let keep = move || {
        over.keep_mine();
        submit();
    };
    let take = move || {
        if let Some(theirs) = over.take_theirs() {
            round.set(theirs);
        }
    };
    view! {
        <details class="facet">
            <summary>{words::replace}</summary>
            <p class="small muted">{words::replace_lead}</p>
            {move || over.theirs().map(|theirs| view! {
                <TwoTexts differences=values.differences(&theirs) on_keep=keep on_take=take heading="panel"/>
            })}
            <FormView form tight=true on_submit=submit>
                <PanelFields values/>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::replace_submit}</Button></div>
            </FormView>
        </details>
    }
}
