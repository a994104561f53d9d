//! What could not reach the server yet, kept in the browser until it has, or until its writer signs out: others may
//! sit at the same desk. Without storage the page itself is all there is.

use serde::{Deserialize, Serialize};

use super::preferences::storage;

const PREFIX: &str = "nq57-draft-";

fn key(of: &str) -> String {
    format!("{PREFIX}{of}")
}

/// Keeps a value under this name.
pub fn put<T: Serialize>(of: &str, value: &T) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) {
        // A full storage keeps what it had; the page still has the rest.
        let _ = storage.set_item(&key(of), &text);
    }
}

/// What was kept under this name, if it can still be read.
#[must_use]
pub fn get<T: for<'de> Deserialize<'de>>(of: &str) -> Option<T> {
    let text = storage()?.get_item(&key(of)).ok()??;
    serde_json::from_str(&text).ok()
}

/// Forgets it: it has reached the server.
pub fn forget(of: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(of));
    }
}

fn keys() -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let length = storage.length().unwrap_or_default();
    let all = (0..length).filter_map(|index| storage.key(index).ok().flatten());
    all.filter(|key| key.starts_with(PREFIX)).collect()
}

/// Whether anything is kept.
#[must_use]
pub fn is_any() -> bool {
    !keys().is_empty()
}

/// Forgets everything.
pub fn forget_all() {
    if let Some(storage) = storage() {
        for key in keys() {
            let _ = storage.remove_item(&key);
        }
    }
}
