//! Reference data with validity and source: shipped as files, kept in tables, served from memory.
//! An entry is never removed, only expired, so that old records can always be read.

mod feed;
mod list;
mod lists;
mod read;
mod record;
mod refresh;
mod shipped;
mod snapshot;
mod store;
mod table;

use std::time::Duration;

use futures_util::FutureExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::public_cache::Topic;
use crate::jobs::Job;
use crate::registry::Slice;

pub use list::list_reference_lists;
pub use lists::Reference;
pub use read::read_reference_list;
pub use record::record_reference_entry;
pub use refresh::refresh;
pub use shipped::install;
pub use snapshot::Snapshot;
pub use store::lock_provinces;

/// Topic of the public cache.
const TOPIC: Topic = Topic::all("reference");

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("reference", "Coded lists: provinces, sectors, rubrics, texts of consent.")],
    routes,
    jobs: &[Job {
        name: "refresh reference data",
        every: Duration::from_secs(15),
        run: |state| refresh(state).boxed_local(),
    }],
    feed: feed::TYPES,
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes
        .service(list_reference_lists)
        .service(read_reference_list)
        .service(record_reference_entry);
}
