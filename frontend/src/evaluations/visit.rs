//! The minutes of a look at the product on site.

use chrono::NaiveDate;
use leptos::prelude::*;
use nq57_shared::evaluations::{Evaluation, OnSiteVisit};
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::{Validate as _, Violation};
use nq57_ui::api::{Overlap, Remote};
use nq57_ui::components::{
    Button, ButtonKind, DateField, Disclosure, Form, FormView, TextArea, TextField, toast,
};
use nq57_ui::i18n::{Text, day, tr};
use nq57_ui::state::page;

use super::api;
use crate::products::{Difference, HeldTexts, send_over};

#[component]
pub(super) fn Visit(shown: Evaluation, evaluation: Remote<Evaluation>) -> impl IntoView {
    use tr::evaluations::visit as words;
    let form = Form::new();
    let before = shown.on_site.clone();
    let over = Overlap::new(shown);
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
        let mine = Some(body.clone());
        let write = async move |over: &Evaluation| {
            api::record_on_site_visit(over.id, over.revision, &body).await
        };
        send_over(
            over,
            form,
            mine,
            |evaluation| evaluation.on_site.clone(),
            write,
            move |changed| {
                toast(words::saved);
                page::ask_for_focus();
                evaluation.set(changed);
            },
        );
    };
    let differences = move |theirs: &Evaluation| {
        let theirs = theirs.on_site.clone();
        let text = |read: fn(&OnSiteVisit) -> &String| {
            Text::from(theirs.as_ref().map(read).cloned().unwrap_or_default())
        };
        let in_words = |on: Option<NaiveDate>| Text::from(move || on.map_or_else(String::new, day));
        let rows: [Difference; 3] = [
            (
                words::held_on.into(),
                in_words(theirs.as_ref().map(|visit| visit.held_on)),
                in_words(held_on.get_untracked()),
            ),
            (words::place.into(), text(|visit| &visit.place), place.get_untracked().into()),
            (words::minutes.into(), text(|visit| &visit.minutes), minutes.get_untracked().into()),
        ];
        let differs = |(_, theirs, mine): &Difference| untrack(|| theirs.string() != mine.string());
        rows.into_iter().filter(differs).collect::<Vec<_>>()
    };
    view! {
        <Disclosure title=words::title>
            <HeldTexts over differences submit take=move |theirs| evaluation.set(theirs)/>
            <FormView form tight=true on_submit=submit>
                <DateField name="/held_on" label=words::held_on own_words=(FieldCode::NotAllowed, Text::from(words::held_on_future)) value=held_on/>
                <TextField name="/place" label=words::place value=place/>
                <TextArea name="/minutes" label=words::minutes value=minutes rows=6/>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::submit}</Button></div>
            </FormView>
        </Disclosure>
    }
}

fn visit(held_on: NaiveDate, place: RwSignal<String>, minutes: RwSignal<String>) -> OnSiteVisit {
    OnSiteVisit { held_on, place: place.get_untracked(), minutes: minutes.get_untracked() }
}
