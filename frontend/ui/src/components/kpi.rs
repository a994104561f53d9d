//! One indicator: value, way to the target, status, change, source and quality together.

use leptos::prelude::*;

use super::{Tag, Tone};
use crate::i18n::{Text, tr};

/// How far the value is on a scale, and where the target stands; percent of the scale.
#[derive(Clone)]
pub struct Ruler {
    pub filled: f64,
    pub mark: f64,
    pub mark_label: Text,
}

/// The four quality scores (*đúng, đủ, sạch, sống*), 0 to 100.
#[derive(Clone, Copy)]
pub struct Quality {
    pub correct: u8,
    pub complete: u8,
    pub clean: u8,
    pub live: u8,
}

/// An indicator with everything that makes it believable.
#[component]
pub fn Kpi(
    #[prop(into)] name: Text,
    #[prop(optional, into)] href: Option<String>,
    /// The value as written for people.
    #[prop(into)]
    value: Text,
    #[prop(optional, into)] unit: Option<Text>,
    #[prop(optional)] ruler: Option<Ruler>,
    /// Status: tone and word.
    #[prop(optional)]
    status: Option<(Tone, Text)>,
    /// Against the period before.
    #[prop(optional, into)]
    change: Option<Text>,
    /// Code, period, source.
    #[prop(optional, into)]
    meta: Option<Text>,
    #[prop(optional)] quality: Option<Quality>,
) -> impl IntoView {
    let name = match href {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => name.into_render().into_any(),
    };
    let ruler = ruler.map(|ruler| {
        let mark = format!("{:.1}%", ruler.mark.clamp(0.0, 100.0));
        let anchor = if ruler.mark > 60.0 { "end" } else { "middle" };
        view! {
            <svg class="ruler" aria-hidden="true" focusable="false">
                <rect class="ruler-track" y="0" width="100%" height="6"></rect>
                <rect class="ruler-fill" y="0" width=format!("{:.1}%", ruler.filled.clamp(0.0, 100.0)) height="6"></rect>
                <line class="ruler-mark" x1=mark.clone() x2=mark.clone() y1="-3" y2="9"></line>
                <text class="ruler-text" x=mark y="22" text-anchor=anchor>{ruler.mark_label.clone()}</text>
            </svg>
            <span class="sr">{ruler.mark_label}</span>
        }
    });
    let quality = quality.map(|quality| {
        let line = |label: fn() -> &'static str, score: u8| {
            view! {
                <li>
                    {label}" "{score}
                    <span class="pips" data-q=score.div_ceil(20).clamp(1, 5).to_string()></span>
                </li>
            }
        };
        view! {
            <ul class="quality" aria-label=tr::ui::quality::name>
                {line(tr::ui::quality::correct, quality.correct)}
                {line(tr::ui::quality::complete, quality.complete)}
                {line(tr::ui::quality::clean, quality.clean)}
                {line(tr::ui::quality::live, quality.live)}
            </ul>
        }
    });
    view! {
        <article class="kpi">
            <h3 class="kpi-name">{name}</h3>
            <p class="kpi-value">{value}" "{unit.map(|unit| view! { <small>{unit}</small> })}</p>
            {ruler}
            {(status.is_some() || change.is_some()).then(|| view! {
                <p class="row">
                    {status.map(|(tone, text)| view! { <Tag tone text/> })}
                    {change.map(|change| view! { <span class="tiny muted">{change}</span> })}
                </p>
            })}
            {meta.map(|meta| view! { <p class="kpi-meta">{meta}</p> })}
            {quality}
        </article>
    }
}
