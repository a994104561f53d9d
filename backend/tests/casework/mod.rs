//! What every case has: the register, work of all kinds, and a domain made for the test that gets it all.

mod numbers;
mod orders;
mod permits;
mod plans;
mod register;
mod small_domain;
