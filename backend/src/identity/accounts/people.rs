//! Answers what the platform asks about people.

use std::collections::HashMap;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use nq57_platform::error::ApiResult;
use nq57_platform::registry::{Contact, Directory};
use nq57_shared::access::AccountActor;
use nq57_shared::ids::{AccountId, SessionId};
use nq57_shared::time::Timestamp;
use sea_orm::DatabaseConnection;

use super::store;

/// The accounts of this platform.
pub struct People;

impl Directory for People {
    fn actor<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        session: SessionId,
        now: Timestamp,
    ) -> LocalBoxFuture<'a, ApiResult<Option<AccountActor>>> {
        store::load_actor(db, session, now).boxed_local()
    }

    fn contacts<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        ids: &'a [AccountId],
    ) -> LocalBoxFuture<'a, ApiResult<Vec<Contact>>> {
        store::contacts(db, ids).boxed_local()
    }

    fn names<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        ids: &'a [AccountId],
    ) -> LocalBoxFuture<'a, ApiResult<HashMap<AccountId, String>>> {
        store::names(db, ids).boxed_local()
    }
}
