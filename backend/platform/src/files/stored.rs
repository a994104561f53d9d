//! Files that belong to something.

use nq57_core::files::{Attachment, FileVisibility};
use nq57_core::ids::AccountId;
use uuid::Uuid;

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
    pub(super) object_key: String,
}
