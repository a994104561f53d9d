//! Deadlines in working days: start, pause, resume, meet; reminders and breaches through the outbox.
//! Knows subjects by name and id; who is reminded is for the slice that owns the subject.

mod store;
mod table;
mod tick;

use std::time::Duration;

use futures_util::FutureExt;
use nq57_shared::clocks::ClockKind;
use nq57_shared::ids::ClockId;
use nq57_shared::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jobs::Job;
use crate::registry::Slice;

pub use store::{current, meet, meet_all, pause, resume, start, start_until, still_runs};
pub use tick::tick;

/// What a deadline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    kind: &'static str,
    id: Uuid,
}

impl Subject {
    /// A thing of this kind, for example `product`.
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// What the outbox tells the owner of the subject, under the topic `<subject>.deadline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub clock: ClockId,
    pub subject_id: Uuid,
    pub kind: ClockKind,
    pub due_at: Timestamp,
    pub notice: DeadlineNotice,
}

/// Why the owner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineNotice {
    /// At most one working day is left.
    Soon,
    /// The deadline has passed.
    Breached,
}

/// What this module brings.
pub const SLICE: Slice = Slice {
    jobs: &[Job {
        name: "tick deadlines",
        every: Duration::from_secs(60),
        run: |state| tick::tick(state).boxed_local(),
    }],
    ..Slice::EMPTY
};
