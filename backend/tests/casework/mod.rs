//! What every case has: the register, work of all kinds, and a domain made for the test that gets it all.

mod orders;
mod permits;
mod plans;
mod register;
mod small_domain;
