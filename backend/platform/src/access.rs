//! Turns the yes of a policy into a `Permit`, the token that writing store functions consume.
//! A write without a decision does not compile, and a permit writes only the thing that was decided about.

use std::marker::PhantomData;

use anyhow::anyhow;
use nq57_core::access::{Allowed, Decision};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};

/// Proof that writing this `T` was permitted in this request. Consumed by the write.
#[derive(Debug)]
#[must_use = "a permit is for the write that follows it"]
pub struct Permit<T> {
    allowed: Allowed,
    thing: PhantomData<fn() -> T>,
}

/// The permit for what a policy has allowed.
///
/// # Errors
/// The denial, as the problem it is answered with.
pub fn permit<T>(decision: Decision) -> ApiResult<Permit<T>> {
    Ok(Permit { allowed: decision?, thing: PhantomData })
}

/// Lets a read continue when a policy has allowed it.
///
/// # Errors
/// The denial, as the problem it is answered with.
pub fn allow(decision: Decision) -> ApiResult<()> {
    decision.map(drop).map_err(ApiError::from)
}

impl<T> Permit<T> {
    /// Lets the write continue when the policy was asked about this thing.
    ///
    /// # Errors
    /// 500: the program has asked about one thing and writes another.
    pub fn covers(&self, id: impl Into<Uuid>) -> ApiResult<()> {
        let id = id.into();
        if self.allowed.covers(id) {
            return Ok(());
        }
        Err(ApiError::internal(anyhow!("no permit for the {} {id}", std::any::type_name::<T>())))
    }

    /// Lets the write continue when the policy was asked about something new, or without an id.
    ///
    /// # Errors
    /// 500: the program has asked about something else.
    pub fn covers_new(&self) -> ApiResult<()> {
        if self.allowed.is_without_id() {
            return Ok(());
        }
        Err(ApiError::internal(anyhow!("no permit for a new {}", std::any::type_name::<T>())))
    }
}

#[cfg(test)]
mod tests {
    use nq57_core::access::Actor;
    use nq57_core::access::policy::{PlatformAction, may};

    use super::*;

    #[test]
    fn a_permit_is_for_the_thing_that_was_decided_about_and_no_other() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let decide = |thing| may(&Actor::System, PlatformAction::DiscardDeadLetter, thing);
        let for_one: Permit<()> = permit(decide(Some(one))).expect("allowed");
        assert!(for_one.covers(one).is_ok());
        assert!(for_one.covers(other).is_err());
        assert!(for_one.covers_new().is_err());
        let for_new: Permit<()> = permit(decide(None)).expect("allowed");
        assert!(for_new.covers(one).is_err());
        assert!(for_new.covers_new().is_ok());
        let denied = permit::<()>(may(&Actor::Anonymous, PlatformAction::ReadAudit, None));
        assert!(denied.is_err());
    }
}
