//! Products, solutions and initiatives: what is submitted, the workflow it goes through, and how it is shown.

pub mod draft;
pub mod types;

pub mod workflow;

pub use draft::ProductDraft;
pub use types::*;

pub use workflow::{ProductEvent, ProductFacts, ProductState, ProductWorkflow};
