//! Products as the change feed shows them, the same to everybody who reads them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::draft::{ProductDomain, ProductKind};
use super::types::{Honour, ProductContent, ProductFile};
use super::workflow::{Holder, ProductState};
use crate::ids::{OrganisationId, ProductId};

/// A product as it is public: what everybody reads of it, without what pages make of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishedProduct {
    /// Identifies the product.
    pub id: ProductId,
    /// Public code such as `SP-2026-000123`.
    pub code: Option<String>,
    /// Number of the version, from 1.
    pub version: u32,
    /// SHA-256 of the sealed version in hexadecimal.
    pub fingerprint: String,
    /// When the draft was made.
    pub created_at: DateTime<Utc>,
    /// When it was first submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// The organisation on whose behalf it was submitted.
    pub organisation_id: Option<OrganisationId>,
    /// The attachments: at `/products/{id}/files/{file_id}`.
    pub files: Vec<ProductFile>,
    /// Awards and certificates, confirmed by an official.
    pub honours: Vec<Honour>,
    #[serde(flatten)]
    pub content: ProductContent,
}

/// Where a submission stands: for the offices of its province and of its organisation. It tells what its submitter may
/// know, and nothing of what is being written: so it need not ask who reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductDossier {
    /// Identifies the product.
    pub id: ProductId,
    /// Public code such as `SP-2026-000123`.
    pub code: String,
    /// The name of the product, as it was sent last.
    pub title: String,
    /// What it is.
    pub kind: ProductKind,
    /// The field of the Resolution that it belongs to.
    pub domain: ProductDomain,
    /// Codes of the reference list `sectors`.
    pub sectors: Vec<String>,
    /// The province whose office handles it.
    pub competent_province: Option<String>,
    /// The organisation on whose behalf it was submitted.
    pub organisation_id: Option<OrganisationId>,
    /// Where it stands. While its next version is being written, what is public counts.
    pub state: ProductState,
    /// Who has to act next, as its submitter is told.
    pub holder: Option<Holder>,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
    /// Number of the version that was sent last, from 1.
    pub version: u32,
    /// When it was first submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
}
