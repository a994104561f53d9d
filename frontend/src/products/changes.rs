//! Two texts side by side, field by field: for versions, and for two people who edited at once.

use leptos::prelude::*;
use nq57_shared::products::FieldChange;
use nq57_ui::components::Table;
use nq57_ui::i18n::{Text, tr};

use super::facts::{field_text, value_text};

/// A row per field that differs, with both values in words.
#[component]
pub fn Changes(
    changes: Vec<FieldChange>,
    #[prop(into)] caption: Text,
    /// Heads the column of `from`.
    #[prop(into)]
    before: Text,
    /// Heads the column of `to`.
    #[prop(into)]
    after: Text,
) -> impl IntoView {
    let rows = changes
        .into_iter()
        .map(|FieldChange { pointer, from, to }| {
            (field_text(&pointer), value_text(&pointer, from), value_text(&pointer, to))
        })
        .collect();
    view! { <SideBySide rows caption before after/> }
}

/// A row per name, with two texts.
#[component]
pub fn SideBySide(
    rows: Vec<(Text, Text, Text)>,
    #[prop(into)] caption: Text,
    #[prop(into)] before: Text,
    #[prop(into)] after: Text,
) -> impl IntoView {
    let (before_label, after_label) = (before.clone(), after.clone());
    let rows = rows
        .into_iter()
        .map(|(name, from, to)| {
            let (before, after) = (before_label.clone(), after_label.clone());
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="lines" data-label=move || before.get()>{side(from)}</td>
                    <td class="lines" data-label=move || after.get()>{side(to)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption stacked=true>
            <thead>
                <tr>
                    <th scope="col">{tr::products::compare::field}</th>
                    <th scope="col">{before}</th>
                    <th scope="col">{after}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn side(value: Text) -> impl IntoView {
    move || match value.is_empty() {
        true => view! { <span class="muted">{tr::products::compare::nothing}</span> }.into_any(),
        false => value.string().into_any(),
    }
}
