//! Which database, and how many connections to it.

use serde::Deserialize;

use super::Secret;

/// The `[database]` section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `postgres://…` or `sqlite://path`; nothing means the embedded SQLite below `data_dir`.
    pub url: Option<Secret<String>>,
    pub max_connections: u32,
    /// Seconds to wait for a free connection before the answer is 503.
    pub acquire_seconds: u64,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, max_connections: 16, acquire_seconds: 5 }
    }
}
