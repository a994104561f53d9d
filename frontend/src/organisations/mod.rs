//! Organisations in the browser: one's own, asking to join, entering one, managing members.

mod api;
mod find;
mod found;
mod members_page;
mod organisations_page;
pub mod view_model;

pub use members_page::MembersPage;
pub use organisations_page::OrganisationsPage;
