//! Rounds of evaluation, over HTTP.

mod facts;
mod opening;
mod panel;
mod recommending;
mod scoring;
mod secrecy;
mod stories;
mod turns;
