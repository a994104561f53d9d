//! Awards and certificates that an official has verified.

use leptos::prelude::*;
use nq57_shared::products::{Honour, Product, RecordHonours};
use nq57_shared::validate::Validate as _;
use nq57_ui::api::{Overlap, Remote};
use nq57_ui::components::{
    Button, ButtonKind, Disclosure, Form, FormView, NumberField, TextField, toast,
};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::page as page_state;

use super::api;
use crate::products::{Difference, HeldTexts, send_over};

/// One award on the page.
#[derive(Clone, Copy)]
struct Row {
    award: RwSignal<String>,
    year: RwSignal<Option<u64>>,
    category: RwSignal<String>,
    rank: RwSignal<String>,
}

impl Row {
    fn of(honour: Option<&Honour>) -> Self {
        let text = |value: Option<&String>| RwSignal::new(value.cloned().unwrap_or_default());
        Self {
            award: text(honour.map(|honour| &honour.award)),
            year: RwSignal::new(honour.map(|honour| u64::from(honour.year))),
            category: text(honour.and_then(|honour| honour.category.as_ref())),
            rank: text(honour.and_then(|honour| honour.rank.as_ref())),
        }
    }

    fn given(self) -> Honour {
        let optional = |text: RwSignal<String>| {
            Some(text.get_untracked()).filter(|text| !text.trim().is_empty())
        };
        Honour {
            award: self.award.get_untracked(),
            year: self.year.get_untracked().and_then(|year| u16::try_from(year).ok()).unwrap_or(0),
            category: optional(self.category),
            rank: optional(self.rank),
        }
    }
}

#[component]
pub(super) fn Honours(shown: Product, page: Remote<Product>) -> impl IntoView {
    use tr::review::honours as words;
    let form = Form::new();
    let rows = RwSignal::new(rows_of(&shown));
    let over = Overlap::new(shown);
    let submit = move || {
        let body = given(rows);
        if !form.check(body.violations().0) {
            return;
        }
        let mine = body.honours.clone();
        let write =
            async move |over: &Product| api::record_honours(over.id, over.revision, &body).await;
        send_over(
            over,
            form,
            mine,
            |product| product.honours.clone(),
            write,
            move |changed| {
                toast(words::saved);
                page_state::ask_for_focus();
                page.set(changed);
            },
        );
    };
    let fields = move || {
        let fields = |(index, row): (usize, Row)| {
            view! {
                <fieldset class="stack" data-gap="s">
                    <legend class="label">{move || words::one(index + 1)}</legend>
                    <TextField name=format!("/honours/{index}/award") label=words::award value=row.award/>
                    <NumberField name=format!("/honours/{index}/year") label=words::year value=row.year/>
                    <TextField name=format!("/honours/{index}/category") label=words::category value=row.category optional=true/>
                    <TextField name=format!("/honours/{index}/rank") label=words::rank value=row.rank optional=true/>
                    <div>
                        <Button kind=ButtonKind::Quiet small=true on_press=move || { rows.update(|rows| { if index < rows.len() { rows.remove(index); } }); }>{tr::ui::remove}</Button>
                    </div>
                </fieldset>
            }
        };
        rows.get().into_iter().enumerate().map(fields).collect_view()
    };
    view! {
        <section aria-labelledby="honours">
            <h2 id="honours" tabindex="-1">{words::title}</h2>
            <Disclosure title=words::add>
                <p class="small muted">{words::lead}</p>
                <HeldTexts
                    over
                    differences=move |theirs: &Product| differences(&theirs.honours, &given(rows).honours)
                    submit
                    take=move |theirs| rows.set(rows_of(&theirs))
                    heading="honours"
                />
                <FormView form tight=true on_submit=submit>
                    {fields}
                    <div class="row">
                        <Button kind=ButtonKind::Second small=true on_press=move || rows.update(|rows| rows.push(Row::of(None)))>{words::add}</Button>
                        <Button kind=ButtonKind::Second small=true submit=true busy=form.busy()>{words::save}</Button>
                    </div>
                </FormView>
            </Disclosure>
        </section>
    }
}

fn rows_of(product: &Product) -> Vec<Row> {
    product.honours.iter().map(|honour| Row::of(Some(honour))).collect()
}

fn given(rows: RwSignal<Vec<Row>>) -> RecordHonours {
    let honours = rows.with_untracked(|rows| rows.iter().map(|row| row.given()).collect());
    let mut body = RecordHonours { honours };
    body.normalise();
    body
}

fn differences(theirs: &[Honour], mine: &[Honour]) -> Vec<Difference> {
    let in_words = |honour: Option<&Honour>| {
        let Some(Honour { award, year, category, rank }) = honour else { return Text::default() };
        let parts = [Some(award.clone()), Some(year.to_string()), category.clone(), rank.clone()];
        Text::from(parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    };
    (0..theirs.len().max(mine.len()))
        .map(|index| (index, theirs.get(index), mine.get(index)))
        .filter(|(_, theirs, mine)| theirs != mine)
        .map(|(index, theirs, mine)| {
            let name = Text::from(move || tr::review::honours::one(index + 1));
            (name, in_words(theirs), in_words(mine))
        })
        .collect()
}
