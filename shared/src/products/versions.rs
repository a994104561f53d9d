//! The way of a product so far: its steps, its sealed versions, and what changed between two of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::types::{ProductContent, ProductFile};
use super::workflow::{Holder, ProductEvent, ProductState};
use crate::tracking::TimelineEntry;

/// One step of the way so far. Persons are not named; the unit that acted is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryEntry {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: ProductEvent,
    /// The state before.
    pub from: ProductState,
    /// The state after.
    pub to: ProductState,
    /// Number of the version that it happened to.
    pub version: u32,
    /// Who had to act: the part played, not the person.
    pub by: Option<Holder>,
    /// What the submitter, or for decisions everybody, may read.
    pub reason: Option<String>,
}

impl HistoryEntry {
    /// What the entry of a tracked product says; nothing when it is of a later version of the API.
    #[must_use]
    pub fn tracked(entry: TimelineEntry) -> Option<Self> {
        let by = match entry.by.as_deref() {
            Some(part) => Some(Holder::parse(part)?),
            None => None,
        };
        Some(Self {
            at: entry.at,
            event: ProductEvent::parse(&entry.event)?,
            from: ProductState::parse(&entry.from)?,
            to: ProductState::parse(&entry.to)?,
            version: entry.version,
            by,
            reason: entry.reason,
        })
    }
}

/// A sealed version in the list of versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionSummary {
    /// Its number, from 1.
    pub version: u32,
    /// SHA-256 of the canonical content in hexadecimal.
    pub fingerprint: String,
    /// When it was submitted and sealed.
    pub sealed_at: DateTime<Utc>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Whether this is the version that the public sees.
    pub is_public: bool,
}

/// A sealed version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductVersion {
    #[serde(flatten)]
    pub summary: VersionSummary,
    /// What the submitter wrote.
    pub content: ProductContent,
    /// The attachments of this version.
    pub files: Vec<ProductFile>,
}

/// One difference between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldChange {
    /// JSON pointer into the content.
    pub pointer: String,
    /// `null` where there was nothing.
    #[cfg_attr(feature = "openapi", schema(value_type = Value))]
    pub from: serde_json::Value,
    /// `null` where there is nothing any more.
    #[cfg_attr(feature = "openapi", schema(value_type = Value))]
    pub to: serde_json::Value,
}

/// What changed between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionDiff {
    /// Number of the older version.
    pub from: u32,
    /// Number of the newer version.
    pub to: u32,
    /// Every difference, by place.
    pub changes: Vec<FieldChange>,
}
