//! Products, solutions and initiatives on their way from draft to publication: working text, sealed
//! versions, the eligibility check, what is public, and who has to act until when.
//!
//! State is written by `change_state` alone. Public queries read publications, never working rows.

mod access;
pub mod allowances;
mod attach_file;
mod attachments;
mod authors;
mod cards;
mod change_state;
mod create;
mod edit;
mod effects;
mod eligibility;
mod enter;
mod expire;
mod facets;
mod facts;
mod feed;
mod fingerprint;
mod hand_over;
mod history;
mod list;
mod list_history;
mod list_public;
mod list_working;
pub mod notices;
mod present;
mod publications;
mod read;
mod read_versions;
mod record_eligibility;
mod record_honours;
mod render_anew;
mod renew_secret;
mod send_event;
mod statistics;
mod store;
mod subject;
mod table;
mod tell;
mod track;
mod unsent;
mod versions;
mod work;

use std::time::Duration;

use futures_util::FutureExt;
use nq57_platform::jobs::Job;
use nq57_platform::registry::Slice;
use utoipa_actix_web::service_config::ServiceConfig;

pub use access::standing_of;
pub use attach_file::attach;
pub use authors::{is_of_sender, kept_from, officials_of};
pub use change_state::{Change, Changed, change_state};
pub use create::begin;
pub use edit::edit;
pub use expire::expire;
pub use record_eligibility::record as record_eligibility;
pub use record_honours::record as record_honours;
pub use render_anew::{render, render_anew};
pub use store::{KnownEvaluation, ProductRecord, find, note_evaluation};
pub use subject::{KIND, PANEL_CHAIR, PANEL_MEMBER, subject_of};
pub use versions::titles as sealed_titles;

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[(
        "products",
        "Products from the draft to the publication, with their files, versions and history.",
    )],
    routes,
    topics: tell::TOPICS,
    notices: notices::NOTICES,
    allowances: allowances::ALL,
    jobs: &[
        Job {
            name: "expire publications",
            every: Duration::from_secs(3600),
            run: |state| expire(state).boxed_local(),
        },
        Job {
            name: "render descriptions anew",
            every: Duration::from_secs(3600),
            run: |state| render_anew(state).boxed_local(),
        },
    ],
    tracked: &[track::TRACKED],
    unsent: Some(unsent::unsent),
    on_handover: hand_over::LISTENERS,
    drafts: Some(hand_over::DRAFTS),
    feed: feed::TYPES,
    ..Slice::EMPTY
};

/// The operations of this slice. Fixed paths stand before those with a parameter in the same place.
fn routes(routes: &mut ServiceConfig) {
    routes
        .service(statistics::read_product_statistics)
        .service(list::list_products)
        .service(create::create_product)
        .service(read::read_product)
        .service(edit::edit_product)
        .service(send_event::post_product_event)
        .service(renew_secret::renew_product_secret)
        .service(record_eligibility::read_eligibility)
        .service(record_eligibility::record_eligibility)
        .service(record_honours::record_honours)
        .service(list_history::list_product_history)
        .service(read_versions::list_product_versions)
        .service(read_versions::diff_product_versions)
        .service(read_versions::read_product_version)
        .service(attach_file::attach_product_file)
        .service(attach_file::detach_product_file)
        .service(attach_file::download_product_file);
}
