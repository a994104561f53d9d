//! What stands around every page: strip, masthead, footer; guards; pages about the platform itself.

mod account_menu;
mod footer;
mod guard;
mod legal;
mod masthead;
mod not_found;
mod shell;

pub use guard::{Guard, GuardProps};
pub use legal::{AboutPage, AccessibilityPage, PrivacyPage};
pub use not_found::{MissingPage, NotFoundPage};
pub use shell::Shell;
