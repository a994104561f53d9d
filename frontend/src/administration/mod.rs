//! What administrators do: accounts and roles, organisations, undelivered messages, the audit.

mod account_page;
mod accounts_page;
mod api;
mod audit_page;
mod clients_page;
mod dead_letters_page;
mod frame;
mod grant_form;
mod organisations_page;
mod view_model;

pub use account_page::AccountAdministrationPage;
pub use accounts_page::AccountsPage;
pub use audit_page::AuditPage;
pub use clients_page::ClientsAdministrationPage;
pub use dead_letters_page::DeadLettersPage;
pub use organisations_page::OrganisationsAdministrationPage;
