//! Rounds of evaluation, over HTTP.

mod opening;
mod panel;
mod recommending;
mod scoring;
mod secrecy;
mod stories;
