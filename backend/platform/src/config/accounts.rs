//! Sign-in: how long tokens live and where the signing key is.

use std::path::PathBuf;

use serde::Deserialize;

/// The `[accounts]` section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accounts {
    /// Minutes that an access token is valid.
    pub access_token_minutes: i64,
    /// Days that a session lives without being used.
    pub refresh_days: i64,
    /// Days after which a session ends, however often it is used.
    pub session_days: i64,
    /// Seconds in which a used refresh token is still taken, for two tabs that refresh at once.
    pub refresh_grace_seconds: i64,
    /// Hours that a link for verifying an address is valid; one for a new password lives one hour.
    pub link_hours: i64,
    /// Failed log-ins at one account from one network, or from one known browser, before waiting is
    /// asked for; four times as many from one network at all accounts, ten times as many at one account
    /// from all networks.
    pub failures_before_wait: u32,
    /// Passwords that may be hashed at once; each takes memory.
    pub hashing_at_once: usize,
    /// Ed25519 private key (PEM). Several servers on one database share it; nothing means
    /// `keys/signing-ed25519.pem` below `data_dir`, made at the first start.
    pub signing_key_file: Option<PathBuf>,
    /// Former keys whose tokens are still taken while a new key takes over.
    pub former_key_files: Vec<PathBuf>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            access_token_minutes: 10,
            refresh_days: 30,
            session_days: 90,
            refresh_grace_seconds: 5,
            link_hours: 24,
            failures_before_wait: 5,
            hashing_at_once: 2,
            signing_key_file: None,
            former_key_files: Vec::new(),
        }
    }
}
