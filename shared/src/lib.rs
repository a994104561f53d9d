//! What browser and server must agree on: types, validation, workflows, policies, problem codes, paths.
//! Pure: no I/O, no clock, no randomness; compiles to native code and to wasm32.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod calendar;
pub mod clocks;
pub mod evaluations;
pub mod files;
pub mod fold;
pub mod ids;
pub mod language;
pub mod notifications;
pub mod organisations;
pub mod outbox;
pub mod page;
pub mod problem;
pub mod products;
pub mod reference;
pub mod site;
pub mod text;
pub mod time;
pub mod tracking;
pub mod unicode;
pub mod validate;
pub mod workflow;
