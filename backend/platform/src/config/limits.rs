//! How often one caller may ask.

use serde::Deserialize;

/// The `[limits]` section: requests in a minute, what one account may keep, letters; 0 means no limit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Reads by one account, or by one address without an account. Pages served from memory are free.
    pub reads_per_minute: u32,
    /// Writes by one account, or by one address without an account.
    pub writes_per_minute: u32,
    /// Attempts to sign in, register or use a one-time link, by one address.
    pub sign_ins_per_minute: u32,
    /// Look-ups by code and secret, by one address.
    pub trackings_per_minute: u32,
    /// Drafts that one account may keep without having submitted them.
    pub drafts_per_account: u16,
    /// Letters about cases to one address in an hour, over all cases.
    pub letters_per_hour: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reads_per_minute: 1200,
            writes_per_minute: 300,
            sign_ins_per_minute: 20,
            trackings_per_minute: 20,
            drafts_per_account: 100,
            letters_per_hour: 20,
        }
    }
}
