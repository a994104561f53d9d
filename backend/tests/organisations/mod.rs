//! Organisations over HTTP: the things themselves, and who belongs to them.

mod drafts;
pub mod handing_over;
mod joining;
mod keeping;
mod standing;
mod tree;

use nq57_shared::organisations::Organisation;
use serde_json::{Value, json};

use crate::harness::Client;

/// Enters an organisation; the caller becomes its manager.
pub async fn enter(founder: &Client, body: &Value) -> Organisation {
    founder.post("/organisations", body).await.read_as()
}

pub fn enterprise(name: &str) -> Value {
    json!({ "name": name, "kind": "enterprise" })
}
