//! Rules about the whole API, held for every operation that exists, also for those of tomorrow.

mod headers;
mod problems;
