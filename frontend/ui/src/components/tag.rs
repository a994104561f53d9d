//! Status: a shape, a word, then a colour. Never a colour alone.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::i18n::Text;

/// What a status means for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Done, on track.
    Ok,
    /// Under way.
    Info,
    /// At risk, needs attention.
    Warn,
    /// Late or wrong.
    Bad,
    /// Resting: drafts, old versions, not yet begun.
    Idle,
}

impl Tone {
    /// The value of `data-tone`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Idle => "idle",
        }
    }

    /// The shape that goes with the tone where no better one is known.
    pub const fn glyph(self) -> Glyph {
        match self {
            Self::Ok => Glyph::Done,
            Self::Info => Glyph::Run,
            Self::Warn => Glyph::Risk,
            Self::Bad => Glyph::Late,
            Self::Idle => Glyph::Wait,
        }
    }
}

/// A short label. With a tone it is a status and gets a shape; without one it is a plain property (`TRL 8`).
#[component]
pub fn Tag(
    #[prop(into)] text: Text,
    #[prop(optional)] tone: Option<Tone>,
    /// Instead of the shape of the tone.
    #[prop(optional)]
    icon: Option<Glyph>,
    /// Without a ground: for tables.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let icon = icon.or(tone.map(Tone::glyph));
    view! {
        <span class="tag" data-tone=tone.map(Tone::name) data-plain=plain>
            {icon.map(|icon| view! { <Icon name=icon/> })}
            {text}
        </span>
    }
}

/// How much is new, on the corner of a button or link whose name says it in words; nothing for 0.
#[component]
pub fn Badge(#[prop(into)] count: Signal<u64>) -> impl IntoView {
    let text = move || match count.get() {
        0 => None,
        few @ 1..=99 => Some(few.to_string()),
        _ => Some("99+".to_owned()),
    };
    move || text().map(|text| view! { <span class="badge" aria-hidden="true">{text}</span> })
}

/// A public code such as `SP-2026-000123`: never broken over lines.
#[component]
pub fn Code(#[prop(into)] text: String) -> impl IntoView {
    view! { <span class="code">{text}</span> }
}
