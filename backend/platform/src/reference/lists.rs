//! The lists in memory.

use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::DatabaseConnection;

use super::snapshot::Snapshot;
use super::store;
use crate::error::ApiResult;

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

    pub(super) fn replace(&self, snapshot: Snapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}
