//! What the submitter must know first: go on writing, what is asked, or why it has ended.

use leptos::prelude::*;
use nq57_shared::products::{EligibilityCheck, EligibilityItem, Product, ProductState, Verdict};
use nq57_ui::api::remote;
use nq57_ui::components::{ButtonKind, ButtonLink, Glyph, Load, Notice, Tone};
use nq57_ui::i18n::{Text, date, tr};

use super::step::Step;
use crate::products::api;
use crate::reference::{List, name};

/// The notice of the state, if it has one.
#[component]
pub(super) fn OwnNotice(product: Product) -> impl IntoView {
    use tr::submissions::own as words;
    let Product { id, state, reason, .. } = product.clone();
    match state {
        ProductState::Draft => view! {
            <p class="row">
                <ButtonLink href=Step::What.address(id) icon=Glyph::Edit>{words::resume}</ButtonLink>
                <ButtonLink href=format!("/ho-so/{id}/kiem-tra") kind=ButtonKind::Second>{words::check}</ButtonLink>
            </p>
        }
        .into_any(),
        ProductState::MoreInformation => view! {
            <Question product/>
            <p class="row">
                <ButtonLink href=format!("/ho-so/{id}/kiem-tra") icon=Glyph::Edit>{words::answer}</ButtonLink>
            </p>
        }
        .into_any(),
        ProductState::Ineligible => view! {
            <Notice title=words::stopped tone=Tone::Bad icon=Glyph::Stop>
                {said(reason)}
                <Asked product wanted=Verdict::Fail title=words::refused_items/>
            </Notice>
        }
        .into_any(),
        ProductState::Declined | ProductState::Suspended | ProductState::Withdrawn => {
            let tone = if state == ProductState::Withdrawn { Tone::Idle } else { Tone::Bad };
            match reason {
                Some(reason) => view! { <Notice title=words::reason tone icon=Glyph::Stop>{said(Some(reason))}</Notice> }.into_any(),
                None => ().into_any(),
            }
        }
        ProductState::Submitted
        | ProductState::Accepted
        | ProductState::UnderEvaluation
        | ProductState::OnSite
        | ProductState::Decided
        | ProductState::Published
        | ProductState::Expired => ().into_any(),
    }
}

/// What the submitter is asked, and until when.
#[component]
pub(super) fn Question(product: Product) -> impl IntoView {
    use tr::submissions::own as words;
    let due_at = product.due_at;
    let title = move || match due_at {
        Some(due_at) => words::asked_until(date(due_at)),
        None => words::asked().to_owned(),
    };
    view! {
        <Notice title tone=Tone::Warn icon=Glyph::Ask>
            {said(product.reason.clone())}
            <Asked product wanted=Verdict::Ask title=words::asked_items/>
        </Notice>
    }
}

fn said(reason: Option<String>) -> Option<impl IntoView> {
    reason.map(|reason| view! { <p class="lines">{reason}</p> })
}

/// The items of the checklist with this verdict, each with the officer's words.
#[component]
fn Asked(product: Product, wanted: Verdict, title: fn() -> &'static str) -> impl IntoView {
    let id = product.id;
    let check = remote(move || api::eligibility(id));
    let show = move |check: EligibilityCheck| {
        let items: Vec<EligibilityItem> =
            check.items.into_iter().filter(|item| item.verdict == wanted).collect();
        (!items.is_empty()).then(|| {
            let lines = items
                .into_iter()
                .map(|EligibilityItem { code, note, .. }| {
                    view! {
                        <li>
                            <strong>{move || name(List::EligibilityChecklist, &code)}</strong>
                            {note.map(|note| view! { <p class="lines">{note}</p> })}
                        </li>
                    }
                })
                .collect_view();
            view! {
                <p class="small muted">{Text::from(title)}</p>
                <ul>{lines}</ul>
            }
        })
    };
    view! {
        <div class="stack" data-gap="s">
            <Load from=check view=show/>
        </div>
    }
}
