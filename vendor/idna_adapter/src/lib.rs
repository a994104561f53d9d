//! `idna_adapter` 1.2.2 for programs and 1.0.0 for the browser bundle, unchanged, chosen by target.
//! The bundle talks to its own server only; the Unicode tables for foreign domains are 37 KB of it.
#![no_std]
#![allow(deprecated)]

#[cfg(target_arch = "wasm32")]
#[path = "ascii.rs"]
mod adapter;
#[cfg(not(target_arch = "wasm32"))]
#[path = "icu.rs"]
mod adapter;

pub use adapter::*;
