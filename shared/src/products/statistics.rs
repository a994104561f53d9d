//! Public figures: how many there are of what, how long each step takes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::types::FacetCount;
use super::workflow::Holder;

/// How long a step takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepDuration {
    /// Who has to act in this step.
    pub step: Holder,
    /// Steps ended, from which the median is taken.
    pub count: u64,
    /// Working days, in tenths; `null` when no step has ended.
    pub median_working_days_tenths: Option<u32>,
    /// Steps under way that are past their date.
    pub overdue: u64,
}

/// Public figures of the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductStatistics {
    /// When the figures were counted.
    pub as_of: DateTime<Utc>,
    /// Submitted at least once.
    pub received: u64,
    /// Found eligible at least once, whatever became of it.
    pub valid: u64,
    /// Decided after an evaluation at least once, either way.
    pub evaluated: u64,
    /// Public now.
    pub published: u64,
    /// Submissions per state; drafts are not counted.
    pub states: Vec<FacetCount>,
    /// Published per domain.
    pub domains: Vec<FacetCount>,
    /// Published per province.
    pub provinces: Vec<FacetCount>,
    /// Published per sector.
    pub sectors: Vec<FacetCount>,
    /// How long each step takes.
    pub steps: Vec<StepDuration>,
}
