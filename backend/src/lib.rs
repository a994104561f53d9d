//! The server of NQ57: who people are, the domains, and what puts them together over `nq57-platform`.
//! `main.rs` starts it, the tests start it too.

pub mod app;
pub mod cli;
pub mod data_folder;
pub mod demo;
pub mod domains;
pub mod identity;
pub mod migrations;
pub mod pull;
pub mod server;
pub mod slices;
pub mod spa;
