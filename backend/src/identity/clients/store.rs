//! Queries about clients and their secrets. Writes consume a permit and name the revision that was read; every change
//! of what is in force leaves a version behind.

use std::collections::HashMap;

use nq57_platform::access::Permit;
use nq57_platform::clock::Clock;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::api_key::NewKey;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::access::ClientAccess;
use nq57_shared::clients::{ApiClientDraft, ApiClientState, ApiSecretDraft, ApiSecretKind};
use nq57_shared::ids::{AccountId, ApiClientId, ApiSecretId, OrganisationId};
use nq57_shared::organisations::Organisation;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::{Timestamp, vietnam_date};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::table::{api_client, api_secret, client_access};

/// A client with everything that decisions and representations need.
pub use super::table::api_client::Model as ClientRecord;
/// A key or secret.
pub use super::table::api_secret::Model as SecretRecord;

/// Secrets that are shown of one client, the latest.
const SHOWN_SECRETS: u64 = 50;

impl ClientRecord {
    /// What of its access is in force.
    pub fn in_force(&self) -> ClientAccess {
        self.wanted.in_force(self.organisation_id, &self.confirmed)
    }

    /// Whether it is let in, seen from its organisation.
    pub fn state(&self, organisation: &Organisation, now: Timestamp) -> ApiClientState {
        if self.suspended_at.is_some() {
            ApiClientState::Suspended
        } else if self.expires_at.is_some_and(|end| end <= now) {
            ApiClientState::Expired
        } else if !organisation.is_verified || organisation.has_ended(vietnam_date(now)) {
            ApiClientState::OrganisationUnconfirmed
        } else {
            ApiClientState::Active
        }
    }

    /// As it was typed.
    pub fn draft(&self) -> ApiClientDraft {
        let access = self.wanted.0.clone();
        ApiClientDraft {
            name: self.name.clone(),
            purpose: self.purpose.clone(),
            scopes: access.scopes,
            provinces: access.provinces,
            organisations: access.organisations,
            networks: self.networks.0.clone(),
            expires_at: self.expires_at,
        }
    }

    /// Becomes what was typed: whatever is no longer wanted is no longer confirmed.
    pub fn take(&mut self, draft: ApiClientDraft) {
        self.wanted = draft.access().into();
        self.confirmed = self.confirmed.within(&self.wanted).into();
        if self.expires_at != draft.expires_at {
            self.told_days = None;
        }
        self.name = draft.name;
        self.purpose = draft.purpose;
        self.networks = draft.networks.into();
        self.expires_at = draft.expires_at;
        self.settle();
    }

    /// What follows from wanted and confirmed.
    fn settle(&mut self) {
        self.awaits_confirmation = self.in_force() != self.wanted.0;
    }

    /// All that it asks for is confirmed.
    pub fn confirm(&mut self, now: Timestamp) {
        self.confirmed = self.wanted.clone();
        self.confirmed_at = Some(now);
        self.settle();
    }
}

impl SecretRecord {
    /// Why it is not taken, if it is not.
    pub fn end(&self, now: Timestamp) -> Option<ProblemCode> {
        if self.revoked_at.is_some() {
            return Some(ProblemCode::SecretRevoked);
        }
        self.expires_at.filter(|end| *end <= now).map(|_| ProblemCode::SecretExpired)
    }
}

/// Those that were not deleted.
pub fn living() -> Select<api_client::Entity> {
    api_client::Entity::find().filter(api_client::Column::DeletedAt.is_null())
}

