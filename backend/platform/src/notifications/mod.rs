//! What people are told: the inbox in the application and e-mail through the outbox, both written in
//! the caller's transaction. Knows accounts, addresses and what the slices declare, no domain noun.

mod case_letters;
mod catalogue;
pub mod contacts;
mod deliver;
mod list;
mod mark_read;
mod notice;
mod notices;
mod store;
mod table;
mod template;

use std::time::Duration;

use futures_util::FutureExt;
use nq57_core::ids::AccountId;
use nq57_core::notifications::MarkRead;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::clock::Clock;
use crate::error::ApiResult;
use crate::jobs::Job;
use crate::outbox::{self, Topic};
use crate::persistence::transaction::Tx;
use crate::registry::Slice;

pub use case_letters::{confirm_case_letters, stop_case_letters};
pub use catalogue::{Around, Catalogue, Rendered};
pub use list::list_notifications;
pub use mark_read::mark_notifications_read;
pub use notice::{Address, Notice, Recipient, notify};
pub use template::{Notices, Template, Told, value};

/// Takes all mail about inboxes that waits as sent, without sending it: for history that is written
/// afterwards. The inboxes keep their messages.
///
/// # Errors
/// Failures of the database.
pub async fn forget_mail(tx: &Tx, clock: &Clock) -> ApiResult<u64> {
    outbox::discard_pending(tx, clock, deliver::INBOX_MAIL).await
}

/// Marks everything in the inbox of an account as read: for demonstrations, whose past was read.
///
/// # Errors
/// Failures of the database.
pub async fn mark_all_read(tx: &Tx, clock: &Clock, account: AccountId) -> ApiResult<()> {
    let all = MarkRead { all: true, ..MarkRead::default() };
    store::mark_read(tx, account, clock.now(), &all).await
}

/// Who delivers the mail.
const TOPICS: &[Topic] = &[
    Topic {
        name: deliver::INBOX_MAIL,
        handler: |state, message| Box::pin(deliver::inbox_mail(state, message)),
    },
    Topic {
        name: deliver::DIRECT_MAIL,
        handler: |state, message| Box::pin(deliver::direct_mail(state, message)),
    },
    Topic {
        name: deliver::CASE_MAIL,
        handler: |state, message| Box::pin(deliver::case_mail(state, message)),
    },
];

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("notifications", "The inbox of the caller, and letters about cases.")],
    routes,
    topics: TOPICS,
    jobs: &[Job {
        name: "erase contacts",
        every: Duration::from_secs(3600),
        run: |state| contacts::purge(state).boxed_local(),
    }],
    notices: notices::NOTICES,
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes
        .service(list_notifications)
        .service(mark_notifications_read)
        .service(confirm_case_letters)
        .service(stop_case_letters);
}
