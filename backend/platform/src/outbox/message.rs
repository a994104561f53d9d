//! Messages, on their way into the outbox and out of it.

use nq57_core::ids::OutboxId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{mark, store};
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;

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

/// What a handler answers when another try would end the same: the message becomes a dead letter at once.
#[derive(Debug)]
pub struct GiveUp(pub String);

impl std::fmt::Display for GiveUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GiveUp {}

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

/// Puts messages into the outbox, in the caller's transaction.
///
/// # Errors
/// Failures of the database.
pub async fn push(
    tx: &Tx,
    clock: &Clock,
    messages: impl IntoIterator<Item = Push>,
) -> ApiResult<()> {
    if store::insert(tx, clock, messages).await? {
        tx.on_commit(mark::wake);
    }
    Ok(())
}
