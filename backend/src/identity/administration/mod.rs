//! What administrators do with accounts of others, and who may sit on a panel. Owns no table: the
//! slice `accounts` keeps them.

mod accounts;
mod create_admin;
mod grants;
mod notices;
mod panel_candidates;

use nq57_platform::registry::Slice;
use utoipa_actix_web::service_config::ServiceConfig;

pub use create_admin::{CreatedAdmin, create_admin};

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("administration", "Accounts and reference data, by administrators.")],
    routes,
    notices: notices::NOTICES,
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes
        .service(accounts::list_accounts)
        .service(accounts::read_account)
        .service(accounts::administer_account)
        .service(grants::grant_role)
        .service(grants::revoke_grant)
        .service(panel_candidates::list_panel_candidates);
}