/// The client.
///
/// # Errors
/// 404 when there is none.
pub async fn load(db: &impl ConnectionTrait, id: ApiClientId) -> ApiResult<ClientRecord> {
    let row = living().filter(api_client::Column::Id.eq(id)).one(db).await?;
    row.ok_or_else(ApiError::not_found)
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn load_for_update(tx: &Tx, id: ApiClientId) -> ApiResult<ClientRecord> {
    let row = living().filter(api_client::Column::Id.eq(id)).lock_exclusive().one(tx).await?;
    row.ok_or_else(ApiError::not_found)
}

/// How many clients the organisation has. Those who make one more at the same time take turns.
///
/// # Errors
/// Failures of the database.
pub async fn count_of(tx: &Tx, organisation: OrganisationId) -> ApiResult<u64> {
    let of = living().filter(api_client::Column::OrganisationId.eq(organisation));
    of.clone().lock_exclusive().all(tx).await?;
    Ok(of.count(tx).await?)
}

/// Makes a client of the organisation.
///
/// # Errors
/// Failures of the database.
pub async fn create(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<ClientRecord>,
    (organisation_id, created_by): (OrganisationId, AccountId),
    draft: ApiClientDraft,
) -> ApiResult<ClientRecord> {
    permit.covers_new()?;
    let mut record = ClientRecord {
        id: clock.new_id(),
        organisation_id,
        name: String::new(),
        purpose: String::new(),
        wanted: ClientAccess::default().into(),
        confirmed: ClientAccess::default().into(),
        awaits_confirmation: false,
        confirmed_at: None,
        networks: Vec::new().into(),
        expires_at: None,
        told_days: None,
        suspended_at: None,
        suspended_by_platform: false,
        suspension_reason: None,
        access_version: 1,
        cursor_key: Uuid::new_v4().simple().to_string(),
        revision: 1,
        created_by,
        created_at: clock.now(),
        deleted_at: None,
    };
    record.take(draft);
    let row = record.clone().into_active_model();
    api_client::Entity::insert(row).exec_without_returning(tx).await?;
    keep_access(tx, clock, &record).await?;
    Ok(record)
}

async fn keep_access(tx: &Tx, clock: &Clock, record: &ClientRecord) -> ApiResult<()> {
    let row = client_access::ActiveModel {
        client_id: Set(record.id),
        version: Set(record.access_version),
        access: Set(record.in_force().into()),
        at: Set(clock.now()),
    };
    client_access::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes the client over `before`, under its next revision.
///
/// # Errors
/// 412 when somebody has written since.
pub async fn update(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<ClientRecord>,
    before: &ClientRecord,
    record: &mut ClientRecord,
) -> ApiResult<()> {
    permit.covers(record.id)?;
    record.revision = before.revision + 1;
    if record.in_force() != before.in_force() {
        record.access_version = before.access_version + 1;
        keep_access(tx, clock, record).await?;
    }
    let row = api_client::ActiveModel { id: NotSet, ..record.clone().into_active_model() };
    let written = api_client::Entity::update_many()
        .set(row.reset_all())
        .filter(api_client::Column::Id.eq(record.id))
        .filter(api_client::Column::Revision.eq(before.revision))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        return Err(ProblemCode::StaleRevision.into());
    }
    Ok(())
}

/// What was in force of the access of a client in this version; nothing for one that it never had.
///
/// # Errors
/// Failures of the database.
pub async fn past_access(
    db: &impl ConnectionTrait,
    id: ApiClientId,
    version: u32,
) -> ApiResult<Option<ClientAccess>> {
    let row = client_access::Entity::find_by_id((id, version)).one(db).await?;
    Ok(row.map(|row| row.access.0))
}

/// The secrets of a client, the latest first: those that are live, and the latest of the others.
///
/// # Errors
/// Failures of the database.
pub async fn secrets_of(
    db: &impl ConnectionTrait,
    id: ApiClientId,
    now: Timestamp,
) -> ApiResult<Vec<SecretRecord>> {
    let mut found = api_secret::Entity::find()
        .filter(api_secret::Column::ClientId.eq(id))
        .order_by_asc(Expr::expr(Expr::case(live(now), 0).finally(1)))
        .order_by_desc(api_secret::Column::Id)
        .limit(SHOWN_SECRETS)
        .all(db)
        .await?;
    found.sort_by_key(|secret| std::cmp::Reverse(secret.id));
    Ok(found)
}

/// Whether there is such a secret of the client.
///
/// # Errors
/// Failures of the database.
pub async fn has_secret(
    db: &impl ConnectionTrait,
    client: ApiClientId,
    id: ApiSecretId,
) -> ApiResult<bool> {
    let found = api_secret::Entity::find_by_id(id);
    Ok(found.filter(api_secret::Column::ClientId.eq(client)).one(db).await?.is_some())
}

#[derive(FromQueryResult)]
struct Used {
    client_id: ApiClientId,
    last_used_at: Option<Timestamp>,
}

/// When any secret of these clients was last used. One query.
///
/// # Errors
/// Failures of the database.
pub async fn last_uses(
    db: &impl ConnectionTrait,
    ids: &[ApiClientId],
) -> ApiResult<HashMap<ApiClientId, Option<Timestamp>>> {
    let rows: Vec<Used> = api_secret::Entity::find()
        .select_only()
        .column(api_secret::Column::ClientId)
        .column_as(api_secret::Column::LastUsedAt.max(), "last_used_at")
        .filter(api_secret::Column::ClientId.is_in(ids.iter().copied()))
        .group_by(api_secret::Column::ClientId)
        .into_model()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.client_id, row.last_used_at)).collect())
}

