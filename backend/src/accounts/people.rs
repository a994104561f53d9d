//! Answers what the platform asks about people.

use std::collections::HashMap;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use nq57_shared::access::AccountActor;
use nq57_shared::ids::{AccountId, SessionId};
use nq57_shared::time::Timestamp;
use sea_orm::DatabaseConnection;

use super::store;
use crate::error::ApiResult;
use crate::registry::{Contact, Directory};

/// The accounts of this platform.
pub struct People;

impl Directory for People {
    fn actor<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        session: SessionId,
        now: Timestamp,
    ) -> BoxFuture<'a, ApiResult<Option<AccountActor>>> {
        store::load_actor(db, session, now).boxed()
    }

    fn contacts<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        ids: &'a [AccountId],
    ) -> BoxFuture<'a, ApiResult<Vec<Contact>>> {
        store::contacts(db, ids).boxed()
    }

    fn names<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        ids: &'a [AccountId],
    ) -> BoxFuture<'a, ApiResult<HashMap<AccountId, String>>> {
        store::names(db, ids).boxed()
    }
}
