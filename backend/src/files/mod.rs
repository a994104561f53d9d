//! Uploaded files: streamed in, sniffed, hashed, kept under random names, served as attachments.
//! Knows subjects by name and id; who may attach, see and remove is for the slice that owns them.

mod container;
mod inspect;
mod quota;
mod receive;
mod respond;
mod scanner;
mod sniff;
mod storage;
mod store;
mod sweep;
mod table;
mod take;

use nq57_shared::files::{Attachment, FileVisibility};
use nq57_shared::ids::AccountId;
use uuid::Uuid;

pub use quota::{Uploads, require_room};
pub use receive::{Upload, receive};
pub use respond::respond;
pub use scanner::Scanner;
pub use storage::FileStore;
pub use store::{attach, delete, find, list};
pub use sweep::{sweep, topics};
pub use take::take;

/// What a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Belongs {
    /// Who uploaded it.
    pub owner: Option<AccountId>,
    pub subject_type: &'static str,
    pub subject_id: Uuid,
    pub visibility: FileVisibility,
}

/// A file that belongs to something, with where its content is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    pub attachment: Attachment,
    pub owner: Option<AccountId>,
    pub subject_type: String,
    pub subject_id: Uuid,
    object_key: String,
}
