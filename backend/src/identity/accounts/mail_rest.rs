//! The rest between mails that strangers can cause by typing an address: one count for all causes.
//! It never grows beyond the life of the link in the mail, so that the owner of the mailbox always has
//! a link that works, however often a stranger asked.

use chrono::Duration;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::ids::AccountId;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::table::account;

/// After the first mail; each further mail doubles it.
const FIRST_REST: Duration = Duration::minutes(1);
/// Mails older than this are forgotten.
const MEMORY: Duration = Duration::days(7);

/// Whether a mail may go to this account now; if so, it is counted.
///
/// # Errors
/// 404 when there is no such account; failures of the database.
pub async fn begin(tx: &Tx, id: AccountId, longest: Duration, now: Timestamp) -> ApiResult<bool> {
    // Two wishes delivered at the same moment must not both find that no mail was sent.
    let row = account::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(ApiError::not_found)?;
    let last = row.last_asked_mail_at.filter(|last| now - *last <= MEMORY);
    let before = if last.is_some() { row.asked_mails } else { 0 };
    if last.is_some_and(|last| now - last < rest_after(before, longest)) {
        return Ok(false);
    }
    note(tx, id, before.saturating_add(1), Some(now)).await?;
    Ok(true)
}

/// Begins to count anew: whoever opened a link wants the mails.
///
/// # Errors
/// Failures of the database.
pub async fn forget(tx: &Tx, id: AccountId) -> ApiResult<()> {
    note(tx, id, 0, None).await
}

async fn note(tx: &Tx, id: AccountId, mails: i32, last: Option<Timestamp>) -> ApiResult<()> {
    account::Entity::update_many()
        .col_expr(account::Column::AskedMails, Expr::value(mails))
        .col_expr(account::Column::LastAskedMailAt, Expr::value(last))
        .filter(account::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

fn rest_after(mails: i32, longest: Duration) -> Duration {
    let doubled = u32::try_from(mails.saturating_sub(1))
        .ok()
        .and_then(|times| 1_i32.checked_shl(times))
        .filter(|factor| *factor > 0)
        .unwrap_or(i32::MAX);
    FIRST_REST.checked_mul(doubled).map_or(longest, |rest| rest.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_doubles_and_never_outlives_the_link() {
        let hour = Duration::hours(1);
        assert_eq!(rest_after(1, hour), Duration::minutes(1));
        assert_eq!(rest_after(4, hour), Duration::minutes(8));
        for mails in [7, 33, 64, i32::MAX] {
            assert_eq!(rest_after(mails, hour), hour);
        }
    }
}
