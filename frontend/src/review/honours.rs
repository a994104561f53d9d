//! Awards and certificates that an official has verified.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::{Honour, Product, RecordHonours};
use nq57_shared::validate::Validate as _;

use super::api;
use crate::api::Remote;
use crate::i18n::tr;
use crate::ui::{Button, ButtonKind, Form, FormView, NumberField, TextField, toast};

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
    let (id, revision) = (shown.id, shown.revision);
    let rows =
        RwSignal::new(shown.honours.iter().map(|honour| Row::of(Some(honour))).collect::<Vec<_>>());
    let submit = move || {
        let honours = rows.with_untracked(|rows| rows.iter().map(|row| row.given()).collect());
        let mut body = RecordHonours { honours };
        body.normalise();
        if !form.check(body.violations().0) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::record_honours(id, revision, &body).await;
            form.set_busy(false);
            match outcome {
                Ok(changed) => {
                    toast(words::saved);
                    page.set(changed);
                }
                Err(failure) => form.show(&failure),
            }
        });
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
            <h2 id="honours">{words::title}</h2>
            <details class="facet">
                <summary>{words::add}</summary>
                <p class="small muted">{words::lead}</p>
                <FormView form tight=true on_submit=submit>
                    {fields}
                    <div class="row">
                        <Button kind=ButtonKind::Second small=true on_press=move || rows.update(|rows| rows.push(Row::of(None)))>{words::add}</Button>
                        <Button kind=ButtonKind::Second small=true submit=true busy=form.busy()>{words::save}</Button>
                    </div>
                </FormView>
            </details>
        </section>
    }
}
