//! Messages that leave the process after a commit: pushed in the caller's transaction, delivered at
//! least once by a worker, given up into dead letters. Knows topics by name only.

mod dead_letters;
mod mark;
mod store;
mod table;
mod worker;

use futures_util::future::LocalBoxFuture;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

use nq57_shared::ids::OutboxId;

use crate::app::AppState;
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};

pub use dead_letters::{discard_dead_letter, list_dead_letters, requeue_dead_letter};
pub use mark::{Mark, mark, wake_since};
pub use worker::{MAX_ATTEMPTS, deliver_due, observe, purge, run};

/// A message to be delivered after the commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Push {
    /// Which handler gets it.
    pub topic: &'static str,
    /// Pushing the same topic and key again changes nothing.
    pub key: String,
    pub payload: Value,
}

impl Push {
    /// A message of this topic.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON.
    pub fn new(
        topic: &'static str,
        key: impl Into<String>,
        payload: &impl Serialize,
    ) -> ApiResult<Self> {
        let payload = serde_json::to_value(payload).map_err(ApiError::internal)?;
        Ok(Self { topic, key: key.into(), payload })
    }
}

/// A message as its handler gets it. It may come more than once.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: OutboxId,
    pub topic: String,
    pub key: String,
    pub payload: Value,
    /// 1 on the first try.
    pub attempt: u32,
}

impl Message {
    /// The payload as `T`.
    ///
    /// # Errors
    /// When it has another form: the message will end among the dead letters.
    pub fn read<T: DeserializeOwned>(&self) -> ApiResult<T> {
        T::deserialize(&self.payload).map_err(ApiError::internal)
    }
}

/// Who delivers the messages of one name. Delivering twice must do no more than delivering once.
#[derive(Clone, Copy)]
pub struct Topic {
    pub name: &'static str,
    pub handler: fn(AppState, Message) -> LocalBoxFuture<'static, ApiResult<()>>,
}

/// Puts messages into the outbox, in the caller's transaction.
///
/// # Errors
/// Failures of the database.
pub async fn push(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    messages: impl IntoIterator<Item = Push>,
) -> ApiResult<()> {
    if store::insert(tx, clock, messages).await? {
        mark::note_push();
    }
    Ok(())
}

/// Takes everything of this topic that waits as delivered, without delivering it; how many that were.
/// For history that is written afterwards.
///
/// # Errors
/// Failures of the database.
pub async fn settle(tx: &impl ConnectionTrait, clock: &Clock, topic: &str) -> ApiResult<u64> {
    store::settle(tx, clock.now(), topic).await
}

/// The operations of this module.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(list_dead_letters).service(requeue_dead_letter).service(discard_dead_letter);
}
