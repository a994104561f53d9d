//! What this process knows of the feed: the last number it has seen, who waits for the next one, how many sums are made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use nq57_core::feed::{ChangeSummary, WAIT_MAX};
use nq57_core::problem::ProblemCode;
use tokio::sync::{Semaphore, watch};

use crate::error::{ApiError, ApiResult};
use crate::http::signals::{Signal, Signals};

/// Requests of one caller that may wait at once.
const WAITING_EACH: usize = 2;
/// Requests that may wait at one server.
const WAITING_ALL: usize = 1_000;
/// Answers of one caller that may be read at once.
const READING_EACH: usize = 8;
/// Answers that may be read at once at one server: each holds some lines until its reader takes them.
const READING_ALL: usize = 128;
/// Summaries that are made at once: each reads everything.
const SUMMARIES: usize = 2;
/// Summaries that are kept.
const KEPT: usize = 64;

/// What all parts of the feed in this process share. Cheap to clone.
#[derive(Clone)]
pub struct Feed(Arc<Shared>);

struct Shared {
    head: watch::Sender<i64>,
    waiting: Arc<Turns>,
    reading: Arc<Turns>,
    signals: Signals,
    summaries: Semaphore,
    kept: Mutex<HashMap<String, ChangeSummary>>,
}

impl Feed {
    /// Has seen nothing yet; tells the other servers what gets a number here.
    #[must_use]
    pub fn new(signals: Signals) -> Self {
        Self(Arc::new(Shared {
            head: watch::Sender::new(0),
            waiting: Turns::new(WAITING_EACH, WAITING_ALL),
            reading: Turns::new(READING_EACH, READING_ALL),
            signals,
            summaries: Semaphore::new(SUMMARIES),
            kept: Mutex::default(),
        }))
    }

    /// The last number that was seen.
    #[must_use]
    pub fn seen(&self) -> i64 {
        *self.0.head.borrow()
    }

    /// The head has moved here: who waits looks, at the other servers too.
    pub(super) fn announce(&self, head: i64) {
        self.advance(head);
        self.0.signals.send(Signal::Changes(head));
    }

    /// The head has moved.
    pub fn advance(&self, head: i64) {
        self.0.head.send_if_modified(|seen| {
            let is_new = head > *seen;
            *seen = head.max(*seen);
            is_new
        });
    }

    /// The head may have moved: who waits looks.
    pub fn nudge(&self) {
        self.0.head.send_modify(|_| ());
    }

    /// The head went back: the database is another one.
    pub(super) fn reset(&self, head: i64) {
        self.0.head.send_modify(|seen| *seen = head);
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Tells when the head moves.
    pub(super) fn watch(&self) -> watch::Receiver<i64> {
        self.0.head.subscribe()
    }

    /// Requests that wait now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.waiting.lock().values().sum()
    }

    /// Lets a request of this caller wait, as long as what is returned is held.
    pub(super) fn wait(&self, scope: String) -> ApiResult<Turn> {
        self.0.waiting.take(scope, "Too many requests wait for changes.")
    }

    /// Lets an answer to this caller be read, or a summary be made for it, as long as what is returned is held.
    pub(super) fn read(&self, scope: String) -> ApiResult<Turn> {
        self.0.reading.take(scope, "Too many answers are being read.")
    }

    /// The turn of one summary among those that are made.
    pub(super) fn summaries(&self) -> &Semaphore {
        &self.0.summaries
    }

    /// A summary that was made of this.
    pub(super) fn kept(&self, key: &str) -> Option<ChangeSummary> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(super) fn keep(&self, key: String, summary: ChangeSummary) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, summary);
    }
}

/// How many there may be at once of each caller, and of all.
struct Turns {
    each: usize,
    all: usize,
    taken: Mutex<HashMap<String, usize>>,
}

impl Turns {
    fn new(each: usize, all: usize) -> Arc<Self> {
        Arc::new(Self { each, all, taken: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, scope: String, refusal: &'static str) -> ApiResult<Turn> {
        let mut taken = self.lock();
        let all: usize = taken.values().sum();
        let mine = taken.get(&scope).copied().unwrap_or_default();
        if mine >= self.each || all >= self.all {
            return Err(ApiError::problem(ProblemCode::TooManyRequests)
                .detail(refusal)
                .header(RETRY_AFTER, HeaderValue::from(WAIT_MAX)));
        }
        taken.insert(scope.clone(), mine + 1);
        Ok(Turn { turns: self.clone(), scope })
    }
}

/// One of them, until it is dropped.
pub(super) struct Turn {
    turns: Arc<Turns>,
    scope: String,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.turns.lock();
        if let Some(mine) = taken.get_mut(&self.scope) {
            *mine -= 1;
            if *mine == 0 {
                taken.remove(&self.scope);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_a_caller_wait_and_the_third_may_when_one_has_gone() {
        let feed = Feed::new(Signals::new());
        let first = feed.wait("a".into()).expect("the first");
        let second = feed.wait("a".into()).expect("the second");
        let third = feed.wait("a".into()).err().expect("refused");
        assert_eq!(third.code(), ProblemCode::TooManyRequests);
        let other = feed.wait("b".into()).expect("somebody else");
        drop(second);
        let third = feed.wait("a".into()).expect("now");
        drop((first, third, other));
        assert!(feed.0.waiting.lock().is_empty());
    }

    #[test]
    fn what_was_seen_only_grows_until_the_database_is_another() {
        let feed = Feed::new(Signals::new());
        feed.advance(7);
        feed.advance(3);
        assert_eq!(feed.seen(), 7);
        feed.reset(2);
        assert_eq!(feed.seen(), 2);
    }
}
