//! The tests over HTTP: one binary, one folder for each slice, `contracts` for the rules of the whole API.
//! The engine is chosen by `NQ57_TEST_DATABASE`: `sqlite` (default) or the address of a PostgreSQL.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod administration;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod casework;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod contracts;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod evaluations;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod files;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod notifications;
#[cfg(test)]
mod organisations;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod products;
#[cfg(test)]
mod pull;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tracking;
