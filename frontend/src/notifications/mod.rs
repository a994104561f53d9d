//! The inbox: what happened, with a link to where it happened.

mod inbox_page;

pub use inbox_page::InboxPage;
