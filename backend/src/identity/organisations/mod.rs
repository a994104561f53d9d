//! Organisations: entering, editing, confirming, their members and requests to join.
//! Reading them is public; they hold no personal data.

mod create;
mod edit;
mod feed;
mod hand_over;
mod join_request_store;
mod join_requests;
mod lineage;
mod list;
mod members;
mod notices;
mod read;
mod store;
mod table;
mod tree;
mod verify;

use nq57_platform::http::public_cache::Topic;
use nq57_platform::registry::Slice;
use utoipa_actix_web::service_config::ServiceConfig;

pub use lineage::set_successors;
pub use members::{add_member, departed_since, is_manager, managers_of, side, side_since};
pub use store::{
    create, find, find_living, is_out_of_force, many, memberships_of, memberships_of_all, names,
};
pub use tree::{MOST_BELOW, above, count_below, reach_of};

/// Topic of the public cache.
const TOPIC: Topic = Topic::all("organisations");

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("organisations", "Organisations and their members.")],
    routes,
    notices: notices::NOTICES,
    feed: feed::TYPES,
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes
        .service(list::list_organisations)
        .service(create::create_organisation)
        .service(read::read_organisation)
        .service(edit::edit_organisation)
        .service(verify::verify_organisation)
        .service(lineage::read_lineage)
        .service(lineage::replace_successors)
        .service(hand_over::hand_over_cases)
        .service(members::list_members)
        .service(members::remove_member)
        .service(join_requests::request_to_join)
        .service(join_requests::list_join_requests)
        .service(join_requests::answer_join_request)
        .service(join_requests::list_own_join_requests);
}
