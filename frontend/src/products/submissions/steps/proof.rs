//! Step 3: how far the product has come, where it is used, with what effect, and which rights protect it.

use leptos::prelude::*;
use nq57_shared::problem::FieldCode;
use nq57_shared::products::draft::{DEPLOYMENTS_MAX, Deployment, ENTRIES_MAX, Maturity, TEXT_MAX};
use nq57_ui::components::{Choice, RadioChoices, Repeat, Select, TextArea, TextField, TextKind};
use nq57_ui::i18n::{Text, tr};

use super::super::fields::{Fields, LineRow, PlaceRow};
use crate::products::{facts, view_model};

/// Maturity, readiness, places of use, effect, rights, links.
#[component]
pub(in super::super) fn ProofFields(fields: Fields) -> impl IntoView {
    use tr::products::field;
    use tr::submissions::proof as words;
    let maturities = Signal::stored(
        Maturity::ALL
            .iter()
            .map(|maturity| {
                Choice::new(maturity.as_str(), move || view_model::maturity(*maturity))
                    .with_hint(move || view_model::maturity_hint(*maturity))
            })
            .collect::<Vec<_>>(),
    );
    let levels = Signal::stored(
        (1_u64..=9)
            .map(|level| Choice::new(level.to_string(), move || facts::trl(level)))
            .collect::<Vec<_>>(),
    );
    view! {
        <RadioChoices name="/maturity" label=field::maturity value=fields.maturity options=maturities wide=true/>
        <Select name="/trl" label=field::trl value=fields.trl options=levels hint=words::trl_hint empty=words::trl_empty/>
        <Repeat
            name="/deployments"
            label=field::deployments
            hint=words::deployments_hint
            rows=fields.deployments
            make=move || fields.place(Deployment::default())
            row=place
            add=words::deployments_add
            limit=DEPLOYMENTS_MAX
        />
        <TextArea name="/effect" label=field::effect value=fields.effect hint=words::effect_hint rows=5 limit=TEXT_MAX optional=true/>
        <Repeat
            name="/intellectual_property"
            label=field::intellectual_property
            hint=words::rights_hint
            rows=fields.intellectual_property
            make=move || fields.line(String::new())
            row=|index: usize, row: LineRow| line("/intellectual_property", index, row, Text::from(move || words::right(index + 1)), TextKind::Text)
            add=words::rights_add
            limit=ENTRIES_MAX
        />
        <Repeat
            name="/links"
            label=field::links
            hint=words::links_hint
            rows=fields.links
            make=move || fields.line(String::new())
            row=|index: usize, row: LineRow| line("/links", index, row, Text::from(move || words::link(index + 1)), TextKind::Url)
            add=words::links_add
            limit=ENTRIES_MAX
        />
    }
}

fn place(index: usize, row: PlaceRow) -> impl IntoView {
    use tr::submissions::proof as words;
    view! {
        <TextField name=format!("/deployments/{index}/customer") label=words::customer value=row.customer hint=words::customer_hint autocomplete="off"/>
        <TextField name=format!("/deployments/{index}/place") label=words::place value=row.place autocomplete="off" optional=true/>
        <TextField name=format!("/deployments/{index}/since") label=words::since value=row.since hint=words::since_hint own_words=(FieldCode::InvalidFormat, Text::from(words::since_expected)) autocomplete="off" narrow=true optional=true/>
    }
}

fn line(
    list: &'static str,
    index: usize,
    row: LineRow,
    label: Text,
    kind: TextKind,
) -> impl IntoView {
    view! { <TextField name=format!("{list}/{index}") label value=row.0 kind autocomplete="off"/> }
}
