//! One page of a list. Cursors are opaque: only the server reads them.

use serde::{Deserialize, Serialize};

/// Items in a page when the caller does not say.
pub const DEFAULT_LIMIT: u64 = 20;
/// The most items that a page may have.
pub const MAX_LIMIT: u64 = 100;

/// A page of a keyset-paged list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// To be sent as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
    /// How many there are in all; only with `count=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// A page of any shape: it says where the next one is.
pub trait Paged {
    /// The cursor of the next page; nothing at the end.
    fn next_cursor(&self) -> Option<&str>;
}

impl<T> Paged for Page<T> {
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}
