//! What officials work with, across all domains: what waits for them, and the register of cases.

mod register_page;
mod work_page;

use nq57_ui::casework::CaseKinds;

pub use register_page::RegisterPage;
pub use work_page::WorkPage;

use crate::products;
use leptos::prelude::*;

use crate::reference::{List, list, name};

/// The kinds of cases. A domain adds its own.
pub const KINDS: CaseKinds = &[products::CASE_KIND];

/// The provinces to choose from.
fn places() -> Signal<Vec<String>> {
    Signal::derive(|| {
        let list = list(List::Provinces);
        list.map(|list| list.entries.iter().map(|entry| entry.code.clone()).collect())
            .unwrap_or_default()
    })
}

fn place(code: &str) -> String {
    name(List::Provinces, code)
}
