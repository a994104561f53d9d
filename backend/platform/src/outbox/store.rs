//! The queries of the outbox. Every change names the lease, so that a late worker changes nothing.

use chrono::Duration;
use nq57_core::ids::OutboxId;
use nq57_core::outbox::DeadLetter;
use nq57_core::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseConnection, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::table::{ActiveModel, Column, Entity, Model, State};
use super::{Message, Push};
use crate::access::Permit;
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;
use crate::persistence::{bounded, transaction};

/// Whether there was anything to insert.
pub(super) async fn insert(
    tx: &Tx,
    clock: &Clock,
    messages: impl IntoIterator<Item = Push>,
) -> ApiResult<bool> {
    let now = clock.now();
    let rows: Vec<ActiveModel> = messages
        .into_iter()
        .map(|message| ActiveModel {
            id: Set(clock.new_id()),
            topic: Set(message.topic.to_owned()),
            key: Set(message.key),
            payload: Set(message.payload.to_string()),
            state: Set(State::Pending),
            created_at: Set(now),
            available_at: Set(now),
            attempts: Set(0),
            lease: Set(None),
            finished_at: Set(None),
            last_error: Set(None),
        })
        .collect();
    if rows.is_empty() {
        return Ok(false);
    }
    for some in bounded::rows(rows) {
        Entity::insert_many(some)
            .on_conflict_do_nothing_on([Column::Topic, Column::Key])
            .exec_without_returning(tx)
            .await?;
    }
    Ok(true)
}

fn due(now: Timestamp) -> Condition {
    Condition::all().add(Column::State.eq(State::Pending)).add(Column::AvailableAt.lte(now))
}

/// A message that this worker holds under `lease`.
pub(super) struct Claimed {
    pub message: Message,
    pub lease: Uuid,
}

/// Takes up to `limit` messages that are due, for `lease_for`. Nobody else gets them meanwhile.
pub(super) async fn claim(
    db: &DatabaseConnection,
    clock: &Clock,
    limit: usize,
    lease_for: Duration,
) -> ApiResult<Vec<Claimed>> {
    let now = clock.now();
    let waiting = Entity::find().select_only().column(Column::Id).filter(due(now)).limit(1);
    if waiting.into_tuple::<OutboxId>().one(db).await?.is_none() {
        return Ok(Vec::new());
    }
    let lease: Uuid = clock.new_id();
    let rows = transaction::write(db, async |tx| {
        let ids: Vec<OutboxId> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(due(now))
            .order_by_asc(Column::AvailableAt)
            .limit(u64::try_from(limit).unwrap_or_default())
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .into_tuple()
            .all(tx)
            .await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = Entity::update_many()
            .col_expr(Column::Lease, Expr::value(lease))
            .col_expr(Column::AvailableAt, Expr::value(now + lease_for))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Id.is_in(ids))
            .exec_with_returning(tx)
            .await?;
        Ok(rows)
    })
    .await?;
    rows.into_iter().map(|row| claimed(row, lease)).collect()
}

fn claimed(row: Model, lease: Uuid) -> ApiResult<Claimed> {
    let message = Message {
        id: row.id,
        payload: serde_json::from_str(&row.payload).map_err(ApiError::internal)?,
        topic: row.topic,
        key: row.key,
        attempt: u32::try_from(row.attempts).unwrap_or_default(),
    };
    Ok(Claimed { message, lease })
}

/// What becomes of a message after a try.
pub(super) enum Outcome {
    Delivered,
    /// To be tried again at this instant.
    Later(Timestamp, String),
    GivenUp(String),
}

