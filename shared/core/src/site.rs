//! What the interface must know about the platform before anything else.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Who runs the platform, and how to reach them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operator {
    /// The office, as people know it.
    #[cfg_attr(feature = "openapi", schema(example = "Trung tâm Chuyển đổi số"))]
    pub name: String,
    /// Where help is given by mail.
    #[cfg_attr(feature = "openapi", schema(example = "ho-tro@nq57.example"))]
    pub email: Option<String>,
    /// Where help is given by telephone.
    #[cfg_attr(feature = "openapi", schema(example = "0900 000 057"))]
    pub phone: Option<String>,
    /// Where help is given at a counter.
    #[cfg_attr(feature = "openapi", schema(example = "Số 57 phố Trống Đồng"))]
    pub address: Option<String>,
    /// The site of the office.
    #[cfg_attr(feature = "openapi", schema(example = "https://nq57.example"))]
    pub url: Option<String>,
}

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
    /// Who runs it; `null` where the configuration does not say.
    #[serde(default)]
    pub operator: Option<Operator>,
    /// Languages of the interface, the first is the default.
    pub languages: Vec<Language>,
}
