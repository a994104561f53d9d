//! How many letters about cases one address gets, over all cases. A stranger who types it causes three questions a
//! day; whoever refuses them gets none for half a year.

use chrono::Duration;
use nq57_core::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};

use super::table::count::{Column, Entity, Model};
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;

const HOUR: Duration = Duration::hours(1);
const DAY: Duration = Duration::days(1);
/// Questions to one address in a day.
const QUESTIONS: i32 = 3;
/// How long nobody is asked who has refused.
const BLOCK: Duration = Duration::days(180);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whether the address is right.
    Question,
    /// To an address that is confirmed.
    News,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Now,
    Later,
    Never,
}

/// Whether a letter may go to this address now; if so, it is counted. `per_hour` bounds all letters, 0 does not.
pub(super) async fn take(
    tx: &Tx,
    address: &str,
    kind: Kind,
    per_hour: u16,
    now: Timestamp,
) -> ApiResult<Verdict> {
    let mut count = lock(tx, address, now).await?;
    if now - count.hour_from >= HOUR {
        (count.hour_from, count.letters) = (now, 0);
    }
    if now - count.day_from >= DAY {
        (count.day_from, count.questions) = (now, 0);
    }
    let verdict = verdict(&count, kind, per_hour, now);
    if verdict == Verdict::Now {
        count.letters += 1;
        count.questions += i32::from(kind == Kind::Question);
        write(tx, Model { changed_at: now, ..count }).await?;
    }
    Ok(verdict)
}

fn verdict(count: &Model, kind: Kind, per_hour: u16, now: Timestamp) -> Verdict {
    if kind == Kind::Question
        && (count.questions >= QUESTIONS || count.blocked_until.is_some_and(|until| now < until))
    {
        return Verdict::Never;
    }
    if per_hour > 0 && count.letters >= i32::from(per_hour) { Verdict::Later } else { Verdict::Now }
}

/// Takes a letter back that did not leave.
pub(super) async fn give_back(tx: &Tx, address: &str, kind: Kind) -> ApiResult<()> {
    let questions = i32::from(kind == Kind::Question);
    Entity::update_many()
        .col_expr(Column::Letters, Expr::col(Column::Letters).sub(1))
        .col_expr(Column::Questions, Expr::col(Column::Questions).sub(questions))
        .filter(Column::Address.eq(address))
        .filter(Column::Letters.gt(0))
        .filter(Column::Questions.gte(questions))
        .exec(tx)
        .await?;
    Ok(())
}

/// Nobody asks this address for long.
pub(super) async fn block(tx: &Tx, address: &str, now: Timestamp) -> ApiResult<()> {
    let count = lock(tx, address, now).await?;
    write(tx, Model { blocked_until: Some(now + BLOCK), changed_at: now, ..count }).await
}

/// Forgets what counts no more.
pub(super) async fn purge(tx: &Tx, now: Timestamp) -> ApiResult<()> {
    let is_free =
        Condition::any().add(Column::BlockedUntil.is_null()).add(Column::BlockedUntil.lte(now));
    Entity::delete_many().filter(Column::ChangedAt.lte(now - DAY)).filter(is_free).exec(tx).await?;
    Ok(())
}

/// The row of this address, locked until the transaction ends: two letters at once are two.
async fn lock(tx: &Tx, address: &str, now: Timestamp) -> ApiResult<Model> {
    let first = Model {
        address: address.to_owned(),
        hour_from: now,
        letters: 0,
        day_from: now,
        questions: 0,
        blocked_until: None,
        changed_at: now,
    };
    Entity::insert_many([first.into_active_model().reset_all()])
        .on_conflict_do_nothing_on([Column::Address])
        .exec_without_returning(tx)
        .await?;
    let row = Entity::find_by_id(address).lock_exclusive().one(tx).await?;
    row.ok_or_else(|| ApiError::internal(anyhow::anyhow!("a count is gone")))
}

async fn write(tx: &Tx, count: Model) -> ApiResult<()> {
    Entity::update(count.into_active_model().reset_all()).exec(tx).await?;
    Ok(())
}
