//! Evaluations: panels, conflicts of interest, score sheets, recommendations. An evaluation never
//! changes the state of its product but for opening it, and then through the product's own door.

mod conflict;
mod deadline;
mod enter;
mod evaluation;
mod follow_up;
mod notices;
mod on_site_visit;
mod open;
mod panel;
mod read;
mod recommendation;
mod review;
mod score_sheet;
mod seats;
mod store;
mod table;
mod view;
mod write;

use nq57_platform::registry::Slice;
use utoipa_actix_web::service_config::ServiceConfig;

pub use conflict::{declare, declare_conflict};
pub use on_site_visit::{record as record_visit, record_on_site_visit};
pub use open::{open, open_evaluation};
pub use panel::replace_panel;
pub use read::{list_product_evaluations, read_evaluation};
pub use recommendation::{give as give_recommendation, recommend};
pub use score_sheet::{record as record_sheet, record_score_sheet};

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("evaluations", "Panels, conflicts of interest, score sheets, recommendations.")],
    routes,
    topics: &[deadline::TOPIC, review::TOPIC, seats::TOPIC],
    notices: notices::NOTICES,
    on_transition: follow_up::LISTENERS,
    on_handover: review::HANDOVERS,
    on_joining: review::JOININGS,
    on_roles: seats::LISTENERS,
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes
        .service(open_evaluation)
        .service(list_product_evaluations)
        .service(read_evaluation)
        .service(replace_panel)
        .service(declare_conflict)
        .service(record_score_sheet)
        .service(recommend)
        .service(record_on_site_visit);
}
