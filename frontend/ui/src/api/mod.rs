//! Talking to the server: typed requests, problems as values, uploads with progress, data that loads itself.
//! Refuses untyped errors: whatever goes wrong is a [`Failure`].

mod autosave;
mod client;
mod download;
mod exchange;
mod overlap;
mod paged;
mod problem;
mod refresh;
mod remote;
mod upload;

pub use autosave::{Autosave, Saving, Typed, pause};
pub use client::{Answer, Request, delete, get, patch, post, put, query_string};
pub use download::{download, save};
pub use overlap::{NotSent, Overlap, Record};
pub use paged::{Paged, paged};
pub use problem::{Failure, is_online};
pub use refresh::{adopt, refresh, release};
pub use remote::{Remote, State, remote};
pub use upload::{Sending, upload};

/// Where the API lives.
pub const BASE: &str = "/api/v1";
