//! What every field shares: label, hint, error, and the wiring that lets assistive technology find them.

use leptos::prelude::*;
use nq57_shared::problem::FieldCode;

use super::form::Known;
use super::{Form, Glyph, Icon};
use crate::i18n::{Text, tr};

/// How a field is wired to its form and to its texts.
#[derive(Clone)]
pub(super) struct Wiring {
    /// The id of the control; of the first control in a group.
    pub id: String,
    pointer: String,
    form: Option<Form>,
    own_error: Option<Signal<Option<Text>>>,
    has_hint: bool,
    has_count: bool,
}

impl Wiring {
    /// Wires the field with this pointer into the form around it, if there is one.
    pub fn new(
        pointer: &str,
        label: &Text,
        has_hint: bool,
        has_count: bool,
        own_error: Option<Signal<Option<Text>>>,
    ) -> Self {
        Self::with_words(pointer, label, has_hint, has_count, own_error, None)
    }

    /// The same for a field that says one thing in words of its own.
    pub fn with_words(
        pointer: &str,
        label: &Text,
        has_hint: bool,
        has_count: bool,
        own_error: Option<Signal<Option<Text>>>,
        own_words: Option<(FieldCode, Text)>,
    ) -> Self {
        let id = control_id(pointer);
        let form = use_context::<Form>();
        if let Some(form) = form {
            form.register(Known {
                pointer: pointer.to_owned(),
                id: id.clone(),
                label: label.clone(),
                own_words,
            });
        }
        Self { id, pointer: pointer.to_owned(), form, own_error, has_hint, has_count }
    }

    /// What is wrong; reactive. What the field itself cannot read comes first.
    pub fn error(&self) -> Option<Text> {
        self.own_error
            .and_then(|error| error.get())
            .or_else(|| self.form.and_then(|form| form.error_at(&self.pointer)))
    }

    /// For `aria-invalid`; reactive.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error().is_some().then_some("true")
    }

    /// For `aria-describedby`: hint, error and count, those that are there; reactive.
    pub fn described_by(&self) -> Option<String> {
        let id = &self.id;
        let mut ids = Vec::new();
        if self.has_hint {
            ids.push(format!("{id}-hint"));
        }
        if self.error().is_some() {
            ids.push(format!("{id}-error"));
        }
        if self.has_count {
            ids.push(format!("{id}-count"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// The error, under the hint and over the control.
    pub fn error_view(&self) -> impl IntoView + use<> {
        let wiring = self.clone();
        move || {
            wiring.error().map(|message| {
                view! {
                    <p class="error" id=format!("{}-error", wiring.id)>
                        <Icon name=Glyph::Late/>
                        <span>
                            <span class="sr">{tr::ui::error_prefix}</span>
                            {message}
                        </span>
                    </p>
                }
            })
        }
    }
}

/// How the id of every control begins.
pub(super) const CONTROL: &str = "f-";

/// The id of the control for the value at `pointer`: an address that ends in `#` and this leads to it.
pub fn control_id(pointer: &str) -> String {
    let mut id = String::from("f");
    for c in pointer.chars() {
        id.push(if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' });
    }
    id
}

/// A field with one control.
#[component]
pub(super) fn Frame(
    wiring: Wiring,
    label: Text,
    /// Read out after the label.
    context: Option<Text>,
    hint: Option<Text>,
    #[prop(optional)] optional: bool,
    /// The label is there for assistive technology only: in toolbars.
    #[prop(optional)]
    quiet: bool,
    children: Children,
) -> impl IntoView {
    let id = wiring.id.clone();
    let invalid = wiring.clone();
    view! {
        <div class="field" data-invalid=move || invalid.error().is_some()>
            <label class=if quiet { "sr" } else { "label" } for=id.clone()>
                {label}
                {context.map(|context| view! { <span class="sr">" "{context}</span> })}
                {optional.then(|| view! { <span class="optional">" "{tr::ui::optional}</span> })}
            </label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            {wiring.error_view()}
            {children()}
        </div>
    }
}

/// A field with several controls: radio buttons, checkboxes.
#[component]
pub(super) fn GroupFrame(
    wiring: Wiring,
    label: Text,
    hint: Option<Text>,
    #[prop(optional)] optional: bool,
    children: Children,
) -> impl IntoView {
    let id = wiring.id.clone();
    let (invalid, described) = (wiring.clone(), wiring.clone());
    view! {
        <fieldset class="field" data-invalid=move || invalid.error().is_some() aria-describedby=move || described.described_by()>
            <legend class="label">
                {label}
                {optional.then(|| view! { <span class="optional">" "{tr::ui::optional}</span> })}
            </legend>
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            {wiring.error_view()}
            {children()}
        </fieldset>
    }
}
