//! The append-only, hash-chained record of who did what. Entries name things by id, never people.
//! An entry is written in the caller's transaction and sealed into the chain right after the commit:
//! sealing inside would make every commit of the platform wait for the one before it.

mod by;
mod chain;
mod list;
mod table;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::HttpRequest;
use futures_util::FutureExt;
use nq57_core::access::Actor;
use nq57_core::audit::AuditActor;
use nq57_core::ids::AccountId;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::http::request;
use crate::jobs::Job;
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;
use crate::registry::Slice;
use crate::subject::Subject;

pub use by::By;
pub use chain::{
    Break, Head, Verification, head, leads_through, seal, seal_all, tell_head, verify,
};
pub use list::list_audit_entries;

/// Something that was done, before it is written down.
#[derive(Clone, Debug)]
pub struct Entry {
    actor: AuditActor,
    actor_id: Option<AccountId>,
    action: &'static str,
    subject_type: Cow<'static, str>,
    subject_id: Option<Uuid>,
    case_id: Option<Uuid>,
    detail: Map<String, Value>,
    request_id: Option<String>,
}

impl Entry {
    /// `action` was done by `actor`, for example `product.published`.
    #[must_use]
    pub fn by(actor: &Actor, action: &'static str) -> Self {
        let kind = match actor {
            Actor::Anonymous => AuditActor::Anonymous,
            Actor::System => AuditActor::System,
            Actor::Account(_) => AuditActor::Account,
            Actor::Client(_) => AuditActor::Client,
        };
        let entry = Self::new(kind, actor.account_id(), action);
        match actor.client() {
            Some(client) => entry.with("client", client.id.to_string()),
            None => entry,
        }
    }

    /// `action` was done by whoever has just proved to be this account: by password, session or link.
    #[must_use]
    pub fn by_account(id: AccountId, action: &'static str) -> Self {
        Self::new(AuditActor::Account, Some(id), action)
    }

    fn new(actor: AuditActor, actor_id: Option<AccountId>, action: &'static str) -> Self {
        Self {
            actor,
            actor_id,
            action,
            subject_type: Cow::Borrowed("platform"),
            subject_id: None,
            case_id: None,
            detail: Map::new(),
            request_id: None,
        }
    }

    /// What it was done to.
    #[must_use]
    pub fn on(mut self, subject_type: impl Into<Cow<'static, str>>, id: impl Into<Uuid>) -> Self {
        self.subject_type = subject_type.into();
        self.subject_id = Some(id.into());
        self
    }

    /// The case that the thing belongs to: who is kept from the case reads nothing of it here either. A case
    /// itself needs no word.
    #[must_use]
    pub fn within(mut self, case: Subject) -> Self {
        self.case_id = Some(case.id);
        self
    }

    /// Adds a fact: ids, codes, states, numbers. Nothing personal.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    /// Adds what a value was and what it is now, under `changed`; nothing when it stayed. Ids, codes,
    /// states, days and numbers, and the names of organisations: what somebody must answer for, never what
    /// people wrote or are called.
    #[must_use]
    pub fn changed<T: Serialize>(mut self, name: &str, old: T, new: T) -> Self {
        let (old, new) = (json!(old), json!(new));
        if old != new {
            let changed = self.detail.entry("changed").or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(changed) = changed {
                changed.insert(name.to_owned(), Value::Array(vec![old, new]));
            }
        }
        self
    }

    /// Adds the names of the members that differ, under `fields`: of texts the audit keeps no more.
    ///
    /// # Errors
    /// When one of the two cannot be written as JSON.
    pub fn fields<T: Serialize>(self, old: &T, new: &T) -> ApiResult<Self> {
        let members = |one: &T| serde_json::to_value(one).map_err(ApiError::internal);
        let (old, new) = (members(old)?, members(new)?);
        let names: BTreeSet<&String> =
            [&old, &new].into_iter().filter_map(Value::as_object).flat_map(Map::keys).collect();
        let changed = names.into_iter().filter(|name| old.get(name) != new.get(name));
        let fields: Vec<String> = changed.cloned().collect();
        Ok(self.with("fields", fields))
    }

    /// The request in which it was done.
    #[must_use]
    pub fn during(mut self, request: &HttpRequest) -> Self {
        self.request_id = request::context(request).map(|context| context.id.clone());
        self
    }
}

/// Writes the entry in the caller's transaction: it is there exactly when the deed is.
///
/// # Errors
/// Failures of the database.
pub async fn record(tx: &Tx, clock: &Clock, entry: Entry) -> ApiResult<()> {
    let row = row_of(clock, entry);
    table::entry::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The same for many deeds of one request.
///
/// # Errors
/// Failures of the database.
pub async fn record_all(
    tx: &Tx,
    clock: &Clock,
    entries: impl IntoIterator<Item = Entry>,
) -> ApiResult<()> {
    let rows = entries.into_iter().map(|entry| row_of(clock, entry)).collect();
    for some in bounded::rows(rows) {
        table::entry::Entity::insert_many(some).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn row_of(clock: &Clock, entry: Entry) -> table::entry::ActiveModel {
    table::entry::ActiveModel {
        id: Set(clock.new_id()),
        at: Set(clock.now()),
        actor: Set(entry.actor),
        actor_id: Set(entry.actor_id),
        action: Set(entry.action.to_owned()),
        subject_type: Set(entry.subject_type.into_owned()),
        subject_id: Set(entry.subject_id),
        case_id: Set(entry.case_id),
        detail: Set(Value::Object(entry.detail).to_string()),
        request_id: Set(entry.request_id),
        sequence: Set(None),
        hash: Set(None),
    }
}

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("platform", "The audit and what could not be delivered.")],
    routes,
    jobs: &[
        Job {
            name: "seal the audit",
            every: Duration::from_secs(1),
            run: |state| chain::seal(state).boxed_local(),
        },
        Job {
            name: "tell the audit's head",
            every: Duration::from_secs(3600),
            run: |state| chain::tell_head(state).boxed_local(),
        },
    ],
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes.service(list_audit_entries);
}
