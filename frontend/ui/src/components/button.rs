//! Buttons and links that look like them. One primary button per screen.

use leptos::prelude::*;

use super::{Badge, Glyph, Icon};
use crate::i18n::{Text, tr};

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do on this screen.
    #[default]
    First,
    /// Another thing to do.
    Second,
    /// Beside the main line: back, cancel, remove.
    Quiet,
    /// Ends or destroys something.
    Danger,
    /// A name or a sentence of somebody's own: reads like text, from the start of the line.
    Text,
}

impl ButtonKind {
    const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::First => None,
            Self::Second => Some("second"),
            Self::Quiet => Some("quiet"),
            Self::Danger => Some("danger"),
            Self::Text => Some("text"),
        }
    }
}

/// A button. While busy or disabled it keeps its focus and place, and does nothing.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    /// For toolbars and tables.
    #[prop(optional)]
    small: bool,
    /// Sends the form it stands in; `on_press` is not needed then.
    #[prop(optional)]
    submit: bool,
    /// Work is under way: shows it and ignores presses.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Cannot be pressed now; say why with `described_by`.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The id of the text that explains the button.
    #[prop(optional, into)]
    described_by: Option<String>,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let press = move |event: leptos::ev::MouseEvent| {
        if busy.get_untracked() || disabled.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            class="btn"
            type=if submit { "submit" } else { "button" }
            data-kind=kind.attribute()
            data-size=small.then_some("s")
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || disabled.get().then_some("true")
            aria-describedby=described_by
            on:click=press
        >
            {icon.map(|icon| view! { <Icon name=icon/> })}
            {children()}
        </button>
    }
}

/// A link that looks like a button: it leads somewhere, it changes nothing.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    #[prop(optional)] icon: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="btn" href=move || href.get() data-kind=kind.attribute() data-size=small.then_some("s")>
            {icon.map(|icon| view! { <Icon name=icon/> })}
            {children()}
        </a>
    }
}

/// A button that shows an icon alone; `label` is its accessible name.
#[component]
pub fn IconButton(
    icon: Glyph,
    #[prop(into)] label: Text,
    #[prop(default = true)] small: bool,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button class="btn" type="button" data-kind="quiet" data-icon=true data-size=small.then_some("s") aria-label=move || label.get() on:click=move |_| on_press.run(())>
            <Icon name=icon/>
        </button>
    }
}

/// A link that shows an icon alone; `label` is its accessible name.
#[component]
pub fn IconLink(
    icon: Glyph,
    #[prop(into)] label: Text,
    #[prop(into)] href: Signal<String>,
    /// How much is new there; 0 shows nothing. The label says it too.
    #[prop(optional, into)]
    count: Signal<u64>,
) -> impl IntoView {
    view! {
        <a class="btn" data-kind="quiet" data-icon=true data-size="s" href=move || href.get() aria-label=move || label.get()>
            <Icon name=icon/>
            <Badge count/>
        </a>
    }
}

/// An emphasised link: words, then an arrow; or the given icon, then words.
#[component]
pub fn GoLink(
    #[prop(into)] href: Signal<String>,
    /// Stands before the words instead of the arrow after them.
    #[prop(optional)]
    icon: Option<Glyph>,
    /// The name that a file gets when the link downloads it.
    #[prop(optional, into)]
    download: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="go" href=move || href.get() download=download>
            {icon.map(|icon| view! { <Icon name=icon/> })}
            {children()}
            {icon.is_none().then(|| view! { <Icon name=Glyph::Arrow/> })}
        </a>
    }
}

/// Prints the page.
#[component]
pub fn PrintButton(
    #[prop(default = ButtonKind::Second)] kind: ButtonKind,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let print = move || {
        // A browser without printing has nothing to say about it.
        let _ = window().print();
    };
    view! {
        <Button kind small icon=Glyph::Print on_press=print>
            {tr::ui::print}
        </Button>
    }
}
