//! The tests over HTTP: one binary, one folder for each slice, `contracts` for the rules of the whole API.
//! The engine is chosen by `NQ57_TEST_DATABASE`: `sqlite` (default) or the address of a PostgreSQL.

#[cfg(test)]
mod contracts;
#[cfg(test)]
mod harness;
