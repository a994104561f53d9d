//! The domains, one folder each, of the same name as in `shared`. One may stand on another only where the
//! test of the floors says so.

pub mod evaluations;
pub mod products;
