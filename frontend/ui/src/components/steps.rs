//! Where the reader stands in a sequence of steps.

use leptos::prelude::*;

use crate::i18n::{Text, tr};

/// Circle-dots joined by a slanting tangent. The count in words (`Bước 2/5`) stands beside it: on phones it is all one sees.
#[component]
pub fn Steps(
    steps: Vec<Text>,
    /// Index of the step the reader is at, from 0; `None` when the sequence is only shown.
    #[prop(optional, into)]
    current: Signal<Option<usize>>,
    /// Addresses of the steps, so that finished ones can be opened again.
    #[prop(optional)]
    links: Option<Vec<String>>,
    /// A second line under each step, such as how long it takes.
    #[prop(optional, into)]
    notes: Signal<Vec<String>>,
) -> impl IntoView {
    let links = links.unwrap_or_default();
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(index, label)| {
            let state = move || {
                current.get().map(|now| match index.cmp(&now) {
                    std::cmp::Ordering::Less => "done",
                    std::cmp::Ordering::Equal => "now",
                    std::cmp::Ordering::Greater => "next",
                })
            };
            let link = links.get(index).cloned();
            let note = move || {
                notes.with(|notes| notes.get(index).cloned()).filter(|note| !note.is_empty()).map(|note| view! { <br/> {note} })
            };
            let words = move || match link.clone().filter(|_| state() == Some("done")) {
                Some(href) => view! { <a href=href>{label.clone()}</a> }.into_any(),
                None if notes.with(Vec::is_empty) => view! { <span>{label.clone()}</span> }.into_any(),
                None => view! { <span><strong>{label.clone()}</strong>{note}</span> }.into_any(),
            };
            view! {
                <li data-state=state aria-current=move || (state() == Some("now")).then_some("step")>
                    {words}
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="steps" aria-label=tr::ui::steps::name>
            {items}
        </ol>
    }
}
