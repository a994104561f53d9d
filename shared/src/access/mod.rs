//! Who may do what: the vocabulary of `nq57-core`, and the decisions of each domain in `policy`.

pub mod policy;

pub use nq57_core::access::*;
