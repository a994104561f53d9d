//! What administrators do with accounts of others, over HTTP.

mod accounts;
mod create_admin;
mod grants;
mod reach;
