//! What waits for the reader, across all domains: due first, each leading to the page where it is done.

mod queue;
mod shortcuts;
mod view_model;
mod work_page;

pub use work_page::WorkPage;
