//! Rules about the whole API, held for every operation that exists, also for those of tomorrow.

mod bounds;
mod caching;
mod configuration;
mod counting;
mod crash;
mod days;
pub mod document;
mod document_rules;
mod durability;
mod faults;
pub mod guarded;
mod headers;
mod idempotency;
mod jobs;
mod private_files;
mod problems;
mod sample;
mod search;
pub mod secrets;
mod specimens;
mod texts;
mod transactions;
mod two_processes;
mod two_servers;
