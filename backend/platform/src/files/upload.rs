//! A content on its way to a row.

use std::collections::BTreeMap;

use nq57_core::files::FileType;

use super::storage::Object;

/// A content that has arrived whole and was found good. Unless a row names it, dropping it removes it.
pub struct Upload {
    pub(super) object: Object,
    /// The cleaned name.
    pub name: String,
    pub file_type: FileType,
    /// Bytes.
    pub size: u64,
    /// 64 hexadecimal digits.
    pub sha256: String,
    /// Whether a virus scanner has seen it.
    pub is_scanned: bool,
    /// The other fields of the form, as single lines.
    pub fields: BTreeMap<String, String>,
}

impl Upload {
    pub(super) fn object_key(&self) -> &str {
        self.object.key()
    }
}
