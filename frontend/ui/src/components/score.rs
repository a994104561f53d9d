//! Marks for one criterion, with a remark. Hidden radio buttons: arrows choose, the number is always read out.

use leptos::prelude::*;

use super::TextArea;
use super::frame::Wiring;
use crate::i18n::{Text, tr};

/// What is marked.
#[derive(Clone)]
pub struct Criterion {
    /// JSON pointer of the row, such as `/scores/0`; ids are made from it.
    pub name: String,
    /// With its number: "1. Novelty of the technology".
    pub title: Text,
    /// "weight 25 %".
    pub weight: Text,
    /// What the marks mean.
    pub guide: Text,
    /// The highest mark; marks go from 0 by ones.
    pub maximum: u32,
}

/// The marks of one criterion.
#[component]
pub fn Score(
    criterion: Criterion,
    value: RwSignal<Option<u32>>,
    comment: RwSignal<String>,
    /// Handed in: nothing can change.
    #[prop(optional, into)]
    locked: Signal<bool>,
) -> impl IntoView {
    let Criterion { name, title, weight, guide, maximum } = criterion;
    let group = format!("marks{}", name.replace('/', "-"));
    let legend = title.clone();
    let wiring = Wiring::new(&name, &title, false, false, None);
    let (id, invalid, described) = (wiring.id.clone(), wiring.clone(), wiring.clone());
    let marks = (0..=maximum)
        .map(|mark| {
            view! {
                <label class="mark">
                    <input
                        type="radio"
                        id=(mark == 0).then(|| id.clone())
                        name=group.clone()
                        value=mark.to_string()
                        disabled=move || locked.get()
                        prop:checked=move || value.get() == Some(mark)
                        on:change=move |_| value.set(Some(mark))
                    />
                    <span>{mark}</span>
                </label>
            }
        })
        .collect_view();
    let remark_of = title.clone();
    view! {
        <div class="score">
            <div class="stack" data-gap="s">
                <h3>{title}" "<span class="small muted">{weight}</span></h3>
                <p class="small muted">{guide}</p>
            </div>
            <fieldset class="field" data-invalid=move || invalid.error().is_some() aria-describedby=move || described.described_by()>
                <legend class="sr">{move || tr::ui::marks_of(legend.get(), maximum)}</legend>
                {wiring.error_view()}
                <div class="marks">{marks}</div>
            </fieldset>
            <TextArea name=format!("{name}/comment") label=tr::ui::remark context=move || tr::ui::remark_on(remark_of.get()) value=comment rows=2 optional=true locked/>
        </div>
    }
}
