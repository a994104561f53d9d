//! What could not reach the server yet, kept in the browser until it has. Without storage the page itself is all there is.

use nq57_shared::products::ProductDraft;
use serde::{Deserialize, Serialize};

use crate::state::preferences::storage;

/// The key of what is typed before there is a draft on the server.
pub(super) const NEW: &str = "new";

/// What was typed, and what it was typed over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub revision: u64,
    pub base: ProductDraft,
    pub mine: ProductDraft,
}

fn key(of: &str) -> String {
    format!("nq57-draft-{of}")
}

/// Keeps a value under this name.
pub(super) fn put<T: Serialize>(of: &str, value: &T) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) {
        // A full storage keeps what it had; the page still has the rest.
        let _ = storage.set_item(&key(of), &text);
    }
}

/// What was kept under this name, if it can still be read.
pub(super) fn get<T: for<'de> Deserialize<'de>>(of: &str) -> Option<T> {
    let text = storage()?.get_item(&key(of)).ok()??;
    serde_json::from_str(&text).ok()
}

/// Forgets it: it has reached the server.
pub(super) fn forget(of: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(of));
    }
}
