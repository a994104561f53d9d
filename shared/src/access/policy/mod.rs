//! The decisions: one file per domain, pure functions of actor, action and facts.

pub mod accounts;
pub mod api_clients;
pub mod evaluations;
pub mod organisations;
pub mod products;

pub use nq57_core::access::policy as platform;
