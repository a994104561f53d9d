//! Fields for text. Each names its value by JSON pointer (`name="/owner/name"`); errors find it by that.

use leptos::prelude::*;
use nq57_shared::problem::FieldCode;

use super::frame::{Frame, FrameProps, Wiring};
use crate::i18n::{Text, tr};

/// What a text field is for: keyboard, autofill and masking follow from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextKind {
    #[default]
    Text,
    Email,
    Password,
    Search,
    Phone,
    Url,
    /// Digits that are not a quantity: codes, tax numbers.
    Digits,
}

impl TextKind {
    const fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Digits => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Search => "search",
            Self::Phone => "tel",
            Self::Url => "url",
        }
    }

    /// What to write instead of something that is not of this kind.
    fn expected(self) -> Option<(FieldCode, Text)> {
        use tr::ui::expected as words;
        let text = match self {
            Self::Email => words::email,
            Self::Phone => words::phone,
            Self::Url => words::url,
            Self::Text | Self::Password | Self::Search | Self::Digits => return None,
        };
        Some((FieldCode::InvalidFormat, Text::from(text)))
    }
}

/// One line of text.
#[component]
pub fn TextField(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional)] kind: TextKind,
    /// The `autocomplete` token: `email`, `current-password`, `organization` …; `off` only where it must be.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    #[prop(optional, into)] placeholder: Option<Text>,
    /// At most 10 rem wide: dates, codes.
    #[prop(optional)]
    narrow: bool,
    /// May stay empty; the label says so.
    #[prop(optional)]
    optional: bool,
    /// The label is there for assistive technology only: in toolbars.
    #[prop(optional)]
    quiet: bool,
    /// What the field itself cannot read; shown before the form's errors.
    #[prop(optional)]
    own_error: Option<Signal<Option<Text>>>,
    /// What to say instead of the usual words when this is wrong with the value.
    #[prop(optional, into)]
    own_words: Option<(FieldCode, Text)>,
    /// The value has been typed and left.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let own_words = own_words.or_else(|| kind.expected());
    let wiring = Wiring::with_words(&name, &label, hint.is_some(), false, own_error, own_words);
    let (invalid, described) = (wiring.clone(), wiring.clone());
    let id = wiring.id.clone();
    let control = move || {
        view! {
            <input
                class="input"
                id=id
                type=kind.input_type()
                inputmode=(kind == TextKind::Digits).then_some("numeric")
                autocomplete=autocomplete
                spellcheck=matches!(kind, TextKind::Email | TextKind::Url | TextKind::Digits).then_some("false")
                placeholder=placeholder.map(|text| move || text.get())
                data-w=narrow.then_some("s")
                aria-required=(!optional && !quiet).then_some("true")
                aria-invalid=move || invalid.invalid()
                aria-describedby=move || described.described_by()
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
                on:change=move |_| {
                    if let Some(on_change) = on_change {
                        on_change.run(());
                    }
                }
            />
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

/// Several lines of text, with what is left of the limit.
#[component]
pub fn TextArea(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(default = 4)] rows: u16,
    /// The greatest number of characters; shown as what is left, never cut.
    #[prop(optional)]
    limit: Option<usize>,
    #[prop(optional)] optional: bool,
    /// Read out after the label where several on the page have the same: "on criterion 2".
    #[prop(optional, into)]
    context: Option<Text>,
    /// Can be read and copied, not changed.
    #[prop(optional, into)]
    locked: Signal<bool>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, &label, hint.is_some(), limit.is_some(), None);
    let (invalid, described) = (wiring.clone(), wiring.clone());
    let id = wiring.id.clone();
    let count_id = format!("{id}-count");
    let control = move || {
        let count = limit.map(|limit| {
            let text = move || {
                let length = value.with(|text| text.chars().count());
                let as_count = |n: usize| u64::try_from(n).unwrap_or_default();
                if length <= limit {
                    tr::ui::characters_left(as_count(limit - length))
                } else {
                    tr::ui::characters_over(as_count(length - limit))
                }
            };
            let over = move || value.with(|text| text.chars().count()) > limit;
            view! { <p class="count" id=count_id data-over=over>{text}</p> }
        });
        view! {
            <textarea
                class="area"
                id=id
                rows=rows.to_string()
                readonly=move || locked.get()
                aria-required=(!optional).then_some("true")
                aria-invalid=move || invalid.invalid()
                aria-describedby=move || described.described_by()
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            ></textarea>
            {count}
        }
        .into_any()
    };
    Frame(FrameProps {
        wiring,
        label,
        context,
        hint,
        optional,
        quiet: false,
        children: Box::new(control),
    })
}
