//! Data that loads itself: fetched at once, fetched again when a signal it read changes or when asked; the last answer wins.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Failure;

/// How far the data is.
#[derive(Clone)]
pub enum State<T> {
    /// Nothing yet.
    Waiting,
    Ready(T),
    Failed(Failure),
}

/// Data from the server. `Copy`; reading it is reactive.
pub struct Remote<T: Send + Sync + 'static> {
    state: RwSignal<State<T>>,
    busy: RwSignal<bool>,
    asked: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Remote<T> {}

/// Fetches with `fetch`, and again whenever a signal that `fetch` reads before its first `await` changes.
///
/// ```ignore
/// let product = remote(move || { let id = id.get(); async move { Ok(api::get(format!("/products/{id}")).send().await?.body) } });
/// view! { <Load from=product view=|product| view! { … }/> }
/// ```
pub fn remote<T, F>(fetch: impl Fn() -> F + 'static) -> Remote<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    let remote = Remote {
        state: RwSignal::new(State::Waiting),
        busy: RwSignal::new(true),
        asked: RwSignal::new(0),
    };
    let round = StoredValue::new(0_u32);
    Effect::new(move |_| {
        remote.asked.track();
        let this = round.try_update_value(|round| {
            *round += 1;
            *round
        });
        remote.busy.set(true);
        let answer = fetch();
        spawn_local(async move {
            let result = answer.await;
            // Another round has begun, or the page is gone: this answer is of no use.
            if this.is_none() || round.try_get_value() != this {
                return;
            }
            remote.busy.try_set(false);
            remote.state.try_set(match result {
                Ok(data) => State::Ready(data),
                Err(failure) => State::Failed(failure),
            });
        });
    });
    remote
}

impl<T: Clone + Send + Sync + 'static> Remote<T> {
    /// How far it is; reactive. While it is fetched again the old data stays.
    pub fn state(&self) -> State<T> {
        self.state.get()
    }

    /// The data, if it is there; reactive.
    pub fn ready(&self) -> Option<T> {
        self.state.with(|state| match state {
            State::Ready(data) => Some(data.clone()),
            State::Waiting | State::Failed(_) => None,
        })
    }

    /// The data, if it is there, without following it.
    pub fn ready_now(&self) -> Option<T> {
        untrack(|| self.ready())
    }

    /// Whether it is being fetched, for the first time or again.
    pub fn busy(&self) -> Signal<bool> {
        self.busy.into()
    }

    /// Fetches again.
    pub fn reload(&self) {
        self.asked.update(|count| *count += 1);
    }

    /// Puts data that an action brought, without asking the server again.
    pub fn set(&self, data: T) {
        self.state.set(State::Ready(data));
    }

    /// Changes the data in place, if it is there.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        self.state.update(|state| {
            if let State::Ready(data) = state {
                change(data);
            }
        });
    }
}
