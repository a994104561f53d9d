//! Turns a decision of a policy into a `Permit`, the token that writing store functions consume.
//! A write without a decision does not compile: only `permit` makes the token.

use std::marker::PhantomData;

use nq57_shared::access::Denial;

use crate::error::ApiError;

/// Proof that writing a `T` was permitted in this request. Consumed by the write.
#[derive(Debug)]
#[must_use = "a permit is for the write that follows it"]
pub struct Permit<T> {
    thing: PhantomData<fn() -> T>,
}

/// The permit for what a policy has allowed.
///
/// # Errors
/// The denial, as the problem it is answered with.
pub fn permit<T>(decision: Result<(), Denial>) -> Result<Permit<T>, ApiError> {
    decision?;
    Ok(Permit { thing: PhantomData })
}

/// Lets a read continue when a policy has allowed it.
///
/// # Errors
/// The denial, as the problem it is answered with.
pub fn allow(decision: Result<(), Denial>) -> Result<(), ApiError> {
    Ok(decision?)
}
