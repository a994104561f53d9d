//! Tells the workers of this process that something was committed, so that they need not wait.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

static PUSHED: AtomicU64 = AtomicU64::new(0);
static WAKE: Notify = Notify::const_new();

/// A point in time before a transaction, for [`wake_since`].
#[derive(Clone, Copy, Debug)]
pub struct Mark(u64);

/// To be taken before a transaction begins.
pub fn mark() -> Mark {
    Mark(PUSHED.load(Ordering::Acquire))
}

/// To be called after the commit: wakes the workers of this process when something was pushed since.
///
/// A push of another transaction may wake them too early; they then look again within a second.
pub fn wake_since(mark: Mark) {
    if PUSHED.load(Ordering::Acquire) != mark.0 {
        wake();
    }
}

pub(super) fn wake() {
    WAKE.notify_waiters();
}

pub(super) fn note_push() {
    PUSHED.fetch_add(1, Ordering::Release);
}

/// Resolves at the next wake after this call.
pub(super) fn woken() -> Notified<'static> {
    WAKE.notified()
}
