//! Typed identifiers over UUIDv7: those of the platform, and one for each kind of thing in the domains.

use uuid::Uuid;

pub use nq57_core::ids::*;

nq57_core::typed_ids! {
    /// A product, solution or initiative, through all its versions.
    ProductId;
    /// An evaluation of one version.
    EvaluationId;
}
