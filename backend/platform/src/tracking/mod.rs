//! Following a case by its public code, without an account. What is shown is the case machinery's; this keeps the
//! door narrow.

mod track;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::registry::Slice;

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("tracking", "Where a submission stands, by code and secret, without an account.")],
    routes,
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes.service(track::track);
}
