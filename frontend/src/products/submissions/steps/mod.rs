//! What each step of the wizard asks.

pub(super) mod files;
mod owner;
mod problem;
mod proof;
mod what;

pub(super) use owner::OwnerFields;
pub(super) use problem::ProblemFields;
pub(super) use proof::ProofFields;
pub(super) use what::WhatFields;
