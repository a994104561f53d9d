//! Accounts in the browser: signing in, registering, mails with links, one's own account.
//! What administrators do with accounts of others stands in `administration`.

mod account_page;
mod api;
mod mail_pages;
mod profile;
mod register_page;
mod sessions;
mod sign_in_page;
pub mod view_model;

pub use account_page::AccountPage;
pub use mail_pages::{ForgotPasswordPage, ResetPasswordPage, VerifyEmailPage, take_token};
pub use register_page::RegisterPage;
pub use sign_in_page::SignInPage;
