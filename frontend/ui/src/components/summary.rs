//! Names and values: the check-your-answers list with its "change" links, and plain pairs for asides.

use leptos::prelude::*;

use crate::i18n::{Text, tr};

/// One line of a check-your-answers list.
#[derive(Clone)]
pub struct Answer {
    pub name: Text,
    pub value: Text,
    /// Where the answer is changed; the page there comes back here.
    pub change: Option<String>,
    /// A muted line under the value, such as "not shown in public".
    pub note: Option<Text>,
}

/// Check your answers. Lines of a value are kept.
#[component]
pub fn Summary(#[prop(into)] answers: Signal<Vec<Answer>>) -> impl IntoView {
    let rows = move || {
        answers
            .get()
            .into_iter()
            .map(|Answer { name, value, change, note }| {
                let given = value.clone();
                view! {
                    <div>
                        <dt>{name.clone()}</dt>
                        <dd class="lines">
                            {move || if given.is_empty() {
                                view! { <span class="muted">{tr::ui::not_given}</span> }.into_any()
                            } else {
                                given.clone().into_render().into_any()
                            }}
                            {note.map(|note| view! { <span class="small muted note">{note}</span> })}
                        </dd>
                        {change.map(|href| view! {
                            <dd>
                                <a href=href>{tr::ui::change}<span class="sr">" " {name}</span></a>
                            </dd>
                        })}
                    </div>
                }
            })
            .collect_view()
    };
    view! { <dl class="summary">{rows}</dl> }
}

/// Names and values beside the main text.
#[component]
pub fn Pairs(#[prop(into)] pairs: Signal<Vec<(Text, Text)>>) -> impl IntoView {
    let rows = move || {
        pairs
            .get()
            .into_iter()
            .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
            .collect_view()
    };
    view! { <dl class="pairs">{rows}</dl> }
}
