//! Whether something kept in memory is still good: numbers that only grow. Whoever keeps something notes
//! the number before it reads; whoever changes what was read makes the number grow after the commit.
//!
//! Names share a fixed number of counters by their hash: nothing is allocated or locked, no name has to be
//! forgotten, and two names that meet in one counter cost a reading too many, never one too few.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A power of two.
const COUNTERS: usize = 4096;

/// The counters, shared by all clones.
#[derive(Clone)]
pub struct Generations(Arc<[AtomicU64]>);

/// Where a counter stood when something was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    counter: usize,
    generation: u64,
}

impl Generations {
    /// All at their beginning.
    #[must_use]
    pub fn new() -> Self {
        Self((0..COUNTERS).map(|_| AtomicU64::new(0)).collect())
    }

    /// Notes how things stand, to be called before reading.
    #[must_use]
    pub fn mark(&self, name: &[u8]) -> Mark {
        let counter = counter(name);
        Mark { counter, generation: self.at(counter) }
    }

    /// Whether nothing has changed since.
    #[must_use]
    pub fn is_current(&self, mark: Mark) -> bool {
        self.at(mark.counter) == mark.generation
    }

    /// What has this name has changed.
    pub fn change(&self, name: &[u8]) {
        if let Some(counter) = self.0.get(counter(name)) {
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Anything may have changed.
    pub fn change_all(&self) {
        for counter in self.0.iter() {
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn at(&self, counter: usize) -> u64 {
        self.0.get(counter).map_or(0, |counter| counter.load(Ordering::Acquire))
    }
}

impl Default for Generations {
    fn default() -> Self {
        Self::new()
    }
}

/// FNV-1a. Names travel between servers, numbers of counters do not.
fn counter(name: &[u8]) -> usize {
    let hash = name.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The upper bits of FNV are mixed better than the lower ones.
    usize::try_from((hash >> 32) ^ hash).unwrap_or_default() & (COUNTERS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_outdates_what_has_its_name_and_hardly_anything_else() {
        let generations = Generations::new();
        let marks: Vec<Mark> = (0..1000_u32).map(|n| generations.mark(&n.to_be_bytes())).collect();
        generations.change(&7_u32.to_be_bytes());
        let outdated: Vec<usize> =
            (0..1000).filter(|n| !generations.is_current(marks[*n])).collect();
        assert!(outdated.contains(&7));
        assert!(outdated.len() <= 3, "{outdated:?}");
        assert!(generations.is_current(generations.mark(&7_u32.to_be_bytes())));
        generations.change_all();
        assert!(marks.iter().all(|mark| !generations.is_current(*mark)));
    }
}