/// Writes the outcome; nothing happens when the lease went to another worker meanwhile.
pub(super) async fn finish(
    db: &DatabaseConnection,
    now: Timestamp,
    claimed: &Claimed,
    outcome: &Outcome,
) -> ApiResult<()> {
    let none = || Expr::value(None::<Uuid>);
    let update = match outcome {
        Outcome::Delivered => Entity::update_many()
            .col_expr(Column::State, Expr::value(State::Done))
            .col_expr(Column::FinishedAt, Expr::value(now))
            .col_expr(Column::Payload, Expr::value("{}"))
            .col_expr(Column::LastError, Expr::value(None::<String>)),
        Outcome::Later(at, error) => Entity::update_many()
            .col_expr(Column::AvailableAt, Expr::value(*at))
            .col_expr(Column::LastError, Expr::value(error)),
        Outcome::GivenUp(error) => Entity::update_many()
            .col_expr(Column::State, Expr::value(State::Dead))
            .col_expr(Column::FinishedAt, Expr::value(now))
            .col_expr(Column::LastError, Expr::value(error)),
    };
    let update = update
        .col_expr(Column::Lease, none())
        .filter(Column::Id.eq(claimed.message.id))
        .filter(Column::Lease.eq(claimed.lease));
    transaction::write(db, async |tx| Ok(update.clone().exec(tx).await?)).await?;
    Ok(())
}

/// Closes what waits of a topic and is in nobody's hands.
pub(super) async fn discard_pending(tx: &Tx, now: Timestamp, topic: &str) -> ApiResult<u64> {
    let closed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Done))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::Payload, Expr::value("{}"))
        .filter(Column::State.eq(State::Pending))
        .filter(Column::Topic.eq(topic))
        .filter(Column::Lease.is_null())
        .exec(tx)
        .await?;
    Ok(closed.rows_affected)
}

/// How many messages wait, how many were given up, and since when the oldest one waits.
pub(super) struct Backlog {
    pub pending: u64,
    pub dead: u64,
    pub oldest: Option<Timestamp>,
}

pub(super) async fn backlog(db: &DatabaseConnection) -> ApiResult<Backlog> {
    let pending = Entity::find().filter(Column::State.eq(State::Pending)).count(db).await?;
    let dead = Entity::find().filter(Column::State.eq(State::Dead)).count(db).await?;
    let oldest = Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::State.eq(State::Pending))
        .order_by_asc(Column::AvailableAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(Backlog { pending, dead, oldest })
}

/// Removes what was delivered before `before`.
pub(super) async fn remove_delivered(db: &DatabaseConnection, before: Timestamp) -> ApiResult<u64> {
    transaction::write(db, async |tx| {
        let removed = Entity::delete_many()
            .filter(Column::State.eq(State::Done))
            .filter(Column::FinishedAt.lt(before))
            .exec(tx)
            .await?;
        Ok(removed.rows_affected)
    })
    .await
}

/// Dead letters, the latest first; `paging` cuts and limits them.
pub(super) fn dead() -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::State.eq(State::Dead))
}

pub(super) fn dead_letter(row: Model) -> DeadLetter {
    DeadLetter {
        id: row.id,
        topic: row.topic,
        key: row.key,
        created_at: row.created_at,
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        failed_at: row.finished_at.unwrap_or(row.created_at),
        last_error: row.last_error.unwrap_or_default(),
    }
}

/// Makes a dead letter wait again, with all its tries.
pub(super) async fn requeue(
    tx: &Tx,
    permit: Permit<DeadLetter>,
    now: Timestamp,
    id: OutboxId,
) -> ApiResult<()> {
    permit.covers(id)?;
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Pending))
        .col_expr(Column::AvailableAt, Expr::value(now))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::FinishedAt, Expr::value(None::<Timestamp>))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Dead))
        .exec(tx)
        .await?;
    one_or_not_found(changed.rows_affected)
}

/// Removes a dead letter; its key may be used again.
pub(super) async fn discard(tx: &Tx, permit: Permit<DeadLetter>, id: OutboxId) -> ApiResult<()> {
    permit.covers(id)?;
    let removed = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Dead))
        .exec(tx)
        .await?;
    one_or_not_found(removed.rows_affected)
}

fn one_or_not_found(rows: u64) -> ApiResult<()> {
    if rows == 0 { Err(ApiError::not_found()) } else { Ok(()) }
}
