//! How much one account may upload: so many at the same time, so many bytes in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use nq57_core::ids::AccountId;
use nq57_core::problem::ProblemCode;
use sea_orm::ConnectionTrait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::store;
use crate::config::Config;
use crate::error::{ApiError, ApiResult};

/// The uploads under way in this process, by account.
#[derive(Clone, Default)]
pub struct Uploads(Arc<Mutex<HashMap<AccountId, Arc<Semaphore>>>>);

/// A place among the uploads of an account; given back when dropped.
pub struct UploadPlace {
    uploads: Uploads,
    account: AccountId,
    permit: Option<OwnedSemaphorePermit>,
}

impl Uploads {
    /// Waits for a place.
    ///
    /// # Errors
    /// 429 when none becomes free within the time that a body may take.
    pub async fn enter(&self, config: &Config, account: AccountId) -> ApiResult<UploadPlace> {
        let places = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let most = config.files.uploads_at_once;
            all.entry(account).or_insert_with(|| Arc::new(Semaphore::new(most))).clone()
        };
        // From here on whatever happens, the last one out removes the entry.
        let mut place = UploadPlace { uploads: self.clone(), account, permit: None };
        let patience = Duration::from_secs(config.http.body_seconds);
        let permit = tokio::time::timeout(patience, places.acquire_owned()).await;
        let permit = permit.map_err(|_| {
            let soon = HeaderValue::from_static("5");
            ApiError::problem(ProblemCode::TooManyUploads).header(RETRY_AFTER, soon)
        })?;
        place.permit = Some(permit.map_err(ApiError::internal)?);
        Ok(place)
    }
}

impl Drop for UploadPlace {
    fn drop(&mut self) {
        self.permit = None;
        let mut all = self.uploads.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waits or uploads holds it too.
        if all.get(&self.account).is_some_and(|places| Arc::strong_count(places) == 1) {
            all.remove(&self.account);
        }
    }
}

/// Whether the account may keep `more` bytes beside what it keeps already. Two uploads at the same moment
/// may pass together: the quota is exceeded by no more than those under way.
///
/// # Errors
/// 409 when it may not.
pub async fn require_room(
    db: &impl ConnectionTrait,
    config: &Config,
    account: AccountId,
    more: u64,
) -> ApiResult<()> {
    let kept = store::bytes_of(db, account).await?;
    if kept.saturating_add(more) <= config.files.max_bytes_per_account {
        return Ok(());
    }
    Err(ProblemCode::FileQuotaReached.into())
}
