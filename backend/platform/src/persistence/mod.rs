//! The database, whichever of the two it is: connecting, transactions, paging, searching.
//! Names no domain noun and no table of a slice.

pub mod bounded;
pub mod connect;
pub mod cursor;
pub mod dialect;
pub mod failure;
pub mod keyset;
pub mod probe;
pub mod search;
pub mod transaction;
pub mod values;
