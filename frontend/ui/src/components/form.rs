//! A form: which values are wrong and why, whether it is being sent, where focus goes after a refusal.
//! Knows pointers, not domains: fields and errors meet by JSON pointer.

use leptos::context::Provider;
use leptos::ev;
use leptos::prelude::*;
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::Violation;
use wasm_bindgen::JsCast as _;

use super::error_summary::ErrorSummary;
use super::focus_on;
use super::frame::CONTROL;
use crate::i18n::{Text, language};
use crate::state::page;

/// One value to correct.
#[derive(Clone, Debug)]
pub struct FormError {
    /// RFC 6901 pointer into the body, as the server names it.
    pub pointer: String,
    /// What is wrong, so that the field may say it in words of its own.
    pub code: Option<FieldCode>,
    /// What to do about it.
    pub message: Text,
}

impl FormError {
    /// An error with its text.
    pub fn new(pointer: impl Into<String>, message: impl Into<Text>) -> Self {
        Self { pointer: pointer.into(), code: None, message: message.into() }
    }
}

impl From<Violation> for FormError {
    fn from(violation: Violation) -> Self {
        let Violation { pointer, code, limit } = violation;
        let message = Text::from(move || code.message(limit, language()));
        Self { pointer, code: Some(code), message }
    }
}

/// Why the form as a whole was not accepted: shown above it.
#[derive(Clone, Debug)]
pub struct FormAlert {
    pub title: Text,
    /// What to do, or the request id to report.
    pub detail: Option<Text>,
}

/// A field that is on the page.
#[derive(Clone)]
pub(super) struct Known {
    pub pointer: String,
    pub id: String,
    pub label: Text,
    /// Instead of the usual words for this code.
    pub own_words: Option<(FieldCode, Text)>,
}

impl Known {
    fn message(&self, error: &FormError) -> Text {
        match &self.own_words {
            Some((code, words)) if error.code == Some(*code) => words.clone(),
            _ => error.message.clone(),
        }
    }
}

/// The state of a form. `Copy`: make it in the page with [`Form::new`] and hand it to [`FormView`].
///
/// Fields inside a `FormView` find it by themselves and show the error whose pointer they own:
/// their own, or one below them that no other field owns.
#[derive(Clone, Copy)]
pub struct Form {
    errors: RwSignal<Vec<FormError>>,
    alert: RwSignal<Option<FormAlert>>,
    busy: RwSignal<bool>,
    fields: RwSignal<Vec<Known>>,
    refusals: RwSignal<u32>,
}

impl Default for Form {
    fn default() -> Self {
        Self::new()
    }
}

impl Form {
    /// A form without errors.
    pub fn new() -> Self {
        Self {
            errors: RwSignal::new(Vec::new()),
            alert: RwSignal::new(None),
            busy: RwSignal::new(false),
            fields: RwSignal::new(Vec::new()),
            refusals: RwSignal::new(0),
        }
    }

    /// Whether it is being sent; hand it to the submit button.
    pub fn busy(&self) -> Signal<bool> {
        self.busy.into()
    }

    /// Says whether it is being sent.
    pub fn set_busy(&self, busy: bool) {
        self.busy.set(busy);
    }

    /// Forgets what was wrong.
    pub fn clear(&self) {
        self.errors.set(Vec::new());
        self.alert.set(None);
    }

    /// Shows what is wrong: the summary takes focus. Nothing wrong clears the form.
    pub fn refuse(&self, errors: Vec<FormError>, alert: Option<FormAlert>) {
        let refused = !errors.is_empty() || alert.is_some();
        self.errors.set(errors);
        self.alert.set(alert);
        if refused {
            self.refusals.update(|count| *count += 1);
        }
    }

    /// Shows the violations that the shared rules found; true when there are none and the form may go.
    pub fn check(&self, violations: Vec<Violation>) -> bool {
        let passed = violations.is_empty();
        self.refuse(violations.into_iter().map(FormError::from).collect(), None);
        passed
    }

    /// What is wrong, in the order of the fields on the page; reactive.
    pub(super) fn listed(&self) -> Vec<(Option<Known>, Text)> {
        let fields = self.fields.get();
        let places = places();
        let place = |field: &Known| places.iter().position(|id| *id == field.id);
        let mut listed: Vec<(usize, Option<Known>, Text)> = self
            .errors
            .get()
            .into_iter()
            .map(|error| match owner_of(&fields, &error.pointer) {
                Some((index, field)) => {
                    (place(field).unwrap_or(index), Some(field.clone()), field.message(&error))
                }
                None => (usize::MAX, None, error.message),
            })
            .collect();
        listed.sort_by_key(|(index, _, _)| *index);
        listed.into_iter().map(|(_, field, message)| (field, message)).collect()
    }

