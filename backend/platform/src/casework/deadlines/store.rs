//! The queries of deadlines. All writes are in the caller's transaction and may be repeated.

use std::collections::HashMap;

use nq57_core::time::{Timestamp, end_of_vietnam_day, vietnam_date};
use sea_orm::sea_query::{Expr, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::table::deadline::{ActiveModel, Column, Entity, Model};
use super::{Due, NewDeadline, OpenDeadline};
use crate::error::ApiResult;
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;
use crate::state::AppState;
use crate::subject::Subject;

fn open(subject: Subject) -> Condition {
    Condition::all()
        .add(Column::SubjectId.eq(subject.id))
        .add(Column::SubjectType.eq(subject.kind))
        .add(Column::MetAt.is_null())
}

pub(super) fn open_of(subject: Subject, kind: &str) -> Condition {
    open(subject).add(Column::Kind.eq(kind))
}

/// Starts the time. A deadline of this kind that is open already stays as it is.
///
/// # Errors
/// Failures of the database.
pub async fn start(
    tx: &Tx,
    state: &AppState,
    subject: Subject,
    kind: &'static str,
    due: Due,
) -> ApiResult<()> {
    start_many(tx, state, &[NewDeadline { subject, kind, due }]).await
}

/// The same for as many as there are, for example all that is owed for a month.
///
/// # Errors
/// Failures of the database.
pub async fn start_many(tx: &Tx, state: &AppState, all: &[NewDeadline]) -> ApiResult<()> {
    let (now, snapshot) = (state.clock.now(), state.reference.snapshot());
    let row = |new: &NewDeadline| ActiveModel {
        id: Set(state.clock.new_id()),
        subject_type: Set(new.subject.kind.to_owned()),
        subject_id: Set(new.subject.id),
        kind: Set(new.kind.to_owned()),
        started_at: Set(now),
        due_at: Set(end_of_vietnam_day(new.due.after(vietnam_date(now), snapshot.calendar()))),
        paused_at: Set(None),
        days_left: Set(None),
        reminded_at: Set(None),
        breached_at: Set(None),
        met_at: Set(None),
    };
    for some in bounded::rows(all.iter().map(row).collect()) {
        let open = OnConflict::new().do_nothing().to_owned();
        Entity::insert_many(some).on_conflict(open).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stops the time while somebody else owes something.
///
/// # Errors
/// Failures of the database.
pub async fn pause(tx: &Tx, state: &AppState, subject: Subject, kind: &str) -> ApiResult<()> {
    let running = open_of(subject, kind).add(Column::PausedAt.is_null());
    // Whoever gives more time at this moment has done so, or waits.
    let running = Entity::find().filter(running).lock(LockType::Update);
    let Some(row) = running.one(tx).await? else { return Ok(()) };
    let (now, snapshot) = (state.clock.now(), state.reference.snapshot());
    let days_left = snapshot.calendar().working_days_left(now, row.due_at).max(0);
    Entity::update_many()
        .col_expr(Column::PausedAt, Expr::value(now))
        .col_expr(Column::DaysLeft, Expr::value(days_left))
        .filter(Column::Id.eq(row.id))
        .filter(Column::PausedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Lets the time run again, with the working days that were left.
///
/// # Errors
/// Failures of the database.
pub async fn resume(tx: &Tx, state: &AppState, subject: Subject, kind: &str) -> ApiResult<()> {
    let paused = open_of(subject, kind).add(Column::PausedAt.is_not_null());
    let Some(row) = Entity::find().filter(paused).one(tx).await? else { return Ok(()) };
    let days_left = u32::try_from(row.days_left.unwrap_or_default()).unwrap_or_default();
    let snapshot = state.reference.snapshot();
    let due_at = snapshot.calendar().due_at(state.clock.now(), days_left);
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(due_at))
        .col_expr(Column::PausedAt, Expr::value(None::<Timestamp>))
        .col_expr(Column::DaysLeft, Expr::value(None::<i32>))
        .col_expr(Column::RemindedAt, Expr::value(None::<Timestamp>))
        .filter(Column::Id.eq(row.id))
        .filter(Column::PausedAt.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// What was owed is there.
///
/// # Errors
/// Failures of the database.
pub async fn meet(tx: &Tx, state: &AppState, subject: Subject, kind: &str) -> ApiResult<()> {
    close(tx, state, open_of(subject, kind)).await
}

/// Nothing is owed any more, of any kind.
///
/// # Errors
/// Failures of the database.
pub async fn meet_all(tx: &Tx, state: &AppState, subject: Subject) -> ApiResult<()> {
    close(tx, state, open(subject)).await
}

async fn close(tx: &Tx, state: &AppState, which: Condition) -> ApiResult<()> {
    Entity::update_many()
        .col_expr(Column::MetAt, Expr::value(state.clock.now()))
        .filter(which)
        .exec(tx)
        .await?;
    Ok(())
}

/// The deadline that counts now for each of these things: running before paused, then the earliest.
/// One query.
///
/// # Errors
/// Failures of the database.
pub async fn current(
    db: &impl ConnectionTrait,
    subject_type: &'static str,
    ids: &[Uuid],
) -> ApiResult<HashMap<Uuid, OpenDeadline>> {
    let mut rows = bounded::look_up(ids.iter().copied(), async |ids| {
        Ok(Entity::find()
            .filter(Column::SubjectId.is_in(ids))
            .filter(Column::SubjectType.eq(subject_type))
            .filter(Column::MetAt.is_null())
            .order_by_asc(Column::DueAt)
            .all(db)
            .await?)
    })
    .await?;
    rows.sort_by_key(|row| row.paused_at.is_some());
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let id = row.subject_id;
        found.entry(id).or_insert_with(|| deadline(row));
    }
    Ok(found)
}

/// Until when it is due, if its time runs: what register and queue show.
///
/// # Errors
/// Failures of the database.
pub async fn due_at(db: &impl ConnectionTrait, subject: Subject) -> ApiResult<Option<Timestamp>> {
    let current = current(db, subject.kind, &[subject.id]).await?.remove(&subject.id);
    Ok(current.filter(|deadline| deadline.paused_at.is_none()).map(|deadline| deadline.due_at))
}

fn deadline(row: Model) -> OpenDeadline {
    OpenDeadline {
        kind: row.kind,
        started_at: row.started_at,
        due_at: row.due_at,
        paused_at: row.paused_at,
        breached_at: row.breached_at,
    }
}

/// Marks some of those that are due before `before` and not marked yet; whoever marks them gets them.
pub(super) async fn mark_reminded(
    tx: &Tx,
    now: Timestamp,
    before: Timestamp,
    limit: u16,
) -> ApiResult<Vec<Model>> {
    let near = running()
        .add(Column::RemindedAt.is_null())
        .add(Column::DueAt.lte(before))
        .add(Column::DueAt.gte(now));
    mark(tx, near, Column::RemindedAt, now, limit).await
}

/// Marks some of those whose time has passed and that are not marked yet; whoever marks them gets them.
pub(super) async fn mark_breached(tx: &Tx, now: Timestamp, limit: u16) -> ApiResult<Vec<Model>> {
    mark(tx, running().add(Column::DueAt.lt(now)), Column::BreachedAt, now, limit).await
}

/// Those that another server is just marking are passed over.
async fn mark(
    tx: &Tx,
    which: Condition,
    column: Column,
    now: Timestamp,
    limit: u16,
) -> ApiResult<Vec<Model>> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(which)
        .order_by_asc(Column::DueAt)
        .limit(u64::from(limit))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(tx)
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::update_many()
        .col_expr(column, Expr::value(now))
        .filter(Column::Id.is_in(ids))
        .exec_with_returning(tx)
        .await?;
    Ok(rows)
}

/// Whether this deadline, as it was told of, still runs; locked against its end on PostgreSQL.
///
/// # Errors
/// Failures of the database.
pub async fn still_runs(tx: &Tx, told: &super::Deadline) -> ApiResult<bool> {
    let found = Entity::find_by_id(told.id)
        .filter(Column::MetAt.is_null())
        .filter(Column::PausedAt.is_null())
        .filter(Column::DueAt.eq(told.due_at))
        .lock(LockType::Share)
        .one(tx)
        .await?;
    Ok(found.is_some())
}

fn running() -> Condition {
    Condition::all()
        .add(Column::MetAt.is_null())
        .add(Column::PausedAt.is_null())
        .add(Column::BreachedAt.is_null())
}

/// Whether anything is due before `before` and waits to be marked.
pub(super) async fn is_any_due(
    db: &impl ConnectionTrait,
    now: Timestamp,
    before: Timestamp,
) -> ApiResult<bool> {
    let waiting = Condition::any().add(Column::RemindedAt.is_null()).add(Column::DueAt.lt(now));
    let found = Entity::find()
        .filter(running())
        .filter(Column::DueAt.lte(before))
        .filter(waiting)
        .one(db)
        .await?;
    Ok(found.is_some())
}
