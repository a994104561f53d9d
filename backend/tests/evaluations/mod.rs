//! Evaluations, over HTTP.

mod enemies;
mod facts;
mod opening;
mod panel;
mod reach;
mod recommending;
mod scoring;
mod secrecy;
mod sides;
pub mod stories;
mod turns;
