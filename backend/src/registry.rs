//! What the slices hand down to the platform: routes, work, answers. The platform calls whatever stands
//! here and knows none of those who put it here.

use std::collections::HashMap;
use std::sync::OnceLock;

use futures_util::future::LocalBoxFuture;
use nq57_shared::access::AccountActor;
use nq57_shared::ids::{AccountId, SessionId};
use nq57_shared::language::Language;
use nq57_shared::time::Timestamp;
use nq57_shared::tracking::{TrackRequest, TrackedThing};
use sea_orm::DatabaseConnection;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::error::ApiResult;
use crate::http::openapi::Document;
use crate::jobs::Job;
use crate::outbox::Topic;
use crate::state::AppState;

/// What one slice brings. Each has a constant of this type, named in `slices.rs`.
#[derive(Clone, Copy)]
pub struct Slice {
    /// The operations below `/api/v1`: one registration makes route and document.
    pub routes: fn(&mut ServiceConfig),
    /// Who delivers which messages of the outbox.
    pub topics: &'static [Topic],
    /// Work that repeats while the server runs.
    pub jobs: &'static [Job],
    /// Finds a thing of this slice by its code, for who knows its secret.
    pub track: Option<Track>,
}

impl Slice {
    /// Brings nothing: the rest of a constant that names what it brings.
    pub const EMPTY: Self = Self { routes: |_| (), topics: &[], jobs: &[], track: None };
}

/// Answers nothing for a code that is not its own as for a wrong secret, in the same time.
pub type Track =
    fn(AppState, TrackRequest) -> LocalBoxFuture<'static, ApiResult<Option<TrackedThing>>>;

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

/// All slices, and the one that knows people.
pub struct Registry {
    slices: &'static [Slice],
    directory: &'static dyn Directory,
    document: OnceLock<Document>,
}

impl Registry {
    /// Of these slices, in the order in which their operations are documented.
    #[must_use]
    pub const fn new(slices: &'static [Slice], directory: &'static dyn Directory) -> Self {
        Self { slices, directory, document: OnceLock::new() }
    }

    /// Registers the operations of all slices.
    pub fn routes(&self, routes: &mut ServiceConfig) {
        for slice in self.slices {
            (slice.routes)(routes);
        }
    }

    /// The document of these operations.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| Document::of(|routes| self.routes(routes)))
    }

    /// Who delivers messages of this name.
    #[must_use]
    pub fn topic(&self, name: &str) -> Option<&'static Topic> {
        self.slices.iter().flat_map(|slice| slice.topics).find(|topic| topic.name == name)
    }

    /// The work of all slices.
    pub fn jobs(&self) -> impl Iterator<Item = Job> {
        self.slices.iter().flat_map(|slice| slice.jobs).copied()
    }

    /// Whoever knows people.
    #[must_use]
    pub fn directory(&self) -> &'static dyn Directory {
        self.directory
    }

    /// The thing of this code, for who knows its secret. Every slice is asked: none tells by its haste that
    /// a code is its own.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn track(
        &self,
        state: &AppState,
        asked: &TrackRequest,
    ) -> ApiResult<Option<TrackedThing>> {
        let mut found = None;
        for track in self.slices.iter().filter_map(|slice| slice.track) {
            found = found.or(track(state.clone(), asked.clone()).await?);
        }
        Ok(found)
    }
}
