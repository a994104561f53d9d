//! Clients and secrets run out: their organisations are told thirty, seven and one day before. A job that looks at what
//! is, so that a missed run is made up for.

use chrono::Duration;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::clients::REMINDER_DAYS;
use nq57_shared::ids::{ApiClientId, ApiSecretId};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::table::{api_client, api_secret};
use super::{store, tell};

/// What is looked at in one query.
const BATCH: u64 = 100;

/// Tells of what ends soon, once for each of the days. A job; of several servers one tells.
///
/// # Errors
/// Failures of the database.
pub async fn remind(state: AppState) -> ApiResult<()> {
    let now = state.clock.now();
    // The nearest end first: whoever is told of one day is not told of seven as well.
    for days in REMINDER_DAYS {
        loop {
            let some = secrets_within(&state, days, now).await?;
            for id in &some {
                remind_of_secret(&state, *id, days).await?;
            }
            if some.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                break;
            }
        }
        loop {
            let some = clients_within(&state, days, now).await?;
            for id in &some {
                remind_of_client(&state, *id, days).await?;
            }
            if some.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                break;
            }
        }
    }
    Ok(())
}

/// Ends within these days, and nobody was told of so few.
fn is_near<C: ColumnTrait>(end: C, told: C, days: i32, now: Timestamp) -> Condition {
    Condition::all()
        .add(end.gt(now))
        .add(end.lte(now + Duration::days(days.into())))
        .add(told.is_null().or(told.gt(days)))
}

async fn secrets_within(
    state: &AppState,
    days: i32,
    now: Timestamp,
) -> ApiResult<Vec<ApiSecretId>> {
    use api_secret::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(is_near(Column::ExpiresAt, Column::ToldDays, days, now))
        .filter(Column::RevokedAt.is_null())
        .order_by_asc(Column::ExpiresAt)
        .limit(BATCH)
        .into_tuple()
        .all(&state.db)
        .await?)
}

async fn clients_within(
    state: &AppState,
    days: i32,
    now: Timestamp,
) -> ApiResult<Vec<ApiClientId>> {
    use api_client::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(is_near(Column::ExpiresAt, Column::ToldDays, days, now))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::ExpiresAt)
        .limit(BATCH)
        .into_tuple()
        .all(&state.db)
        .await?)
}

async fn remind_of_secret(state: &AppState, id: ApiSecretId, days: i32) -> ApiResult<()> {
    use api_secret::{Column, Entity};
    transaction::write(&state.db, async |tx: &Tx| {
        let told = Entity::update_many()
            .col_expr(Column::ToldDays, Expr::value(days))
            .filter(Column::Id.eq(id))
            .filter(Column::ToldDays.is_null().or(Column::ToldDays.gt(days)))
            .exec(tx)
            .await?;
        let found = store::with_client(tx, store::of_id(id)).await?;
        match (told.rows_affected, found) {
            (1, Some((secret, client))) => tell::secret_ends(tx, state, &client, &secret).await,
            _ => Ok(()),
        }
    })
    .await
}

async fn remind_of_client(state: &AppState, id: ApiClientId, days: i32) -> ApiResult<()> {
    use api_client::{Column, Entity};
    transaction::write(&state.db, async |tx: &Tx| {
        let told = Entity::update_many()
            .col_expr(Column::ToldDays, Expr::value(days))
            .filter(Column::Id.eq(id))
            .filter(Column::ToldDays.is_null().or(Column::ToldDays.gt(days)))
            .exec(tx)
            .await?;
        match told.rows_affected {
            1 => tell::client_ends(tx, state, &store::load(tx, id).await?).await,
            _ => Ok(()),
        }
    })
    .await
}
