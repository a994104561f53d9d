//! Step 1: what the product is.

use leptos::prelude::*;
use nq57_shared::products::draft::{ProductDomain, ProductKind, SECTORS_MAX, SUMMARY_MAX};
use nq57_ui::components::{CheckboxChoices, Choice, RadioChoices, Select, TextArea, TextField};
use nq57_ui::i18n::tr;

use super::super::fields::Fields;
use crate::products::view_model;
use crate::reference::{List, choices};

/// Name, kind, pillar, sectors, place, summary.
#[component]
pub(in super::super) fn WhatFields(fields: Fields) -> impl IntoView {
    use tr::products::field;
    use tr::submissions::what as words;
    let kinds = Signal::stored(
        ProductKind::ALL
            .iter()
            .map(|kind| {
                Choice::new(kind.as_str(), move || view_model::kind(*kind))
                    .with_hint(move || view_model::kind_hint(*kind))
            })
            .collect::<Vec<_>>(),
    );
    let domains = Signal::stored(
        ProductDomain::ALL
            .iter()
            .map(|domain| Choice::new(domain.as_str(), move || view_model::domain(*domain)))
            .collect::<Vec<_>>(),
    );
    // The most that may be chosen: the others wait until one is taken off.
    let all_sectors = choices(List::Sectors);
    let sectors =
        Signal::derive(move || {
            let chosen = fields.sectors.get();
            let full = chosen.len() >= SECTORS_MAX;
            all_sectors
                .get()
                .into_iter()
                .map(|choice| {
                    if full && !chosen.contains(&choice.value) { choice.disabled() } else { choice }
                })
                .collect()
        });
    view! {
        <TextField name="/title" label=field::title value=fields.title hint=words::title_hint autocomplete="off"/>
        <RadioChoices name="/kind" label=field::kind value=fields.kind options=kinds/>
        <RadioChoices name="/domain" label=field::domain value=fields.domain options=domains/>
        <CheckboxChoices name="/sectors" label=field::sectors value=fields.sectors options=sectors hint=words::sectors_hint wide=true/>
        <Select name="/province_code" label=field::province_code value=fields.province_code options=choices(List::Provinces) hint=words::province_hint empty=words::province_empty/>
        <TextArea name="/summary" label=field::summary value=fields.summary hint=words::summary_hint rows=3 limit=SUMMARY_MAX/>
        <Select
            name="/strategic_technology"
            label=field::strategic_technology
            value=fields.strategic_technology
            options=choices(List::StrategicTechnologies)
            hint=words::strategic_hint
            empty=words::strategic_empty
            optional=true
        />
    }
}
