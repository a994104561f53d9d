//! `Idempotency-Key` on POST: the same key, query and body replay the first answer for a day.
//! The record commits together with what the request wrote, so a crash leaves both or neither.

use std::fmt::Display;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::Duration;
use nq57_core::problem::ProblemCode;
use nq57_core::time::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ApiResult};
use crate::http::{Caller, conditional};
use crate::persistence::dialect::Engine;
use crate::persistence::transaction::{self, Tx};
use crate::state::AppState;

const HEADER: &str = "Idempotency-Key";
/// Characters that a key may have.
const MAX_LENGTH: usize = 255;
/// How long an answer can be replayed.
const KEPT: Duration = Duration::hours(24);

mod table {
    use super::*;

    #[derive(Clone, Debug, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub scope: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub fingerprint: String,
        pub status: i32,
        pub answer: String,
        pub expires_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The key of a request, if it has one.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    key: Option<String>,
    operation: String,
    query: String,
}

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let operation = format!("{} {}", request.method(), request.path());
        let query = request.query_string().to_owned();
        ready(match request.headers().get(HEADER) {
            None => Ok(Self { key: None, operation, query }),
            Some(value) => match value.to_str().map(str::trim) {
                Ok(key) if !key.is_empty() && key.len() <= MAX_LENGTH => {
                    Ok(Self { key: Some(key.to_owned()), operation, query })
                }
                _ => Err(ApiError::header_value(HEADER)),
            },
        })
    }
}

/// An answer that can be kept and replayed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    status: u16,
    location: Option<String>,
    revision: Option<String>,
    body: serde_json::Value,
}

impl Answer {
    /// 201 with the new thing, its address and its revision.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn created(
        location: String,
        revision: impl Display,
        body: &impl Serialize,
    ) -> ApiResult<Self> {
        let revision = Some(revision.to_string());
        Ok(Self { location: Some(location), revision, ..Self::ok(201, body)? })
    }

    /// Any other success.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn ok(status: u16, body: &impl Serialize) -> ApiResult<Self> {
        let body = serde_json::to_value(body).map_err(ApiError::internal)?;
        Ok(Self { status, location: None, revision: None, body })
    }

    fn into_response(self) -> ApiResult<HttpResponse> {
        let status = StatusCode::from_u16(self.status).map_err(ApiError::internal)?;
        let mut response = match self.revision {
            Some(revision) => conditional::with_status(status, revision, &self.body),
            None => HttpResponse::build(status).json(self.body),
        };
        if let Some(location) = self.location {
            let location = HeaderValue::from_str(&location).map_err(ApiError::internal)?;
            response.headers_mut().insert(LOCATION, location);
        }
        Ok(response)
    }
}

/// Runs `work` in a writing transaction, once for each key of this caller, and answers with what it
/// made, or with what the first request made.
///
/// `body` is what came ([`crate::http::ValidJson::bytes`]). `may` asks the policy once more before an answer
/// is repeated: its caller may have lost a role since; `work` asks for itself.
///
/// # Errors
/// 409 while the first request is at work, 422 when the key came with another query or body, and whatever
/// `may` and `work` return; failures are not kept, so they can be retried with the same key.
pub async fn once(
    state: &AppState,
    caller: &Caller,
    key: &IdempotencyKey,
    body: &[u8],
    may: impl AsyncFn(&Tx) -> ApiResult<()>,
    work: impl AsyncFn(&Tx) -> ApiResult<Answer>,
) -> ApiResult<HttpResponse> {
    let Some(key_text) = &key.key else {
        return transaction::write(&state.db, work).await?.into_response();
    };
    let record = Record {
        scope: format!("{} {}", caller.scope(), key.operation),
        key: key_text.clone(),
        fingerprint: fingerprint(&key.query, body),
        now: state.clock.now(),
    };
    let _turn = state.in_flight.enter(format!("{} {}", record.scope, record.key))?;
    let answer = transaction::write(&state.db, async |tx| {
        record.claim(tx).await?;
        match record.find(tx).await? {
            Some(first) => may(tx).await.map(|()| first),
            None => {
                let answer = work(tx).await?;
                record.store(tx, &answer).await?;
                Ok(answer)
            }
        }
    })
    .await?;
    answer.into_response()
}

/// What two requests with the same key must have in common.
fn fingerprint(query: &str, body: &[u8]) -> String {
    let hash = Sha256::new().chain_update(query).chain_update([0]).chain_update(body);
    hex::encode(hash.finalize())
}

struct Record {
    scope: String,
    key: String,
    fingerprint: String,
    now: Timestamp,
}

impl Record {
    /// Holds the key against other servers until this transaction ends; SQLite has one writer anyhow.
    async fn claim(&self, tx: &Tx) -> ApiResult<()> {
        if Engine::of(tx) == Engine::Sqlite {
            return Ok(());
        }
        let digest = Sha256::digest(format!("{} {}", self.scope, self.key));
        let number = digest.iter().take(8).fold(0_i64, |n, byte| (n << 8) | i64::from(*byte));
        let statement = sea_orm::Statement::from_sql_and_values(
            tx.get_database_backend(),
            "SELECT pg_try_advisory_xact_lock($1) AS is_ours",
            [number.into()],
        );
        let row = tx.query_one_raw(statement).await?;
        match row.map(|row| row.try_get::<bool>("", "is_ours")).transpose()? {
            Some(true) => Ok(()),
            _ => Err(ProblemCode::IdempotencyInFlight.into()),
        }
    }

    async fn find(&self, tx: &Tx) -> ApiResult<Option<Answer>> {
        let row = table::Entity::find_by_id((self.scope.clone(), self.key.clone()))
            .filter(table::Column::ExpiresAt.gt(self.now))
            .one(tx)
            .await?;
        match row {
            None => Ok(None),
            Some(row) if row.fingerprint != self.fingerprint => {
                Err(ProblemCode::IdempotencyKeyReused.into())
            }
            Some(row) => Ok(Some(serde_json::from_str(&row.answer).map_err(ApiError::internal)?)),
        }
    }

    async fn store(&self, tx: &Tx, answer: &Answer) -> ApiResult<()> {
        let row = table::ActiveModel {
            scope: Set(self.scope.clone()),
            key: Set(self.key.clone()),
            fingerprint: Set(self.fingerprint.clone()),
            status: Set(i32::from(answer.status)),
            answer: Set(serde_json::to_string(answer).map_err(ApiError::internal)?),
            expires_at: Set(self.now + KEPT),
        };
        // An expired record of the same key gives way.
        let replace = OnConflict::columns([table::Column::Scope, table::Column::Key])
            .update_columns([
                table::Column::Fingerprint,
                table::Column::Status,
                table::Column::Answer,
                table::Column::ExpiresAt,
            ])
            .to_owned();
        table::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
        Ok(())
    }
}

/// Deletes what can no longer be replayed.
///
/// # Errors
/// Failures of the database.
pub async fn purge(state: AppState) -> ApiResult<()> {
    let now = state.clock.now();
    transaction::write(&state.db, async |tx| {
        table::Entity::delete_many().filter(table::Column::ExpiresAt.lte(now)).exec(tx).await?;
        Ok(())
    })
    .await
}
