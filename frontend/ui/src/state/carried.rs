//! A lookup carried from one page to the next: a secret must not stand in the address or in storage.

use std::cell::RefCell;

use nq57_shared::tracking::TrackRequest;

thread_local! {
    static CARRIED: RefCell<Option<TrackRequest>> = const { RefCell::new(None) };
}

/// Carries the lookup to the tracking page.
pub fn put(request: TrackRequest) {
    CARRIED.with_borrow_mut(|slot| *slot = Some(request));
}

/// Takes the lookup that was carried here, once.
pub fn take() -> Option<TrackRequest> {
    CARRIED.with_borrow_mut(Option::take)
}
