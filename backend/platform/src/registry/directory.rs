//! What the platform asks about people and programs, which it does not know itself.

use std::collections::HashMap;

use actix_web::HttpRequest;
use futures_util::future::LocalBoxFuture;
use nq57_core::access::{AccountActor, ClientActor};
use nq57_core::ids::{AccountId, ApiClientId, SessionId};
use nq57_core::language::Language;
use nq57_core::time::Timestamp;
use sea_orm::DatabaseConnection;

use crate::error::ApiResult;
use crate::http::api_key::ApiKey;
use crate::http::known_clients::{Credential, Ended, KnownClient};
use crate::state::AppState;

/// How to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: AccountId,
    pub email: String,
    pub display_name: String,
    pub language: Language,
}

/// What the platform asks about people.
pub trait Directory: Sync {
    /// Whoever has this session, with grants and memberships; nothing when it has ended.
    fn actor<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        session: SessionId,
        now: Timestamp,
    ) -> LocalBoxFuture<'a, ApiResult<Option<AccountActor>>>;

    /// Where to write to these accounts; without those who are suspended.
    fn contacts<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        ids: &'a [AccountId],
    ) -> LocalBoxFuture<'a, ApiResult<Vec<Contact>>>;

    /// What these accounts are called.
    fn names<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        ids: &'a [AccountId],
    ) -> LocalBoxFuture<'a, ApiResult<HashMap<AccountId, String>>>;
}

/// What the platform asks about clients.
pub trait Clients: Sync {
    /// Whose credential this is, or why that client is not let in; nothing when nobody has it.
    fn find<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        credential: &'a Credential,
        now: Timestamp,
    ) -> LocalBoxFuture<'a, ApiResult<Option<Result<KnownClient, Ended>>>>;

    /// What seals the cursors of the client in the change feed.
    fn cursor_key<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        client: ApiClientId,
    ) -> LocalBoxFuture<'a, ApiResult<String>>;

    /// The client with what it could see when its access had this version; nothing for one that it never had.
    fn formerly<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        client: &'a ClientActor,
        version: u32,
    ) -> LocalBoxFuture<'a, ApiResult<Option<ClientActor>>>;

    /// The key stood in an address, where logs and proxies keep it: it ends, and its organisation is told.
    fn revoke_exposed<'a>(
        &'a self,
        state: &'a AppState,
        request: &'a HttpRequest,
        key: &'a ApiKey,
    ) -> LocalBoxFuture<'a, ApiResult<()>>;
}
