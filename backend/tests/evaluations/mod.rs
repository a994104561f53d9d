//! Evaluations, over HTTP.

mod enemies;
mod facts;
mod opening;
mod panel;
mod reach;
mod recommending;
mod scoring;
mod secrecy;
pub mod stories;
mod turns;
