//! The answers of a submission as people check them, by section; with links that lead to the place and come back.

use leptos::prelude::*;
use nq57_shared::products::Product;
use nq57_ui::components::{Answer, Summary};
use nq57_ui::i18n::{Text, tr};
use serde_json::Value;

use super::draft_of;
use super::file_link::FileLink;
use super::step::Step;
use crate::products::facts::{field_text, value_text};

/// The values of each section, by pointer.
const SECTIONS: [(Step, &[&str]); 4] = [
    (
        Step::What,
        &[
            "/title",
            "/kind",
            "/domain",
            "/sectors",
            "/province_code",
            "/summary",
            "/strategic_technology",
        ],
    ),
    (Step::Problem, &["/problem", "/description", "/novelty"]),
    (
        Step::Proof,
        &["/maturity", "/trl", "/deployments", "/effect", "/intellectual_property", "/links"],
    ),
    (
        Step::Owner,
        &[
            "/owner/type",
            "/owner/name",
            "/owner/tax_code",
            "/owner/contact/name",
            "/owner/contact/email",
            "/owner/contact/phone",
            "/owner/contact/address",
        ],
    ),
];

/// All answers and the files; `with_changes` adds the links of the check page.
#[component]
pub fn AnswersOf(product: Product, #[prop(optional)] with_changes: bool) -> impl IntoView {
    let id = product.id;
    let value = serde_json::to_value(draft_of(&product)).unwrap_or_default();
    let change =
        move |step: Step, pointer: &str| with_changes.then(|| step.address_of(id, pointer));
    let section = |(step, pointers): (Step, &[&str])| {
        let answers: Vec<Answer> =
            pointers.iter().map(|pointer| answer(pointer, &value, change(step, pointer))).collect();
        view! {
            <section class="stack">
                <h2>{move || step.name()}</h2>
                <Summary answers=Signal::stored(answers)/>
            </section>
        }
    };
    let sections = SECTIONS.into_iter().map(section).collect_view();
    view! {
        <div class="stack" data-gap="l">
            {sections}
            <Files product change=change(Step::Files, "/files")/>
        </div>
    }
}

fn answer(pointer: &str, draft: &Value, change: Option<String>) -> Answer {
    let value = draft.pointer(pointer).cloned().unwrap_or(Value::Null);
    let note = pointer
        .starts_with("/owner/contact")
        .then(|| Text::from(tr::submissions::check::not_public));
    Answer { name: field_text(pointer), value: value_text(pointer, value), change, note }
}

#[component]
fn Files(product: Product, change: Option<String>) -> impl IntoView {
    let Product { id, files, .. } = product;
    let is_empty = files.is_empty();
    let lines =
        files.into_iter().map(|file| view! { <li><FileLink product=id file/></li> }).collect_view();
    view! {
        <section class="stack">
            <div class="row" data-apart=true data-base=true>
                <h2>{tr::products::field::files}</h2>
                {change.map(|href| view! { <a href=href>{tr::ui::change}<span class="sr">" "{tr::products::field::files}</span></a> })}
            </div>
            {is_empty.then(|| view! { <p class="muted">{tr::submissions::check::no_files}</p> })}
            <ul class="links stack" data-gap="s">{lines}</ul>
        </section>
    }
}
