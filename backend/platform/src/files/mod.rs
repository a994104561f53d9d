//! Uploaded files: streamed in, sniffed, hashed, kept under random names, served as attachments.
//! Knows subjects by name and id; who may attach, see and remove is for the slice that owns them.

mod container;
mod inspect;
mod quota;
mod receive;
mod removal;
mod respond;
mod scanner;
mod sniff;
mod storage;
mod store;
mod stored;
mod sweep;
mod table;
mod take;
mod upload;

use std::time::Duration;

use crate::jobs::Job;
use crate::registry::Slice;
use futures_util::FutureExt;

pub use quota::{enter, require_room};
pub use receive::receive;
pub use respond::respond;
pub use scanner::Scanner;
pub use storage::FileStore;
pub use store::{attach, delete, find, list};
pub use stored::{Belongs, StoredFile};
pub use sweep::sweep;
pub use take::take;
pub use upload::Upload;

/// What this module brings.
pub const SLICE: Slice = Slice {
    topics: sweep::TOPICS,
    jobs: &[Job {
        name: "sweep files",
        every: Duration::from_secs(3600),
        run: |state| sweep(state).boxed_local(),
    }],
    ..Slice::EMPTY
};
