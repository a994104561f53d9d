//! What could not reach the server yet, kept in the browser until it has, or until its writer signs out: others may
//! sit at the same desk. What officials type is kept for their tab alone. Without storage the page itself is all there
//! is.

use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

use super::preferences::storage;

/// Drafts in one storage.
pub struct Drafts {
    storage: Option<Storage>,
    prefix: &'static str,
}

fn in_browser() -> Drafts {
    Drafts { storage: storage(), prefix: "nq57-draft-" }
}

/// Those of this tab: a page that is loaded anew has them again, and nobody when the tab has been closed.
#[must_use]
pub fn of_tab() -> Drafts {
    Drafts { storage: window().session_storage().ok().flatten(), prefix: "nq57-typed-" }
}

impl Drafts {
    fn key(&self, of: &str) -> String {
        format!("{}{of}", self.prefix)
    }

    /// Keeps a value under this name.
    pub fn put<T: Serialize>(&self, of: &str, value: &T) {
        if let (Some(storage), Ok(text)) = (&self.storage, serde_json::to_string(value)) {
            // A full storage keeps what it had; the page still has the rest.
            let _ = storage.set_item(&self.key(of), &text);
        }
    }

    /// What was kept under this name, if it can still be read.
    #[must_use]
    pub fn get<T: for<'de> Deserialize<'de>>(&self, of: &str) -> Option<T> {
        let text = self.storage.as_ref()?.get_item(&self.key(of)).ok()??;
        serde_json::from_str(&text).ok()
    }

    /// Forgets it: it has reached the server.
    pub fn forget(&self, of: &str) {
        if let Some(storage) = &self.storage {
            let _ = storage.remove_item(&self.key(of));
        }
    }

    fn keys(&self) -> Vec<String> {
        let Some(storage) = &self.storage else { return Vec::new() };
        let length = storage.length().unwrap_or_default();
        let all = (0..length).filter_map(|index| storage.key(index).ok().flatten());
        all.filter(|key| key.starts_with(self.prefix)).collect()
    }

    fn forget_all(&self) {
        if let Some(storage) = &self.storage {
            for key in self.keys() {
                let _ = storage.remove_item(&key);
            }
        }
    }
}

/// Keeps a value under this name.
pub fn put<T: Serialize>(of: &str, value: &T) {
    in_browser().put(of, value);
}

/// What was kept under this name, if it can still be read.
#[must_use]
pub fn get<T: for<'de> Deserialize<'de>>(of: &str) -> Option<T> {
    in_browser().get(of)
}

/// Forgets it: it has reached the server.
pub fn forget(of: &str) {
    in_browser().forget(of);
}

/// Whether anything is kept in the browser, also of this tab.
#[must_use]
pub fn is_any() -> bool {
    [in_browser(), of_tab()].iter().any(|kept| !kept.keys().is_empty())
}

/// Forgets everything, also that of this tab.
pub fn forget_all() {
    in_browser().forget_all();
    of_tab().forget_all();
}
