//! The change feed: everything that slices show to others, object by object, in one order that survives late commits,
//! restored databases and changed access. Knows types by name only; slices hand them down and put their changes in.
//!
//! A writer leaves the object in an inbox, in its own transaction (`inbox`). After the commit the sequencer gives numbers.
//! What stands in the feed is one row for each object and audience, at its last number: a whole copy and what has changed
//! since are the same query.

mod access;
mod check;
mod cursor;
mod generation;
mod head;
pub mod hub;
mod inbox;
mod kind;
mod pull;
mod rows;
mod schemas;
mod sequencer;
mod sum;
mod summary;
mod table;
mod walk;

use std::time::Duration;

use futures_util::FutureExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::error::ApiResult;
use crate::jobs::Job;
use crate::registry::Slice;
use crate::state::AppState;

pub use access::{Access, Offices};
pub use check::{Difference, differences, look as compare, rebuild};
pub use inbox::put;
pub use kind::{Audiences, Entry, FeedType, Project, Which, schema_of};
pub use pull::pull_changes;
pub use schemas::read_change_schemas;
pub use sequencer::{Numbered, run, sequence, sequence_all};
pub use sum::{Parts, Sum, part_of};
pub use summary::read_change_summary;
pub use walk::{Asked, Walk};

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("changes", "Everything that has changed, for copies that stay equal.")],
    routes,
    jobs: &[Job {
        name: "compare the feed",
        every: Duration::from_secs(3600),
        run: |state| check::look(state).boxed_local(),
    }],
    ..Slice::EMPTY
};

/// Begins a generation: whoever read beyond what this database knows copies anew. At each start of a server.
///
/// # Errors
/// Failures of the database.
pub async fn begin(state: &AppState) -> ApiResult<()> {
    generation::begin(&state.db, &state.clock, &state.feed).await
}

/// The operations of this module. Fixed paths stand before the shorter one.
fn routes(routes: &mut ServiceConfig) {
    routes.service(read_change_summary).service(read_change_schemas).service(pull_changes);
}
