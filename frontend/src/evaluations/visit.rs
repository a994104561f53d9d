//! The minutes of a look at the product on site.

use chrono::NaiveDate;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::evaluations::{Evaluation, OnSiteVisit};
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::{Validate as _, Violation};

use super::api;
use crate::api::Remote;
use crate::i18n::tr;
use crate::ui::{Button, ButtonKind, DateField, Form, FormView, TextArea, TextField, toast};

#[component]
pub(super) fn Visit(shown: Evaluation, round: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::visit as words;
    let form = Form::new();
    let (id, revision) = (shown.id, shown.revision);
    let before = shown.on_site;
    let held_on = RwSignal::new(before.as_ref().map(|visit| visit.held_on));
    let place = RwSignal::new(before.as_ref().map(|visit| visit.place.clone()).unwrap_or_default());
    let minutes = RwSignal::new(before.map(|visit| visit.minutes).unwrap_or_default());
    let submit = move || {
        let Some(day) = held_on.get_untracked() else {
            form.check(vec![Violation {
                pointer: "/held_on".into(),
                code: FieldCode::Required,
                limit: None,
            }]);
            return;
        };
        let mut body = visit(day, place, minutes);
        body.normalise();
        if !form.check(body.violations().0) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::record_on_site_visit(id, revision, &body).await;
            form.set_busy(false);
            match outcome {
                Ok(changed) => {
                    toast(words::saved);
                    round.set(changed);
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    view! {
        <details class="facet">
            <summary>{words::title}</summary>
            <FormView form tight=true on_submit=submit>
                <DateField name="/held_on" label=words::held_on value=held_on/>
                <TextField name="/place" label=words::place value=place/>
                <TextArea name="/minutes" label=words::minutes value=minutes rows=6/>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::submit}</Button></div>
            </FormView>
        </details>
    }
}

fn visit(held_on: NaiveDate, place: RwSignal<String>, minutes: RwSignal<String>) -> OnSiteVisit {
    OnSiteVisit { held_on, place: place.get_untracked(), minutes: minutes.get_untracked() }
}
