//! Clients in the browser: an organisation's list, a new one with its key, one with its access, keys and requests; for
//! administrators all of them.

mod access;
mod api;
mod client_page;
mod form;
mod key_shown;
mod list;
mod list_page;
mod new_page;
mod requests;
mod secrets;
pub mod standing;
pub mod view_model;

pub use client_page::ClientPage;
pub use list::AllClients;
pub use list_page::ClientsPage;
pub use new_page::NewClientPage;
