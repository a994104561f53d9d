//! Audit entries as administrators read them, and the result of verifying their chain.
//! Entries name things by id; they carry no personal data.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::ids::AccountId;

/// Where the audit is read.
pub const AUDIT: &str = "/api/v1/audit";

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditActor {
    /// Nobody had signed in.
    Anonymous,
    /// The platform itself.
    System,
    /// A signed-in person.
    Account,
    /// A program of an organisation.
    Client,
}

crate::stable_texts! {
    AuditActor { Anonymous = "anonymous", System = "system", Account = "account", Client = "client" }
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Identifies the entry.
    pub id: Uuid,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// What kind of actor did it.
    pub actor: AuditActor,
    /// The account that did it, when it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<AccountId>,
    /// The name that the account has now; not part of what is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// What was done, for example `product.published`.
    pub action: String,
    /// The kind of thing that it was done to, for example `product`.
    pub subject_type: String,
    /// The thing that it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<Uuid>,
    /// What this action has to tell, old and new values included.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub detail: Map<String, Value>,
    /// The request that did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Its place in the chain; absent in the moment between commit and sealing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// SHA-256 over the entry and the hash before it, 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}
