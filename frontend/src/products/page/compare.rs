//! Two public versions of a product, field by field. Which two stands in the address.

use leptos::prelude::*;
use nq57_shared::products::{FieldChange, VersionDiff, VersionSummary};
use nq57_ui::api::remote;
use nq57_ui::components::{Choice, Crumb, Crumbs, Empty, GoLink, Load, PageHead, Select};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::address::{use_go_to, use_query};

use super::use_id;
use crate::products::{api, changes::Changes};

/// The comparison.
#[component]
pub fn ComparePage() -> impl IntoView {
    use tr::products::compare as words;
    let id = use_id();
    let versions = remote(move || {
        let id = id.get();
        async move { api::versions(&id, true).await }
    });
    let trail = vec![
        Crumb::new(tr::products::catalogue::title, "/san-pham"),
        Crumb::new(words::back, format!("/san-pham/{}", id.get_untracked())),
    ];
    view! {
        <Crumbs trail/>
        <div class="wrap">
            <PageHead title=words::document_title/>
            <Load from=versions view=move |versions| view! { <Pair id versions/> }/>
        </div>
    }
}

/// The choice of the two versions, and what differs.
#[component]
fn Pair(id: Memo<String>, versions: Vec<VersionSummary>) -> impl IntoView {
    use tr::products::compare as words;
    let mut numbers: Vec<u32> = versions.iter().map(|version| version.version).collect();
    numbers.sort_unstable();
    let last = numbers.last().copied().unwrap_or(1);
    let before = numbers.iter().rev().nth(1).copied().unwrap_or(last);
    let query = use_query();
    let side = move |name: &'static str, usual: u32| {
        Memo::new(move |_| {
            query
                .with(|query| query.get(name).and_then(|text| text.parse::<u32>().ok()))
                .unwrap_or(usual)
        })
    };
    let (from, to) = (side("from", before), side("to", last));
    let (from_text, to_text) = (
        RwSignal::new(from.get_untracked().to_string()),
        RwSignal::new(to.get_untracked().to_string()),
    );
    let go_to = StoredValue::new(use_go_to());
    Effect::new(move |first: Option<()>| {
        let wanted =
            query.get_untracked().with("from", &from_text.get()).with("to", &to_text.get());
        if first.is_some() {
            go_to.with_value(|go_to| go_to(&wanted, true));
        }
    });
    let options = Signal::stored(
        numbers
            .into_iter()
            .map(|number| {
                Choice::new(
                    number.to_string(),
                    Text::from(move || tr::products::page::version(number)),
                )
            })
            .collect::<Vec<_>>(),
    );
    let diff = remote(move || {
        let (id, from, to) = (id.get(), from.get(), to.get());
        async move { api::compare(&id, from, to, true).await }
    });
    let show = move |VersionDiff { from, to, changes }: VersionDiff| match changes.is_empty() {
        true => view! { <Empty title=words::same><p>{words::same_text}</p></Empty> }.into_any(),
        false => view! { <Differences from to changes/> }.into_any(),
    };
    view! {
        <div class="stack" data-gap="l">
            <div class="cols" data-n="2">
                <Select name="/from" label=words::from value=from_text options/>
                <Select name="/to" label=words::to value=to_text options/>
            </div>
            <Load from=diff view=show/>
            <p><GoLink href=Signal::derive(move || format!("/san-pham/{}", id.get()))>{words::back}</GoLink></p>
        </div>
    }
}

#[component]
fn Differences(from: u32, to: u32, changes: Vec<FieldChange>) -> impl IntoView {
    use tr::products::compare as words;
    let count = u64::try_from(changes.len()).unwrap_or_default();
    view! {
        <section class="stack">
            <h2>{move || words::title(from, to)}</h2>
            <p role="status">{move || words::count(count)}</p>
            <Changes
                changes
                caption=Text::from(move || words::title(from, to))
                before=Text::from(move || tr::products::page::version(from))
                after=Text::from(move || tr::products::page::version(to))
            />
        </section>
    }
}
