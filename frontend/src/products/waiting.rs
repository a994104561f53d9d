//! What waits for the submitter, in one sentence: on the home page and above one's own list.

use leptos::prelude::*;
use nq57_shared::products::ProductPage;
use nq57_ui::api::{Remote, remote};
use nq57_ui::casework::Due;
use nq57_ui::components::{Glyph, GoLink, Notice, Tone};
use nq57_ui::i18n::tr;
use nq57_ui::state::session;

use super::api;

/// "1 submission waits for your answer, 1 working day late", with the way there. Nothing when nothing waits,
/// when nobody is signed in, and when the server does not say: the list itself has it too.
#[component]
pub fn WaitingNotice() -> impl IntoView {
    let account = Memo::new(|_| session::account().map(|account| account.id));
    move || account.get().map(|_| view! { <Asked/> })
}

#[component]
fn Asked() -> impl IntoView {
    let asked: Remote<ProductPage> = remote(api::asked);
    move || {
        let page = asked.ready()?;
        let total = page.total.filter(|total| *total > 0)?;
        let first = page.items.into_iter().next()?;
        let due = Due::of(first.due_at, first.working_days_left);
        Some(view! { <Sentence total due title=first.title href=format!("/ho-so/{}", first.id)/> })
    }
}

#[component]
fn Sentence(total: u64, due: Option<Due>, title: String, href: String) -> impl IntoView {
    use tr::submissions::waiting as words;
    let tone = if due.is_some_and(Due::is_late) { Tone::Bad } else { Tone::Warn };
    let sentence = move || match due {
        Some(due) if total == 1 => words::one_due(due.words().to_lowercase()),
        Some(due) => words::many_due(total, due.words().to_lowercase()),
        None => words::many(total),
    };
    view! {
        <Notice title=sentence tone icon=Glyph::Ask>
            <p><GoLink href>{move || words::answer(&title)}</GoLink></p>
        </Notice>
    }
}
