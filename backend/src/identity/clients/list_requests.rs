//! What a client has asked in the last thirty days.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::access::allow;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::{FromPath, PageQuery, SignedIn, link};
use nq57_platform::persistence::keyset::Keyset;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::ApiClientAction;
use nq57_shared::clients::{ApiRequest, ApiRequestPage};
use nq57_shared::ids::ApiClientId;
use nq57_shared::page::Page;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Value};

use super::enter::ClientStanding;
use super::store;
use super::table::api_request::{Column, Entity, Model};

/// Requests that are counted.
const MOST: u64 = 10_000;

/// List the requests of a client.
///
/// For the managers of its organisation, administrators and auditors: the latest first, within a few seconds, kept for
/// thirty days, without queries and bodies. With `count=true` the answer has `total` and `failed`, which go as far as the
/// latest 10,000.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(("id" = ApiClientId, Path, description = "The client"), PageQuery),
    responses((status = 200, description = "A page of requests", body = ApiRequestPage,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/api-clients/{id}/requests")]
pub async fn list_api_requests(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ApiClientId>,
    page: PageQuery,
) -> ApiResult<HttpResponse> {
    let client = store::load(&state.db, id).await?;
    let standing = ClientStanding::of(&state.db, caller.actor(), client.organisation_id).await?;
    allow(standing.may(ApiClientAction::Read, &client))?;
    // Counted as far as it is bounded.
    let wanted = PageQuery { count: false, ..page.clone() };
    let order = Keyset::new(&("requests of", id))?.descending(Expr::col((Entity, Column::Id)));
    let rows = Entity::find().filter(Column::ClientId.eq(id));
    let keys = |row: &Model| vec![Value::from(row.id)];
    let found = wanted.of(&state, order)?.fetch(&state.db, rows, keys, shown).await?;
    let Page { items, next_cursor, .. } = found;
    let mut answer =
        ApiRequestPage { items, next_cursor, total: None, failed: None, at_least: false };
    if page.count {
        let counted = count(&state.db, id).await?;
        answer.total = Some(Ord::min(counted.requests.unsigned_abs(), MOST));
        answer.failed = Some(counted.failed.unwrap_or_default().unsigned_abs());
        answer.at_least = counted.requests.unsigned_abs() > MOST;
    }
    Ok(link::page(&request, &answer))
}

fn shown(row: Model) -> ApiResult<ApiRequest> {
    Ok(ApiRequest {
        at: row.at,
        method: row.method,
        route: row.route,
        status: u16::try_from(row.status).map_err(ApiError::internal)?,
        ms: row.ms.unsigned_abs(),
        address: row.address,
        request_id: row.request_id,
    })
}

#[derive(FromQueryResult)]
struct Counted {
    requests: i64,
    /// Nothing when there are none.
    failed: Option<i64>,
}

/// The latest requests, and how many of them failed; one more than is counted says that there are more.
async fn count(db: &impl ConnectionTrait, id: ApiClientId) -> ApiResult<Counted> {
    let latest = Query::select()
        .column(Column::Status)
        .from(Entity)
        .and_where(Column::ClientId.eq(id))
        .order_by(Column::Id, Order::Desc)
        .limit(MOST + 1)
        .take();
    let status = || Expr::col((Alias::new("latest"), Column::Status));
    let failed = Expr::case(status().gte(400), 1).finally(0);
    let counted = Query::select()
        .expr_as(status().count(), "requests")
        .expr_as(Expr::expr(failed).sum(), "failed")
        .from_subquery(latest, Alias::new("latest"))
        .take();
    let statement = db.get_database_backend().build(&counted);
    let found = Counted::find_by_statement(statement).one(db).await?;
    found.ok_or_else(|| ApiError::internal(anyhow::anyhow!("a count without a row")))
}
