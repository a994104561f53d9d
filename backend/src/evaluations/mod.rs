//! Rounds of evaluation: panels, conflicts of interest, score sheets, recommendations. A round never
//! changes the state of its product but for opening it, and then through the product's own door.

mod round;
mod standing;
mod store;
mod table;

use utoipa_actix_web::service_config::ServiceConfig;

pub use standing::{PanelWork, Round, awaiting_decision, close, is_on_panel, panel, round, work_of};

/// The operations of this module.
pub fn routes(_routes: &mut ServiceConfig) {}
