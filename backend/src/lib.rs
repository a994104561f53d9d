//! The server of NQ57: everything that performs I/O. `main.rs` starts it, the tests start it too.
//! Platform modules name no domain noun; each slice is one folder of the same name as in `shared`.

pub mod access;
pub mod app;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod clocks;
pub mod config;
pub mod data_folder;
pub mod error;
pub mod files;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod migrations;
pub mod notifications;
pub mod outbox;
pub mod persistence;
pub mod reference;
pub mod registry;
pub mod server;
pub mod site;
pub mod slices;
pub mod state;

pub mod accounts;
pub mod administration;
pub mod demo;
pub mod evaluations;
pub mod organisations;
pub mod products;
pub mod tracking;