    /// Why the whole was refused; reactive.
    pub(super) fn alert(&self) -> Option<FormAlert> {
        self.alert.get()
    }

    /// Counts refusals, so that the summary takes focus at each; reactive.
    pub(super) fn refusals(&self) -> u32 {
        self.refusals.get()
    }

    /// What is wrong with the value at `pointer`; reactive.
    pub fn error_at(&self, pointer: &str) -> Option<Text> {
        let fields = self.fields.get();
        self.errors.with(|errors| {
            errors.iter().find_map(|error| {
                owner_of(&fields, &error.pointer)
                    .filter(|(_, field)| field.pointer == pointer)
                    .map(|(_, field)| field.message(error))
            })
        })
    }

    /// Makes a field known; it is forgotten when the field leaves the page.
    pub(super) fn register(&self, field: Known) {
        let (fields, id) = (self.fields, field.id.clone());
        fields.update(|fields| fields.push(field));
        on_cleanup(move || {
            fields.try_update(|fields| fields.retain(|field| field.id != id));
        });
    }
}

/// The ids of the controls on the page, in the order in which they are met: fields come and go.
fn places() -> Vec<String> {
    let Ok(found) = document().query_selector_all(&format!("[id^='{CONTROL}']")) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into::<web_sys::Element>().ok())
        .map(|control| control.id())
        .collect()
}

/// The field nearest to the pointer: itself, or the closest one above it.
fn owner_of<'a>(fields: &'a [Known], pointer: &str) -> Option<(usize, &'a Known)> {
    fields
        .iter()
        .enumerate()
        .filter(|(_, field)| {
            pointer
                .strip_prefix(field.pointer.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|(_, field)| field.pointer.len())
}

/// A form with its error summary. The browser's own checks are off: ours say what to do, in the reader's language.
#[component]
pub fn FormView(
    form: Form,
    #[prop(into)] on_submit: Callback<()>,
    /// Without the space that follows a page's head.
    #[prop(optional)]
    tight: bool,
    /// A dialog with one field needs no summary: the field itself takes focus.
    #[prop(default = true)]
    summary: bool,
    children: Children,
) -> impl IntoView {
    if !summary {
        Effect::new(move |_| {
            if form.refusals() > 0 {
                let first = untrack(|| form.listed()).into_iter().find_map(|(field, _)| field);
                request_animation_frame(move || {
                    if let Some(field) = first {
                        focus_on(&field.id);
                    }
                });
            }
        });
    }
    Effect::new(move |_| page::set_has_errors(!form.errors.with(Vec::is_empty)));
    on_cleanup(|| page::set_has_errors(false));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !form.busy.get_untracked() {
            on_submit.run(());
        }
    };
    view! {
        {summary.then(|| view! { <ErrorSummary form/> })}
        <form class=if tight { "stack" } else { "form" } novalidate=true on:submit=submit>
            // For the fields inside and nobody else: a page may hold several forms.
            <Provider value=form>{children()}</Provider>
        </form>
    }
}

/// Asks before the tab is closed while something is unsaved.
pub fn warn_on_leave(unsaved: Signal<bool>) {
    let handle = window_event_listener(ev::beforeunload, move |event| {
        if unsaved.get_untracked() {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(pointers: &[&str]) -> Vec<Known> {
        pointers
            .iter()
            .map(|p| Known {
                pointer: (*p).into(),
                id: String::new(),
                label: Text::default(),
                own_words: None,
            })
            .collect()
    }

    #[test]
    fn a_field_says_one_thing_in_its_own_words_and_the_rest_as_usual() {
        let field = Known {
            pointer: "/email".into(),
            id: String::new(),
            label: Text::default(),
            own_words: Some((FieldCode::InvalidFormat, Text::from("ten@donvi.vn"))),
        };
        let said = |code| {
            let violation = Violation { pointer: "/email".into(), code, limit: None };
            field.message(&FormError { message: Text::from("usual"), ..violation.into() }).string()
        };
        assert_eq!(said(FieldCode::InvalidFormat), "ten@donvi.vn");
        assert_eq!(said(FieldCode::Required), "usual");
    }

    #[test]
    fn an_error_belongs_to_the_nearest_field_above_it() {
        let fields = known(&["/owner", "/owner/name", "/sectors"]);
        let owner =
            |pointer: &str| owner_of(&fields, pointer).map(|(_, field)| field.pointer.as_str());
        assert_eq!(owner("/owner/name"), Some("/owner/name"));
        assert_eq!(owner("/owner/tax_code"), Some("/owner"));
        assert_eq!(owner("/sectors/2"), Some("/sectors"));
        assert_eq!(owner("/sectorsx"), None);
        assert_eq!(owner("/title"), None);
    }
}
