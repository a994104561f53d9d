//! What browser and server must agree on: the types, workflows and policies of each domain, over `nq57-core`.
//! Pure: no I/O, no clock, no randomness; compiles to native code and to wasm32.

pub use nq57_core::{
    audit, calendar, casework, feed, files, fold, handover, language, notifications, outbox, page,
    problem, reference, resource, site, text, time, tracking, unicode, validate, workflow,
};

#[cfg(feature = "columns")]
pub use nq57_core::stored_as;

pub mod access;
pub mod accounts;
pub mod clients;
pub mod evaluations;
pub mod ids;
pub mod organisations;
pub mod products;
