//! The only reader of the machine's time, and the maker of identifiers, which carry time.
//! Tests give a fixed clock and move it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{Duration, Utc};
use nq57_core::time::{Timestamp, to_micros};
use uuid::{ContextV7, Uuid};

/// Where time and identifiers come from.
#[derive(Clone)]
pub struct Clock {
    source: Source,
    /// Keeps identifiers ascending also within one millisecond.
    sequence: Arc<Mutex<ContextV7>>,
}

#[derive(Clone)]
enum Source {
    System,
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The time of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self::of(Source::System)
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self::of(Source::Fixed(Arc::new(Mutex::new(to_micros(at)))))
    }

    fn of(source: Source) -> Self {
        Self { source, sequence: Arc::new(Mutex::new(ContextV7::new())) }
    }

    /// This instant, in microseconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.source {
            #[expect(clippy::disallowed_methods, reason = "this is the one door for time")]
            Source::System => to_micros(Utc::now()),
            Source::Fixed(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a fixed clock; the system's clock cannot be moved and stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Source::Fixed(at) = &self.source {
            let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
            *at = to_micros(*at + by);
        }
    }

    /// A new identifier, ascending within this process: `clock.new_id::<ProductId>()`.
    #[must_use]
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let sequence = self.sequence.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = uuid::Timestamp::from_unix(&*sequence, seconds, now.timestamp_subsec_nanos());
        T::from(Uuid::new_v7(stamp))
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.source {
            Source::System => "Clock::system",
            Source::Fixed(_) => "Clock::fixed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told_and_identifiers_ascend() {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH + Duration::days(20_000));
        let start = clock.now();
        assert_eq!(clock.now(), start);
        let ids: Vec<Uuid> = (0..1000).map(|_| clock.new_id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "identifiers ascend within one instant");
        clock.advance(Duration::minutes(3));
        assert_eq!(clock.now() - start, Duration::minutes(3));
        assert!(clock.new_id::<Uuid>() > ids[999]);
    }
}
