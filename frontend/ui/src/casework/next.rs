//! What waits next, so that nobody has to go back to the queue after each file.

use leptos::prelude::*;
use nq57_shared::casework::WorkPage;
use uuid::Uuid;

use super::{CaseKinds, Due, DueTag, kind_of, origin};
use crate::api::{get, remote};
use crate::components::GoLink;
use crate::i18n::tr;

/// A link to what waits behind this case, in the order of the queue; behind the last the first again, and nothing when
/// nothing else waits.
#[component]
pub fn NextWork(kinds: CaseKinds, case: Uuid) -> impl IntoView {
    let next = remote(move || async move {
        let mut items = get("/my-work").query("limit", 50).send::<WorkPage>().await?.body.items;
        // A case may wait for its reader twice: as account and as official.
        let behind = items.iter().rposition(|item| item.case.id == case).map_or(0, |at| at + 1);
        items.rotate_left(behind);
        Ok(items.into_iter().find(|item| item.case.id != case))
    });
    let link = move || {
        let item = next.ready().flatten()?;
        let kind = kind_of(kinds, &item.case.kind)?;
        let href = (kind.work_page)(&item);
        let went_on = href.clone();
        let due = Due::of(item.due_at, item.working_days_left);
        Some(view! {
            <span class="muted">{tr::casework::next}</span>
            <span on:click=move |_| origin::went_on(&went_on)><GoLink href>{item.case.title}</GoLink></span>
            {due.map(|due| view! { <DueTag due plain=true/> })}
        })
    };
    // The line is there before the answer is: nothing moves under the hand of whoever has begun.
    view! { <p class="row small next-work" data-print="no">{link}</p> }
}
