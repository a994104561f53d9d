//! Organisations in the browser: one's own, asking to join, entering one, managing members;
//! where each stands in the tree and in time.

mod api;
mod facts;
mod find;
mod found;
pub mod hand_over;
mod members_page;
mod organisations_page;
pub mod picker;
mod place_form;
pub mod view_model;

pub use api::read;
pub use members_page::MembersPage;
pub use organisations_page::OrganisationsPage;
