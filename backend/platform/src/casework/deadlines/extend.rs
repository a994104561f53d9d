//! More time: given with a reason, within bounds, and never to what is late already. Who gave how much, and why, is
//! a fact that nothing erases.

use nq57_core::access::Actor;
use nq57_core::ids::{AccountId, DeadlineId};
use nq57_core::problem::FieldCode;
use nq57_core::time::{Timestamp, end_of_vietnam_day, vietnam_date};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::Due;
use super::store::open_of;
use super::table::{deadline, extension};
use crate::casework::cases;
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;
use crate::state::AppState;
use crate::subject::Subject;

/// More time for one deadline.
#[derive(Clone, Copy, Debug)]
pub struct Extension<'a> {
    /// What is owed, in the words of the domain.
    pub kind: &'a str,
    /// Counted from the day on which it is due now.
    pub due: Due,
    pub reason: &'a str,
    pub bound: Bound,
}

/// How much more time a deadline may get in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    pub times: u32,
    /// Working days.
    pub days: u32,
}

impl Bound {
    /// Once, by at most so many working days.
    #[must_use]
    pub const fn once(days: u32) -> Self {
        Self { times: 1, days }
    }
}

/// Why there is no more time. Domains answer with a code of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotExtended {
    /// Nothing of this kind is owed, or its time stands still.
    NotRunning,
    /// The day has passed.
    Late,
    /// The new day is no later.
    NotLater,
    /// The bound is reached.
    UsedUp,
}

/// More time that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extended {
    pub kind: String,
    pub at: Timestamp,
    pub by: Option<AccountId>,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Working days between the two.
    pub days: i32,
    pub reason: String,
}

/// Gives more time. Register and queue show the new day with the commit; whoever holds it is reminded anew. Answers
/// until when it is now.
///
/// # Errors
/// 422 without a reason; failures of the database.
pub async fn extend(
    tx: &Tx,
    state: &AppState,
    actor: &Actor,
    subject: Subject,
    more: Extension<'_>,
) -> ApiResult<Result<Timestamp, NotExtended>> {
    if more.reason.trim().is_empty() {
        return Err(ApiError::field("/reason", FieldCode::Required));
    }
    // Of two at the same moment the second waits here, and counts the first.
    let open = deadline::Entity::find().filter(open_of(subject, more.kind)).lock(LockType::Update);
    let running = open.one(tx).await?.filter(|row| row.paused_at.is_none());
    let Some(row) = running else { return Ok(Err(NotExtended::NotRunning)) };
    let now = state.clock.now();
    if row.due_at < now {
        return Ok(Err(NotExtended::Late));
    }
    let Some(left) = left_of(tx, subject, row.id, more.bound).await? else {
        return Ok(Err(NotExtended::UsedUp));
    };
    let (from, snapshot) = (vietnam_date(row.due_at), state.reference.snapshot());
    let calendar = snapshot.calendar();
    // The first day that is out of bounds: nothing beyond it is ever counted through.
    let too_late = calendar.add_working_days(from, left.saturating_add(1));
    let to = match more.due {
        Due::In(days) if days > left => return Ok(Err(NotExtended::UsedUp)),
        due => due.after(from, calendar),
    };
    if to <= from {
        return Ok(Err(NotExtended::NotLater));
    }
    if to >= too_late {
        return Ok(Err(NotExtended::UsedUp));
    }
    let days = calendar.working_days_between(from, to);
    let due_at = end_of_vietnam_day(to);
    let fact = extension::ActiveModel {
        id: Set(state.clock.new_id()),
        subject_type: Set(subject.kind.to_owned()),
        subject_id: Set(subject.id),
        kind: Set(more.kind.to_owned()),
        deadline_id: Set(row.id),
        at: Set(now),
        actor_id: Set(actor.account_id()),
        from_due_at: Set(row.due_at),
        to_due_at: Set(due_at),
        days: Set(days),
        reason: Set(more.reason.to_owned()),
    };
    extension::Entity::insert(fact).exec_without_returning(tx).await?;
    deadline::Entity::update_many()
        .col_expr(deadline::Column::DueAt, Expr::value(due_at))
        .col_expr(deadline::Column::RemindedAt, Expr::value(None::<Timestamp>))
        .filter(deadline::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    cases::move_due(tx, subject, row.due_at, due_at).await?;
    Ok(Ok(due_at))
}

/// The working days that may still be given; nothing when it was given often enough.
async fn left_of(
    tx: &Tx,
    subject: Subject,
    deadline: DeadlineId,
    bound: Bound,
) -> ApiResult<Option<u32>> {
    let given: Vec<i32> = extension::Entity::find()
        .select_only()
        .column(extension::Column::Days)
        .filter(extension::Column::SubjectId.eq(subject.id))
        .filter(extension::Column::DeadlineId.eq(deadline))
        .into_tuple()
        .all(tx)
        .await?;
    let is_left = u32::try_from(given.len()).is_ok_and(|times| times < bound.times);
    let days = given.into_iter().map(i32::unsigned_abs).fold(0, u32::saturating_add);
    Ok(bound.days.checked_sub(days).filter(|_| is_left))
}

/// All time that was ever given for this, also for what was met since, oldest first.
///
/// # Errors
/// Failures of the database.
pub async fn extensions_of(
    db: &impl ConnectionTrait,
    subject: Subject,
) -> ApiResult<Vec<Extended>> {
    let rows = extension::Entity::find()
        .filter(extension::Column::SubjectId.eq(subject.id))
        .filter(extension::Column::SubjectType.eq(subject.kind))
        .order_by_asc(extension::Column::Id)
        .all(db)
        .await?;
    let extended = |row: extension::Model| Extended {
        kind: row.kind,
        at: row.at,
        by: row.actor_id,
        from: row.from_due_at,
        to: row.to_due_at,
        days: row.days,
        reason: row.reason,
    };
    Ok(rows.into_iter().map(extended).collect())
}
