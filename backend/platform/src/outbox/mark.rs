//! Tells the workers of this process that something was committed, so that they need not wait.

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

static WAKE: Notify = Notify::const_new();

pub(super) fn wake() {
    WAKE.notify_waiters();
}

/// Resolves at the next wake after this call.
pub(super) fn woken() -> Notified<'static> {
    WAKE.notified()
}
