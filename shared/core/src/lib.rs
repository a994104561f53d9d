//! What both sides of every domain stand on: ids, texts, time, pages, problems, validation, workflows, access.
//! Names no domain. Pure: no I/O, no clock, no randomness; compiles to native code and to wasm32.

pub mod access;
pub mod audit;
pub mod calendar;
pub mod casework;
#[cfg(feature = "columns")]
pub mod columns;
pub mod feed;
pub mod files;
pub mod fold;
pub mod handover;
pub mod ids;
pub mod language;
pub mod notifications;
pub mod outbox;
pub mod page;
pub mod patch;
pub mod problem;
pub mod reference;
pub mod resource;
pub mod site;
pub mod stable_texts;
pub mod text;
pub mod time;
pub mod tracking;
pub mod unicode;
pub mod validate;
pub mod workflow;
