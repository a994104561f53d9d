//! Where a case was opened from: its page leads back to that list with its filters, and the list to that row. Kept for
//! this tab and this account only, as words that were looked for may stand in the address.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use nq57_shared::ids::AccountId;
use serde::{Deserialize, Serialize};

use crate::components::Crumb;
use crate::i18n::tr;
use crate::state::session;

const KEY: &str = "nq57-case-origin";
const QUEUE: &str = "/viec-cua-toi";

#[derive(Serialize, Deserialize)]
struct Origin {
    account: Option<AccountId>,
    /// The address of the list.
    list: String,
    /// The path of the page that was opened.
    page: String,
    /// The row, and its place in the list.
    row: String,
    place: usize,
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

fn account() -> Option<AccountId> {
    untrack(session::account).map(|account| account.id)
}

fn kept() -> Option<Origin> {
    let text = storage()?.get_item(KEY).ok()??;
    let origin: Origin = serde_json::from_str(&text).ok()?;
    (origin.account == account()).then_some(origin)
}

fn remember(origin: &Origin) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(origin)) {
        // Without storage the page leads to the queue, as it does for whoever comes from elsewhere.
        let _ = storage.set_item(KEY, &text);
    }
}

/// The page of a case is opened from the row of a list.
pub(super) fn opened(list: String, page: &str, row: &str, place: usize) {
    let (page, row) = (page.to_owned(), row.to_owned());
    remember(&Origin { account: account(), list, page, row, place });
}

/// From there the reader goes on to the next case.
pub(super) fn went_on(page: &str) {
    if let Some(origin) = kept() {
        remember(&Origin { page: page.to_owned(), ..origin });
    }
}

/// The row of this list from which its reader comes back, and its place; told once.
pub(super) fn came_back(list: &str) -> Option<(String, usize)> {
    let origin = kept().filter(|origin| origin.list == list)?;
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
    Some((origin.row, origin.place))
}

/// The list from which the reader came to this page of a case; the queue for whoever comes from elsewhere.
pub fn way_back() -> Crumb {
    use tr::casework as words;
    let here = use_location().pathname.get_untracked();
    match kept().filter(|origin| origin.page == here) {
        Some(origin) if !origin.list.starts_with(QUEUE) => Crumb::new(words::register, origin.list),
        Some(origin) => Crumb::new(words::title, origin.list),
        None => Crumb::new(words::title, QUEUE),
    }
}
