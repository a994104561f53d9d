//! Places that each account has for itself, in this process: whoever wants more at once waits for the own ones, and
//! keeps nobody else waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use nq57_core::ids::AccountId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, ApiResult};

/// The places that are taken, by account.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<AccountId, Arc<Semaphore>>>>);

/// A place of an account; given back when dropped.
pub struct Turn {
    turns: Turns,
    account: AccountId,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits for one of so many places of the account.
    ///
    /// # Errors
    /// When the process is stopping.
    pub async fn enter(&self, account: AccountId, most: usize) -> ApiResult<Turn> {
        let places = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(account).or_insert_with(|| Arc::new(Semaphore::new(most))).clone()
        };
        // From here on whatever happens, the last one out removes the entry.
        let mut turn = Turn { turns: self.clone(), account, permit: None };
        turn.permit = Some(places.acquire_owned().await.map_err(ApiError::internal)?);
        Ok(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.permit = None;
        let mut all = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waits or has a place holds it too.
        if all.get(&self.account).is_some_and(|places| Arc::strong_count(places) == 1) {
            all.remove(&self.account);
        }
    }
}
