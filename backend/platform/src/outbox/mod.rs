//! Messages that leave the process after a commit: pushed in the caller's transaction, delivered at
//! least once by a worker, given up into dead letters. Knows topics by name only.

mod dead_letters;
mod mark;
mod message;
mod store;
mod table;
mod worker;

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::clock::Clock;
use crate::error::ApiResult;
use crate::jobs::Job;
use crate::persistence::transaction::Tx;
use crate::registry::Slice;
use crate::state::AppState;

pub use dead_letters::{discard_dead_letter, list_dead_letters, requeue_dead_letter};
pub use message::{GiveUp, Message, Push, push};
pub use worker::{MAX_ATTEMPTS, deliver_due, observe, purge, run};

/// Who delivers the messages of one name. Delivering twice must do no more than delivering once.
#[derive(Clone, Copy)]
pub struct Topic {
    pub name: &'static str,
    pub handler: fn(AppState, Message) -> LocalBoxFuture<'static, ApiResult<()>>,
}

/// Takes everything of this topic that waits as delivered, without delivering it; how many that were.
/// For history that is written afterwards.
///
/// # Errors
/// Failures of the database.
pub async fn discard_pending(tx: &Tx, clock: &Clock, topic: &str) -> ApiResult<u64> {
    store::discard_pending(tx, clock.now(), topic).await
}

/// What this module brings.
pub const SLICE: Slice = Slice {
    routes,
    jobs: &[
        Job {
            name: "purge the outbox",
            every: Duration::from_secs(3600),
            run: |state| worker::purge(state).boxed_local(),
        },
        Job {
            name: "observe the outbox",
            every: Duration::from_secs(15),
            run: |state| worker::observe(state).boxed_local(),
        },
    ],
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes.service(list_dead_letters).service(requeue_dead_letter).service(discard_dead_letter);
}
