//! Fields that choose: select, radio buttons, checkboxes, one checkbox.

use leptos::prelude::*;
use nq57_shared::problem::FieldCode;

use super::frame::{Frame, FrameProps, GroupFrame, GroupFrameProps, Wiring};
use crate::i18n::{Text, tr};

/// One thing to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What the value becomes.
    pub value: String,
    pub label: Text,
    /// A second line; not shown in a select.
    pub hint: Option<Text>,
    /// Cannot be chosen; the hint says why.
    pub disabled: bool,
}

impl Choice {
    /// A choice without a second line.
    pub fn new(value: impl Into<String>, label: impl Into<Text>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None, disabled: false }
    }

    /// With a second line.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Not to be chosen; the hint should say why.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }
}

/// A drop-down list. For up to seven choices radio buttons are better.
#[component]
pub fn Select(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<Choice>>,
    /// The first line, with the empty value: "Choose a province", "All kinds".
    #[prop(optional, into)]
    empty: Option<Text>,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional)] optional: bool,
    /// The label is there for assistive technology only: in toolbars.
    #[prop(optional)]
    quiet: bool,
    /// What to say instead of the usual words when this is wrong with the value.
    #[prop(optional, into)]
    own_words: Option<(FieldCode, Text)>,
) -> impl IntoView {
    let wiring = Wiring::with_words(&name, &label, hint.is_some(), false, None, own_words);
    let (invalid, described) = (wiring.clone(), wiring.clone());
    let id = wiring.id.clone();
    let control = move || {
        let line = move |own: String, label: Text, disabled: bool| {
            let this = own.clone();
            view! {
                <option value=own disabled=disabled prop:selected=move || value.with(|value| *value == this)>
                    {label}
                </option>
            }
        };
        let lines = move || {
            options
                .get()
                .into_iter()
                .map(|option| line(option.value, option.label, option.disabled))
                .collect_view()
        };
        view! {
            <select
                class="select"
                class:auto=quiet
                id=id
                aria-required=(!optional && !quiet).then_some("true")
                aria-invalid=move || invalid.invalid()
                aria-describedby=move || described.described_by()
                on:change:target=move |event| value.set(event.target().value())
            >
                {empty.map(|empty| line(String::new(), empty, false))}
                {lines}
            </select>
        }
        .into_any()
    };
    Frame(FrameProps {
        wiring,
        label,
        context: None,
        hint,
        optional,
        quiet,
        children: Box::new(control),
    })
}

/// Radio buttons: one of a few.
#[component]
pub fn RadioChoices(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<Choice>>,
    #[prop(optional, into)] hint: Option<Text>,
    /// Beside each other where there is room.
    #[prop(optional)]
    wide: bool,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, &label, hint.is_some(), false, None);
    let id = wiring.id.clone();
    let choices = move || {
        let group = id.clone();
        let items = move || {
            options
                .get()
                .into_iter()
                .enumerate()
                .map(|(index, option)| {
                    let (own, chosen) = (option.value.clone(), option.value.clone());
                    view! {
                        <label class="choice">
                            <input
                                class="tick"
                                type="radio"
                                id=(index == 0).then(|| group.clone())
                                name=group.clone()
                                value=option.value
                                disabled=option.disabled
                                prop:checked=move || value.with(|value| *value == own)
                                on:change=move |_| value.set(chosen.clone())
                            />
                            <span>{option.label}</span>
                            {option.hint.map(|hint| view! { <small>{hint}</small> })}
                        </label>
                    }
                })
                .collect_view()
        };
        view! { <div class="choices" data-n=wide.then_some("2")>{items}</div> }.into_any()
    };
    GroupFrame(GroupFrameProps { wiring, label, hint, optional, children: Box::new(choices) })
}

/// Checkboxes: any of a list.
#[component]
pub fn CheckboxChoices(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<Vec<String>>,
    #[prop(into)] options: Signal<Vec<Choice>>,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional)] wide: bool,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, &label, hint.is_some(), false, None);
    let id = wiring.id.clone();
    let choices = move || {
        let first = id.clone();
        let items = move || {
            options
                .get()
                .into_iter()
                .enumerate()
                .map(|(index, option)| {
                    let (own, chosen) = (option.value.clone(), option.value.clone());
                    let toggle = move |on: bool| {
                        value.update(|values| {
                            values.retain(|value| *value != chosen);
                            if on {
                                values.push(chosen.clone());
                            }
                        });
                    };
                    view! {
                        <label class="choice">
                            <input
                                class="tick"
                                type="checkbox"
                                id=(index == 0).then(|| first.clone())
                                value=option.value
                                disabled=option.disabled
                                prop:checked=move || value.with(|values| values.contains(&own))
                                on:change:target=move |event| toggle(event.target().checked())
                            />
                            <span>{option.label}</span>
                            {option.hint.map(|hint| view! { <small>{hint}</small> })}
                        </label>
                    }
                })
                .collect_view()
        };
        view! { <div class="choices" data-n=wide.then_some("2")>{items}</div> }.into_any()
    };
    GroupFrame(GroupFrameProps { wiring, label, hint, optional, children: Box::new(choices) })
}

/// One checkbox that stands for itself: a consent.
#[component]
pub fn Checkbox(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<bool>,
    /// A second line: version and day of a consent.
    #[prop(optional, into)]
    hint: Option<Text>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, &label, false, false, None);
    let (invalid, frame, described) = (wiring.clone(), wiring.clone(), wiring.clone());
    let error = move || {
        let id = format!("{}-error", frame.id);
        frame.error().map(|message| {
            view! {
                <p class="error" id=id>
                    <super::Icon name=super::Glyph::Late/>
                    <span>
                        <span class="sr">{tr::ui::error_prefix}</span>
                        {message}
                    </span>
                </p>
            }
        })
    };
    let is_invalid = wiring.clone();
    view! {
        <div class="field" data-invalid=move || is_invalid.error().is_some()>
            {error}
            <label class="choice">
                <input
                    class="tick"
                    type="checkbox"
                    id=wiring.id
                    aria-invalid=move || invalid.invalid()
                    aria-describedby=move || described.described_by()
                    prop:checked=move || value.get()
                    on:change:target=move |event| value.set(event.target().checked())
                />
                <span>{label}</span>
                {hint.map(|hint| view! { <small>{hint}</small> })}
            </label>
        </div>
    }
}
