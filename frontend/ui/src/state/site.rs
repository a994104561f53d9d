//! What the server says about itself: its name and whether its content is invented.

use std::sync::LazyLock;

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::site::{Operator, Site};

use crate::api;

static SITE: LazyLock<ArcRwSignal<Option<Site>>> = LazyLock::new(|| ArcRwSignal::new(None));

/// Asks the server once. Without an answer the platform shows no name and no notice.
pub fn load() {
    spawn_local(async {
        if let Ok(answer) = api::get("/site").anonymous().send::<Site>().await {
            SITE.set(Some(answer.body));
        }
    });
}

/// Who runs the platform, once the server has said; reactive.
pub fn operator() -> Option<Operator> {
    SITE.with(|site| site.as_ref().and_then(|site| site.operator.clone()))
}

/// Whether the content is invented; reactive.
pub fn is_demo() -> bool {
    SITE.with(|site| site.as_ref().is_some_and(|site| site.demo))
}
