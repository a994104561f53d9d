//! What people change together: something with a revision, that can be read again.

/// A thing of the API that is written with `If-Match`.
pub trait Resource {
    /// The revision as it was read.
    fn revision(&self) -> u64;

    /// Where it is read again, below `/api/v1`.
    fn path(&self) -> String;
}