fn live(now: Timestamp) -> Condition {
    let end = api_secret::Column::ExpiresAt;
    Condition::all().add(api_secret::Column::RevokedAt.is_null()).add(end.is_null().or(end.gt(now)))
}

/// How many secrets of this kind the client can use now. Its row is locked.
///
/// # Errors
/// Failures of the database.
pub async fn count_live(
    tx: &Tx,
    id: ApiClientId,
    kind: ApiSecretKind,
    now: Timestamp,
) -> ApiResult<u64> {
    Ok(api_secret::Entity::find()
        .filter(api_secret::Column::ClientId.eq(id))
        .filter(api_secret::Column::Kind.eq(kind))
        .filter(live(now))
        .count(tx)
        .await?)
}

/// Keeps a new secret, by its digest.
///
/// # Errors
/// Failures of the database.
pub async fn add_secret(
    tx: &Tx,
    clock: &Clock,
    (client, by): (&ClientRecord, AccountId),
    draft: &ApiSecretDraft,
    key: &NewKey,
) -> ApiResult<ApiSecretId> {
    let id: ApiSecretId = clock.new_id();
    let row = api_secret::ActiveModel {
        id: Set(id),
        client_id: Set(client.id),
        kind: Set(draft.kind),
        lookup: Set(key.lookup().to_owned()),
        digest: Set(key.digest()),
        created_by: Set(by),
        created_at: Set(clock.now()),
        expires_at: Set(draft.expires_at),
        told_days: Set(None),
        revoked_at: Set(None),
        last_used_at: Set(None),
        last_used_address: Set(None),
    };
    api_secret::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// Revokes these secrets of the client, those that are not revoked yet; how many there were.
///
/// # Errors
/// Failures of the database.
pub async fn revoke(
    tx: &Tx,
    client: ApiClientId,
    only: Option<ApiSecretId>,
    now: Timestamp,
) -> ApiResult<u64> {
    let mut update = api_secret::Entity::update_many()
        .col_expr(api_secret::Column::RevokedAt, Expr::value(now))
        .filter(api_secret::Column::ClientId.eq(client))
        .filter(api_secret::Column::RevokedAt.is_null());
    if let Some(id) = only {
        update = update.filter(api_secret::Column::Id.eq(id));
    }
    Ok(update.exec(tx).await?.rows_affected)
}

/// A secret with its client, by what finds it.
///
/// # Errors
/// Failures of the database.
pub async fn with_client(
    db: &impl ConnectionTrait,
    by: Condition,
) -> ApiResult<Option<(SecretRecord, ClientRecord)>> {
    let found = api_secret::Entity::find().filter(by).find_also_related(api_client::Entity);
    Ok(found.one(db).await?.and_then(|(secret, client)| Some((secret, client?))))
}

/// The secret that begins so.
pub fn of_lookup(lookup: &str) -> Condition {
    Condition::all().add(api_secret::Column::Lookup.eq(lookup))
}

/// The secret of this id.
pub fn of_id(id: ApiSecretId) -> Condition {
    Condition::all().add(api_secret::Column::Id.eq(id))
}
