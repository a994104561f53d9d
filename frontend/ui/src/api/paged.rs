//! A list that comes page by page: the first loads itself like any [`Remote`], the rest on demand.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::page::Page;

use super::{Failure, Remote, remote};

/// A list by cursor. `Copy`; reading it is reactive.
pub struct Paged<T: Clone + Send + Sync + 'static> {
    /// What has come so far, with the cursor of what follows.
    pub list: Remote<Page<T>>,
    busy: RwSignal<bool>,
    fetch: StoredValue<Box<dyn Fn(String) + Send + Sync>>,
    failure: RwSignal<Option<Failure>>,
}

impl<T: Clone + Send + Sync + 'static> Clone for Paged<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Clone + Send + Sync + 'static> Copy for Paged<T> {}

/// Fetches the first page with `fetch(None)`, and again when a signal that it reads changes.
pub fn paged<T, F>(fetch: impl Fn(Option<String>) -> F + Clone + Send + Sync + 'static) -> Paged<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<Page<T>, Failure>> + 'static,
{
    let first = fetch.clone();
    let list = remote(move || first(None));
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None));
    let more = move |cursor: String| {
        busy.set(true);
        let answer = untrack(|| fetch(Some(cursor.clone())));
        spawn_local(async move {
            let outcome = answer.await;
            busy.try_set(false);
            match outcome {
                Ok(next) => {
                    failure.try_set(None);
                    list.update(|page| {
                        // The list may have begun anew meanwhile: then this page belongs to the old one.
                        if page.next_cursor.as_deref() == Some(&cursor) {
                            page.items.extend(next.items);
                            page.next_cursor = next.next_cursor;
                        }
                    });
                }
                Err(failed) => {
                    failure.try_set(Some(failed));
                }
            }
        });
    };
    Paged { list, busy, fetch: StoredValue::new(Box::new(more)), failure }
}

impl<T: Clone + Send + Sync + 'static> Paged<T> {
    /// Fetches the next page, if there is one.
    pub fn more(&self) {
        if let Some(cursor) = self.list.ready_now().and_then(|page| page.next_cursor) {
            self.fetch.with_value(|fetch| fetch(cursor));
        }
    }

    /// Whether the next page is on its way.
    pub fn busy(&self) -> Signal<bool> {
        self.busy.into()
    }

    /// Why the next page did not come; reactive.
    pub fn failure(&self) -> Option<Failure> {
        self.failure.get()
    }

    /// Begins anew.
    pub fn reload(&self) {
        self.list.reload();
    }
}
