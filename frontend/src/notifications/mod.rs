//! The inbox: what happened, with a link to where it happened; and letters about cases to who has no account.

mod case_letters_page;
mod inbox_page;

pub use case_letters_page::CaseLettersPage;
pub use inbox_page::InboxPage;
