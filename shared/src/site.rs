//! What the interface must know about the platform before anything else.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// The platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Site {
    /// The name that pages and mails show.
    pub name: String,
    /// Whether this is a demonstration: known accounts, invented content.
    pub demo: bool,
    /// Version of the software.
    pub version: String,
    /// Languages of the interface, the first is the default.
    pub languages: Vec<Language>,
}
