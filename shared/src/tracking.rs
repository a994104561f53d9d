//! Following anything by its public code and secret, without an account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::ProductId;
use crate::products::{HistoryEntry, ProductState, workflow::Holder};
use crate::text;
use crate::validate::{Validate, Violations};

/// The code and the secret that the first submission answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrackRequest {
    #[cfg_attr(feature = "openapi", schema(example = "SP-2026-000123"))]
    pub code: String,
    #[cfg_attr(feature = "openapi", schema(example = "k7m2-9qpd-x4tw"))]
    pub secret: String,
}

impl Validate for TrackRequest {
    fn normalise(&mut self) {
        self.code = text::line(&self.code).to_uppercase();
        self.secret = text::line(&self.secret).to_lowercase();
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/code", &self.code, 1, 40);
        violations.text("/secret", &self.secret, 1, 80);
    }
}

/// Where a tracked thing stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrackedThing {
    /// `product`; more kinds will come.
    #[serde(rename = "type")]
    pub kind: String,
    pub code: String,
    pub title: String,
    pub state: ProductState,
    pub holder: Option<Holder>,
    pub due_at: Option<DateTime<Utc>>,
    /// Working days until then, not counting today; negative when it has passed.
    pub working_days_left: Option<i32>,
    pub submitted_at: Option<DateTime<Utc>>,
    /// Set when its page is public.
    pub product_id: Option<ProductId>,
    pub timeline: Vec<HistoryEntry>,
}
