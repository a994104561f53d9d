//! The wish that a content be removed, as the outbox carries it.

use serde::{Deserialize, Serialize};

use crate::error::ApiResult;
use crate::outbox::Push;

pub(super) const REMOVE: &str = "files.remove";

#[derive(Serialize, Deserialize)]
pub(super) struct Removal {
    pub key: String,
}

pub(super) fn removal(key: &str) -> ApiResult<Push> {
    Push::new(REMOVE, key, &Removal { key: key.to_owned() })
}
