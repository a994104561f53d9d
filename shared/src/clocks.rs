//! Deadlines as everybody sees them: what is owed, until when, and whether the time is standing still.
//! The server starts, pauses and meets them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is owed before the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// The result of the eligibility check.
    Eligibility,
    /// An answer that the submitter owes.
    Information,
    /// The recommendation of the panel.
    Evaluation,
    /// The decision and publication.
    Publication,
    /// The score sheets of the panel, until the day that its chair has set.
    Scoring,
}

impl ClockKind {
    /// All kinds, in the order of the procedure.
    pub const ALL: [Self; 5] =
        [Self::Eligibility, Self::Information, Self::Evaluation, Self::Publication, Self::Scoring];

    /// The stable text of the kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eligibility => "eligibility",
            Self::Information => "information",
            Self::Evaluation => "evaluation",
            Self::Publication => "publication",
            Self::Scoring => "scoring",
        }
    }

    /// The kind of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A deadline that is not met yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Clock {
    pub kind: ClockKind,
    pub started_at: DateTime<Utc>,
    /// The end of the last day, in Vietnam. While the clock is paused this is what it was before.
    pub due_at: DateTime<Utc>,
    /// Since when the time stands still, because somebody else owes something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<DateTime<Utc>>,
    /// When the deadline was noticed to have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breached_at: Option<DateTime<Utc>>,
}

impl Clock {
    /// Whether the deadline has passed at `now`.
    #[must_use]
    pub fn is_breached(&self, now: DateTime<Utc>) -> bool {
        self.breached_at.is_some() || (self.paused_at.is_none() && now > self.due_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_back_from_its_text() {
        for kind in ClockKind::ALL {
            assert_eq!(ClockKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(ClockKind::parse("nap"), None);
    }
}
