//! Messages that could not be delivered, as administrators see them.
//! Payloads stay on the server: they may hold secrets.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::OutboxId;

/// Where undeliverable messages are listed.
pub const DEAD_LETTERS: &str = "/api/v1/outbox/dead-letters";

/// A message that was tried as often as allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadLetter {
    /// Identifies the message.
    pub id: OutboxId,
    /// What kind of work it is, for example `mail`.
    pub topic: String,
    /// What makes it one of a kind.
    pub key: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was given up.
    pub failed_at: DateTime<Utc>,
    /// Why the last try failed.
    pub last_error: String,
}
