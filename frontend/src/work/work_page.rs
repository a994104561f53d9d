//! `/viec-cua-toi`: what waits for the reader.

use leptos::prelude::*;
use nq57_shared::page::Page;
use nq57_shared::products::WorkItem;

use super::queue::Queue;
use super::shortcuts::Shortcuts;
use crate::api::{get, paged};
use crate::i18n::tr;
use crate::layout::Guard;
use crate::ui::{Empty, PageHead, PagedList};

#[component]
pub fn WorkPage() -> impl IntoView {
    use tr::work as words;
    view! {
        <Guard>
            <div class="wrap">
                <div class="row" data-apart=true data-base=true>
                    <PageHead title=words::title lead=words::lead/>
                    <Shortcuts/>
                </div>
                <Work/>
            </div>
        </Guard>
    }
}

#[component]
fn Work() -> impl IntoView {
    use tr::work as words;
    let work = paged(|cursor| {
        let mut request = get("/my-work").query("limit", 50);
        if let Some(cursor) = cursor {
            request = request.query("cursor", cursor);
        }
        async move { Ok(request.send::<Page<WorkItem>>().await?.body) }
    });
    let empty = || view! { <Empty title=words::none><p>{words::none_text}</p></Empty> };
    view! { <PagedList from=work view={|items: Vec<WorkItem>| view! { <Queue items/> }} empty/> }
}
