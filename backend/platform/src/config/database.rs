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
    /// Seconds to wait for a free connection or for the lock of SQLite. A writing transaction has
    /// twice that in all before the answer is 503: queue, locks, work and further tries.
    pub acquire_seconds: u64,
    /// Of the embedded SQLite: whether a power cut may lose the last commits.
    pub synchronous: Synchronous,
}

/// When SQLite waits for the disk; a process that is killed loses nothing either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Synchronous {
    /// At checkpoints: a power cut may lose the last commits, never damage the file.
    #[default]
    Normal,
    /// At each commit.
    Full,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            max_connections: 16,
            acquire_seconds: 5,
            synchronous: Synchronous::Normal,
        }
    }
}
