//! Deadlines in working days: start, pause, resume, meet; reminders and breaches through the outbox.
//! Knows subjects by name and id; who is reminded is for the slice that owns the subject.

mod store;
mod table;
mod tick;

use std::time::Duration;

use futures_util::FutureExt;
use nq57_core::ids::DeadlineId;
use nq57_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jobs::Job;

pub use store::{current, meet, meet_all, pause, resume, start, start_until, still_runs};
pub use tick::tick;

/// A deadline that is not met yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDeadline {
    /// What is owed, in the words of the domain.
    pub kind: String,
    pub started_at: Timestamp,
    /// The end of the last day, in Vietnam. While the time stands still this is what it was before.
    pub due_at: Timestamp,
    /// Since when the time stands still, because somebody else owes something.
    pub paused_at: Option<Timestamp>,
    /// When the deadline was noticed to have passed.
    pub breached_at: Option<Timestamp>,
}

/// What the outbox tells the owner of the subject, under the topic `<subject>.deadline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub id: DeadlineId,
    pub subject_id: Uuid,
    pub kind: String,
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

/// The work of this module.
pub(super) const JOBS: &[Job] = &[Job {
    name: "tick deadlines",
    every: Duration::from_secs(60),
    run: |state| tick::tick(state).boxed_local(),
}];
