//! The place in a list: how many rows are shown stands in the address, and whoever comes back from a case finds the
//! focus on its row, or on the one that took its place.

use std::future::Future;

use leptos::prelude::*;
use nq57_shared::page::Page;
use wasm_bindgen::JsCast as _;

use super::origin;
use super::shortcuts::ROW_LINK;
use crate::api::{Failure, Paged};
use crate::state::address::{Query, use_go_to};
use crate::state::page::take_focus_request;

/// Rows in a page.
pub(super) const PAGE: usize = 50;
/// Rows in one request, as the server allows.
const REQUEST: usize = 100;
/// The most rows that are shown again at once.
const MOST_SHOWN: usize = 1_000;
/// The parameter with the number of rows.
const SHOWN: &str = "shown";

/// How many rows the address shows.
pub(super) fn shown(whole: &Query) -> usize {
    let asked = whole.get(SHOWN).and_then(|shown| shown.parse().ok()).unwrap_or(PAGE);
    asked.clamp(PAGE, MOST_SHOWN)
}

/// The first so many rows; `ask` fetches up to so many after a cursor.
pub(super) async fn first<T, F>(
    wanted: usize,
    ask: impl Fn(usize, Option<String>) -> F,
) -> Result<Page<T>, Failure>
where
    F: Future<Output = Result<Page<T>, Failure>>,
{
    let mut page = ask(wanted.min(REQUEST), None).await?;
    while page.items.len() < wanted {
        let Some(cursor) = page.next_cursor.take() else { break };
        let next = ask((wanted - page.items.len()).min(REQUEST), Some(cursor)).await?;
        page.items.extend(next.items);
        page.next_cursor = next.next_cursor;
    }
    Ok(page)
}

/// The address of this list as it is now.
fn address(whole: Memo<Query>) -> String {
    let path = window().location().pathname().unwrap_or_default();
    whole.get_untracked().address(&path)
}

/// A row is opened: its list is where its page leads back to.
pub(super) fn opened(whole: Memo<Query>, href: Option<&str>, row: &str, place: usize) {
    if let Some(href) = href {
        origin::opened(address(whole), href, row, place);
    }
}

/// The id of the link of a row.
pub(super) fn row_id(row: impl std::fmt::Display) -> String {
    format!("dong-{row}")
}

/// Keeps the number of rows in the address, and the focus where its reader was; `query` is what the list is asked.
pub(super) fn remember<T: Clone + Send + Sync + 'static>(
    list: Paged<T>,
    whole: Memo<Query>,
    query: Memo<Query>,
) {
    let go_to = use_go_to();
    let path = window().location().pathname().ok();
    Effect::new(move |before: Option<Option<(usize, Query)>>| {
        let before = before.flatten();
        let Some(count) = list.list.ready().map(|page| page.items.len()) else { return before };
        let (whole_now, query) = (whole.get_untracked(), query.get_untracked());
        let is_here = window().location().pathname().ok() == path;
        if is_here && count > PAGE && count != shown(&whole_now) {
            go_to(&whole_now.with(SHOWN, &count.min(MOST_SHOWN).to_string()), true);
        }
        match &before {
            None => {
                if let Some((row, place)) = origin::came_back(&address(whole)) {
                    request_animation_frame(move || return_to(&row, place));
                }
            }
            // The button is drawn anew with the rows and loses the focus: the first row that came takes it.
            Some((before, same)) if *before < count && *same == query => {
                let before = *before;
                request_animation_frame(move || go_on_at(before));
            }
            Some(_) => {}
        }
        Some((count, query))
    });
}

/// Whether nobody has gone elsewhere meanwhile: the page itself or its heading has the focus.
pub(super) fn is_idle() -> bool {
    document().active_element().is_none_or(|active| ["BODY", "H1"].contains(&&*active.tag_name()))
}

fn link(place: usize) -> Option<web_sys::HtmlElement> {
    let links = document().query_selector_all(&format!("a.{ROW_LINK}")).ok()?;
    let last = links.length().checked_sub(1)?;
    let place = u32::try_from(place).unwrap_or(last).min(last);
    links.get(place)?.dyn_into().ok()
}

fn return_to(row: &str, place: usize) {
    let same = document().get_element_by_id(row).and_then(|link| link.dyn_into().ok());
    if let Some(link) = same.or_else(|| link(place)).filter(|_| is_idle()) {
        // Else the heading takes it a moment later.
        take_focus_request();
        // An element that is connected takes the focus.
        let _ = link.focus();
        // The style keeps rows before and after it in sight.
        link.scroll_into_view();
    }
}

fn go_on_at(place: usize) {
    if let Some(link) = link(place).filter(|_| is_idle()) {
        let _ = link.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_shows_at_least_a_page_and_no_more_than_can_be_drawn() {
        let with = |shown: &str| Query::default().with(SHOWN, shown);
        assert_eq!(shown(&Query::default()), PAGE);
        assert_eq!(shown(&with("150")), 150);
        assert_eq!(shown(&with("7")), PAGE);
        assert_eq!(shown(&with("-1")), PAGE);
        assert_eq!(shown(&with("99999999")), MOST_SHOWN);
    }
}
