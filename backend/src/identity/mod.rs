//! Who somebody is: accounts with their sessions and roles, organisations with their members.
//! Stands on the platform; the domains stand on it.

pub mod accounts;
pub mod administration;
pub mod clients;
pub mod organisations;
