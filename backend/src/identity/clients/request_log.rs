//! The log of requests and of the last use of each secret: written once a second, kept for thirty days.

use chrono::Duration;
use nq57_platform::error::ApiResult;
use nq57_platform::http::client_log::{ClientRequest, Gathered, use_is_noted_every};
use nq57_platform::persistence::{bounded, transaction};
use nq57_platform::state::AppState;
use nq57_shared::clients::REQUESTS_KEPT_DAYS;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::table::{api_request, api_secret};

/// Rows that one statement deletes.
const BATCH: u64 = 5_000;

/// Writes what has gathered since the last time. A job of every server, for its own requests.
///
/// # Errors
/// Failures of the database: what has gathered is lost then.
pub async fn write(state: AppState) -> ApiResult<()> {
    let Gathered { requests, uses } = state.client_log.take();
    if requests.is_empty() && uses.is_empty() {
        return Ok(());
    }
    transaction::write(&state.db, async |tx| {
        let rows = requests.iter().map(|request| row_of(&state, request)).collect();
        for some in bounded::rows(rows) {
            api_request::Entity::insert_many(some).exec_without_returning(tx).await?;
        }
        for (secret, last) in &uses {
            let known = api_secret::Column::LastUsedAt;
            api_secret::Entity::update_many()
                .col_expr(known, Expr::value(last.at))
                .col_expr(
                    api_secret::Column::LastUsedAddress,
                    Expr::value(last.address.to_string()),
                )
                .filter(api_secret::Column::Id.eq(*secret))
                // Another server may have noted it.
                .filter(known.is_null().or(known.lte(last.at - use_is_noted_every())))
                .exec(tx)
                .await?;
        }
        Ok(())
    })
    .await
}

fn row_of(state: &AppState, request: &ClientRequest) -> api_request::ActiveModel {
    api_request::ActiveModel {
        id: Set(state.clock.new_id()),
        client_id: Set(request.client),
        at: Set(request.at),
        method: Set(request.method.clone()),
        route: Set(request.route.clone()),
        status: Set(request.status.into()),
        ms: Set(i32::try_from(request.ms).unwrap_or(i32::MAX)),
        address: Set(request.address.to_string()),
        request_id: Set(request.request_id.clone()),
    }
}

/// Deletes what is older than thirty days, some at a time. A job; safe on several servers.
///
/// # Errors
/// Failures of the database.
pub async fn purge(state: AppState) -> ApiResult<()> {
    let until = state.clock.now() - Duration::days(REQUESTS_KEPT_DAYS);
    loop {
        let deleted = transaction::write(&state.db, async |tx| {
            let old = Query::select()
                .column(api_request::Column::Id)
                .from(api_request::Entity)
                .and_where(api_request::Column::At.lt(until))
                .limit(BATCH)
                .take();
            let some = api_request::Entity::delete_many();
            Ok(some.filter(api_request::Column::Id.in_subquery(old)).exec(tx).await?.rows_affected)
        })
        .await?;
        if deleted < BATCH {
            return Ok(());
        }
    }
}
