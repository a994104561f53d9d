//! What every domain of the server stands on: configuration, storage, HTTP, files, messages, audit, deadlines.
//! Names no domain; what it needs of one, that one hands down through `registry`.

pub mod access;
pub mod audit;
pub mod canonical;
pub mod casework;
pub mod clock;
pub mod columns;
pub mod config;
pub mod error;
pub mod feed;
pub mod files;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod markdown;
pub mod notifications;
pub mod outbox;
pub mod persistence;
pub mod reference;
pub mod registry;
pub mod site;
pub mod state;
pub mod subject;
pub mod tracking;
pub mod turns;
