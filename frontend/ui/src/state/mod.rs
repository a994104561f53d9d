//! The only state that outlives a page: who is signed in, what the reader prefers, what the page says about itself.

pub mod address;
pub mod carried;
pub mod local_drafts;
pub mod page;
pub mod preferences;
pub mod session;
pub mod site;
pub mod unread;
