//! A part of a record that one writes while others may change the record: sent over what was read last.
//! Refuses to write over what somebody else has put into the same part: both are held until one is chosen.

use leptos::prelude::*;
use nq57_shared::resource::Resource;
use serde::de::DeserializeOwned;

use super::{Failure, get};

/// What carries a revision.
pub trait Record: Clone + Send + Sync + 'static {
    /// The revision as it was read.
    fn revision(&self) -> u64;

    /// The record as the server has it now.
    fn read_again(&self) -> impl Future<Output = Result<Self, Failure>>;
}

impl<T: Resource + DeserializeOwned + Clone + Send + Sync + 'static> Record for T {
    fn revision(&self) -> u64 {
        Resource::revision(self)
    }

    async fn read_again(&self) -> Result<Self, Failure> {
        Ok(get(self.path()).send().await?.body)
    }
}

/// Why nothing was written.
#[derive(Debug)]
pub enum NotSent {
    /// Somebody else has changed the same part: both are held.
    Both,
    Failed(Failure),
    /// The page has been left.
    Gone,
}

/// The record that one writes over. `Copy`.
pub struct Overlap<R: Record> {
    record: RwSignal<R>,
    theirs: RwSignal<Option<R>>,
}

impl<R: Record> Clone for Overlap<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Record> Copy for Overlap<R> {}

impl<R: Record> Overlap<R> {
    /// Over the record as it was read.
    pub fn new(record: R) -> Self {
        Self { record: RwSignal::new(record), theirs: RwSignal::new(None) }
    }

    /// What one writes over; `None` once the page has been left; reactive.
    pub fn record(self) -> Option<R> {
        self.record.try_get()
    }

    /// What somebody else has written meanwhile, until one of both is chosen; reactive.
    pub fn theirs(self) -> Option<R> {
        self.theirs.try_get().flatten()
    }

    /// Writes over this from now on.
    pub fn adopt(self, record: R) {
        self.record.try_set(record);
        self.theirs.try_set(None);
    }

    /// Holds what somebody else has written beside mine.
    pub fn set_theirs(self, theirs: R) {
        self.theirs.try_set(Some(theirs));
    }

    /// Sends `mine`. When somebody else has changed the record meanwhile, but not this part, sends it again
    /// with the new revision.
    ///
    /// # Errors
    /// Somebody else has changed the same part, the server said no, or the page has been left.
    pub async fn send<P: PartialEq>(
        self,
        mine: &P,
        part: impl Fn(&R) -> P,
        write: impl AsyncFn(&R) -> Result<R, Failure>,
    ) -> Result<R, NotSent> {
        let Some(base) = untrack(|| self.record()) else { return Err(NotSent::Gone) };
        if untrack(|| self.theirs()).is_some() {
            return Err(NotSent::Both);
        }
        let written = match write(&base).await {
            Err(failure) if failure.is_stale() => {
                let fresh = base.read_again().await.map_err(NotSent::Failed)?;
                if self.record.is_disposed() {
                    return Err(NotSent::Gone);
                }
                let found = part(&fresh);
                if found != part(&base) && found != *mine {
                    self.set_theirs(fresh);
                    return Err(NotSent::Both);
                }
                write(&fresh).await
            }
            first => first,
        };
        let written = written.map_err(NotSent::Failed)?;
        self.record.try_set(written.clone());
        Ok(written)
    }

    /// Mine will be written over what somebody else has written.
    pub fn keep_mine(self) {
        if let Some(theirs) = untrack(|| self.theirs()) {
            self.adopt(theirs);
        }
    }

    /// Mine is given up for what this returns.
    pub fn take_theirs(self) -> Option<R> {
        let theirs = untrack(|| self.theirs())?;
        self.adopt(theirs.clone());
        Some(theirs)
    }
}
