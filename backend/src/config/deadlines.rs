//! How many working days each step may take, and how many months a publication lasts.

use serde::Deserialize;

/// The `[deadlines]` section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deadlines {
    /// Working days, like all `…_days`.
    pub eligibility_days: u32,
    pub evaluation_days: u32,
    pub publication_days: u32,
    /// For the submitter to answer a request for information.
    pub information_days: u32,
    /// Months of the calendar after which a publication expires; 0 is never.
    pub published_months: u32,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            eligibility_days: 5,
            evaluation_days: 20,
            publication_days: 5,
            information_days: 10,
            published_months: 24,
        }
    }
}
