//! How many messages of the inbox are unread, for the bell. A count that did not come is no count.

use std::sync::LazyLock;

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::notifications::NotificationPage;

use super::session;
use crate::api;

static UNREAD: LazyLock<ArcRwSignal<u64>> = LazyLock::new(|| ArcRwSignal::new(0));

/// How many are unread, as far as it is known; reactive.
pub fn count() -> u64 {
    UNREAD.get()
}

/// The server has told the count.
pub fn set(count: u64) {
    if UNREAD.with_untracked(|known| *known != count) {
        UNREAD.set(count);
    }
}

/// Asks the server; for somebody who is signed in.
pub fn refresh() {
    spawn_local(async {
        let request = api::get("/notifications").query("limit", 1).query("count", true);
        if let Ok(answer) = request.send::<NotificationPage>().await
            && untrack(session::account).is_some()
        {
            set(answer.body.unread.unwrap_or_default());
        }
    });
}
