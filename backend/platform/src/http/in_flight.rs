//! The idempotency keys that this process is working on: a second request with one of them does not wait.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use nq57_core::problem::ProblemCode;

use crate::error::ApiResult;

/// The keys that this process is working on.
#[derive(Clone, Debug, Default)]
pub struct InFlight(Arc<Mutex<HashSet<String>>>);

/// A key being worked on; gives it free when dropped.
pub struct InFlightGuard {
    keys: InFlight,
    key: String,
}

impl InFlight {
    /// Takes the key.
    ///
    /// # Errors
    /// 409 when another request has it.
    pub fn enter(&self, key: String) -> ApiResult<InFlightGuard> {
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        if is_new {
            Ok(InFlightGuard { keys: self.clone(), key })
        } else {
            Err(ProblemCode::IdempotencyInFlight.into())
        }
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
