//! Following anything that has a public code, without an account. Each slice answers for its own
//! things; this one keeps the door narrow.

mod track;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this module.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(track::track);
}
