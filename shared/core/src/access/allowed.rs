//! The yes of a policy. The lints refuse to make one anywhere but in a policy (`clippy.toml`).

use uuid::Uuid;

use super::Denial;

/// What a policy answers.
pub type Decision = Result<Allowed, Denial>;

/// A policy has allowed something, about this one thing and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Allowed {
    thing: Option<Uuid>,
    part_of: Option<Uuid>,
}

impl Allowed {
    /// About something that is not there yet, or has no id.
    pub const fn without_id() -> Self {
        Self { thing: None, part_of: None }
    }

    /// About this thing.
    pub const fn about(thing: Uuid) -> Self {
        Self { thing: Some(thing), part_of: None }
    }

    /// About this thing and what it belongs to: what happens to it changes the revision there.
    pub const fn about_part(thing: Uuid, part_of: Uuid) -> Self {
        Self { thing: Some(thing), part_of: Some(part_of) }
    }

    /// Whether it was said about this thing.
    #[must_use]
    pub fn covers(&self, thing: Uuid) -> bool {
        self.thing == Some(thing) || self.part_of == Some(thing)
    }

    /// Whether it was said about no thing that is there.
    #[must_use]
    pub const fn is_without_id(&self) -> bool {
        self.thing.is_none()
    }
}
