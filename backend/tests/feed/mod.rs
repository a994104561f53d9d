//! The change feed: what enters it, who reads what, and that copies stay equal whatever happens.
//!
//! The tests of chance are short by themselves; `NQ57_TEST_FEED=20` makes them so many times as long.

mod access;
mod histories;
mod mirror;
mod order;
mod restore;
mod storm;
mod streams;
mod waiting;
mod wire;
mod writers;

pub use mirror::{Mirror, Objects};
pub use order::{put, put_many, thing};

/// How many times as long as by themselves.
#[expect(clippy::disallowed_methods, reason = "how long tests take is the tester's choice")]
fn scale() -> u64 {
    std::env::var("NQ57_TEST_FEED").ok().map_or(1, |given| given.parse().expect("a number"))
}
