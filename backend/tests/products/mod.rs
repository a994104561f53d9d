//! Products over HTTP: from draft to publication, and every way in which that is refused.

mod answering;
mod check;
mod drafts;
mod events;
mod expiry;
mod files;
mod lists;
mod main_path;
mod markup;
mod office;
mod revisions;
mod shapes;
mod statistics;
pub mod stories;
mod unsent;
mod versions;
mod visibility;
mod work;
