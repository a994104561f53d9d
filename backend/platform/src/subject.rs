//! What something is about.

use uuid::Uuid;

/// A kind of thing, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// For example `product`.
    pub kind: &'static str,
    pub id: Uuid,
}

impl Subject {
    /// The thing of this kind with this id.
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into() }
    }
}
