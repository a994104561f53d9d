//! Products, solutions and initiatives: what is submitted, the workflow it goes through, and how it is shown.

pub mod compare;
mod content;
pub mod draft;
mod eligibility;
mod feed;
mod patch;
mod statistics;
pub mod types;
mod versions;
pub mod workflow;

pub use draft::ProductDraft;
pub use eligibility::*;
pub use feed::*;
pub use patch::ProductPatch;
pub use statistics::*;
pub use types::*;
pub use versions::*;
pub use workflow::{ProductEvent, ProductFacts, ProductState, ProductWorkflow};
