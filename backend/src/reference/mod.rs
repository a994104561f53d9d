//! Reference data with validity and source: shipped as files, kept in tables, served from memory.
//! An entry is never removed, only expired, so that old records can always be read.

mod list;
mod read;
mod record;
mod shipped;
mod snapshot;
mod store;
mod table;

use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::DatabaseConnection;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::AppState;
use crate::error::ApiResult;
use crate::http::public_cache::Topic;

pub use list::list_reference_lists;
pub use read::read_reference_list;
pub use record::record_reference_entry;
pub use shipped::install;
pub use snapshot::Snapshot;

/// Topic of the public cache.
const TOPIC: Topic = Topic::all("reference");

/// All lists as they are now. Reading never waits for the database.
#[derive(Clone)]
pub struct Reference(Arc<RwLock<Arc<Snapshot>>>);

impl Reference {
    /// Reads all lists.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn load(db: &DatabaseConnection) -> ApiResult<Self> {
        Ok(Self(Arc::new(RwLock::new(Arc::new(store::load(db).await?)))))
    }

    /// The lists at this moment; they do not change while the snapshot is held.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, snapshot: Snapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}

/// Takes over what another server has changed.
///
/// # Errors
/// Failures of the database; the lists stay as they were.
pub async fn refresh(state: AppState) -> ApiResult<()> {
    if store::revision(&state.db).await? != state.reference.snapshot().revision() {
        reload(&state).await?;
    }
    Ok(())
}

async fn reload(state: &AppState) -> ApiResult<()> {
    state.reference.replace(store::load(&state.db).await?);
    state.public_cache.invalidate(TOPIC);
    Ok(())
}

/// The operations of this module.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(list_reference_lists)
        .service(read_reference_list)
        .service(record_reference_entry);
}
