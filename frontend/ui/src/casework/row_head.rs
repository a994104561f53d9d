//! The head of a row in queue and register: the title, which leads to the page, then code, kind and sender.

use leptos::prelude::*;

use super::place;
use super::shortcuts::ROW_LINK;
use crate::components::Code;
use crate::state::address::Query;

#[component]
pub(super) fn RowHead(
    whole: Memo<Query>,
    /// Its place in the list.
    index: usize,
    /// Of the link, to come back to.
    id: String,
    href: Option<String>,
    title: String,
    code: Option<String>,
    /// Of the kind, where there are several.
    name: Option<impl Fn() -> String + Send + Sync + 'static>,
    sender: String,
) -> impl IntoView {
    let open = {
        let (href, id) = (href.clone(), id.clone());
        move |_| place::opened(whole, href.as_deref(), &id, index)
    };
    view! {
        <th scope="row">
            <a class=ROW_LINK id=id href=href on:click=open>{title}</a>
            <br/>
            <span class="tiny muted">
                {code.map(|text| view! { <Code text/> " " })}
                {name} {sender}
            </span>
        </th>
    }
}
