//! THE list of slices: whatever answers requests, repeats, or handles messages stands here.

use std::time::Duration;

use futures_util::FutureExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::{idempotency, rate_limit};
use crate::jobs::Job;
use crate::outbox::Topic;
use crate::{
    accounts, administration, audit, clocks, evaluations, files, notifications, organisations,
    outbox, products, reference, site, tracking,
};

/// The operations below `/api/v1`: one registration makes route and document.
pub fn routes(routes: &mut ServiceConfig) {
    site::routes(routes);
    accounts::routes(routes);
    organisations::routes(routes);
    products::routes(routes);
    evaluations::routes(routes);
    tracking::routes(routes);
    notifications::routes(routes);
    reference::routes(routes);
    administration::routes(routes);
    outbox::routes(routes);
    audit::routes(routes);
}

/// Who delivers the messages of the outbox.
#[must_use]
pub fn topics() -> Vec<Topic> {
    let slices = [
        accounts::topics(),
        notifications::topics(),
        files::topics(),
        products::topics(),
        evaluations::topics(),
    ];
    slices.into_iter().flatten().collect()
}

/// Work that repeats while the server runs.
#[must_use]
pub fn jobs() -> Vec<Job> {
    vec![
        Job {
            name: "forget idle callers",
            every: Duration::from_secs(60),
            run: |state| rate_limit::forget_idle(state).boxed_local(),
        },
        Job {
            name: "purge idempotency keys",
            every: Duration::from_secs(600),
            run: |state| idempotency::purge(state).boxed_local(),
        },
        Job {
            name: "purge accounts",
            every: Duration::from_secs(3600),
            run: |state| accounts::purge(state).boxed_local(),
        },
        Job {
            name: "seal the audit",
            every: Duration::from_secs(1),
            run: |state| audit::seal(state).boxed_local(),
        },
        Job {
            name: "tell the audit's head",
            every: Duration::from_secs(3600),
            run: |state| audit::tell_head(state).boxed_local(),
        },
        Job {
            name: "tick deadlines",
            every: Duration::from_secs(60),
            run: |state| clocks::tick(state).boxed_local(),
        },
        Job {
            name: "expire publications",
            every: Duration::from_secs(3600),
            run: |state| products::expire(state).boxed_local(),
        },
        Job {
            name: "render descriptions anew",
            every: Duration::from_secs(3600),
            run: |state| products::render_anew(state).boxed_local(),
        },
        Job {
            name: "sweep files",
            every: Duration::from_secs(3600),
            run: |state| files::sweep(state).boxed_local(),
        },
        Job {
            name: "purge the outbox",
            every: Duration::from_secs(3600),
            run: |state| outbox::purge(state).boxed_local(),
        },
        Job {
            name: "observe the outbox",
            every: Duration::from_secs(15),
            run: |state| outbox::observe(state).boxed_local(),
        },
        Job {
            name: "refresh reference data",
            every: Duration::from_secs(15),
            run: |state| reference::refresh(state).boxed_local(),
        },
    ]
}
