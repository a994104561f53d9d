//! Deadlines in working days: start, pause, resume, extend, meet; reminders and breaches through the outbox.
//! Knows subjects by name and id; who is reminded is for the slice that owns the subject.
//!
//! What starts, pauses, resumes or meets one is a transition, whose domain records the case anew with [`due_at`].
//! An extension is none: it moves the date of the case and of its work by itself.

mod extend;
mod store;
mod table;
mod tick;

use std::time::Duration;

use chrono::NaiveDate;
use futures_util::FutureExt;
use nq57_core::calendar::WorkingCalendar;
use nq57_core::ids::DeadlineId;
use nq57_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jobs::Job;
use crate::subject::Subject;

pub use extend::{Bound, Extended, Extension, NotExtended, extend, extensions_of};
pub use store::{current, due_at, meet, meet_all, pause, resume, start, start_many, still_runs};
pub use tick::tick;

/// Until when: always the end of a day in Vietnam, so that a deadline is late from the next day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// So many working days later.
    In(u32),
    /// On this day, worked on or not.
    On(NaiveDate),
}

impl Due {
    /// The day, counted from this one.
    fn after(self, day: NaiveDate, calendar: &WorkingCalendar) -> NaiveDate {
        match self {
            Self::In(days) => calendar.add_working_days(day, days),
            Self::On(day) => day,
        }
    }
}

/// A deadline to be started.
#[derive(Clone, Copy, Debug)]
pub struct NewDeadline {
    pub subject: Subject,
    /// What is owed, in the words of the domain.
    pub kind: &'static str,
    pub due: Due,
}

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

impl OpenDeadline {
    /// Whether its time has passed: the one rule, in the register as in the tick.
    #[must_use]
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.paused_at.is_none() && self.due_at < now
    }
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
