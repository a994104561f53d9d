//! Lists of clients: those of an organisation, and for administrators and auditors all of them.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::access::allow;
use nq57_platform::error::ApiResult;
use nq57_platform::http::{FromPath, PageQuery, Paged, SignedIn, link};
use nq57_platform::persistence::keyset::Keyset;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::{ApiClientAction, ApiClientSubject, may};
use nq57_shared::clients::ApiClientSummary;
use nq57_shared::ids::OrganisationId;
use nq57_shared::page::Page;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter, QueryTrait, Select};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::enter::ClientStanding;
use super::table::api_client::{Column, Entity};
use super::{present, store};
use crate::identity::organisations;

/// List the clients of an organisation.
///
/// For its managers, administrators and auditors; the latest first.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(("id" = OrganisationId, Path, description = "The organisation"), PageQuery),
    responses((status = 200, description = "A page of clients", body = Page<ApiClientSummary>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/organisations/{id}/api-clients")]
pub async fn list_api_clients(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OrganisationId>,
    page: PageQuery,
) -> ApiResult<HttpResponse> {
    organisations::find(&state.db, id).await?;
    let standing = ClientStanding::of(&state.db, caller.actor(), id).await?;
    allow(standing.may_with_all(ApiClientAction::List))?;
    let rows = store::living().filter(Column::OrganisationId.eq(id));
    Ok(link::page(&request, &fetch(&state, &("clients of", id), rows, &page).await?))
}

/// Which clients are looked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SoughtClients {
    /// Only those of which something waits for a confirmation, or only the others.
    awaits_confirmation: Option<bool>,
}

/// List all clients.
///
/// For administrators and auditors; the latest first.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(SoughtClients, PageQuery),
    responses((status = 200, description = "A page of clients", body = Page<ApiClientSummary>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/api-clients")]
pub async fn list_all_api_clients(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    sought: Paged<SoughtClients>,
) -> ApiResult<HttpResponse> {
    allow(may(caller.actor(), ApiClientAction::ListAll, ApiClientSubject::default()))?;
    let mut rows = store::living();
    if let Some(awaits) = sought.awaits_confirmation {
        rows = rows.filter(Column::AwaitsConfirmation.eq(awaits));
    }
    let page = fetch(&state, &("all clients", sought.filter), rows, &sought.page).await?;
    Ok(link::page(&request, &page))
}

async fn fetch(
    state: &AppState,
    filter: &impl Serialize,
    rows: Select<Entity>,
    page: &PageQuery,
) -> ApiResult<Page<ApiClientSummary>> {
    let order = Keyset::new(filter)?.descending(Expr::col((Entity, Column::Id)));
    let paging = page.of(state, order)?;
    let total = paging.total(&state.db, rows.as_query()).await?;
    let rows = paging.apply(rows).all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| vec![row.id.into()])?;
    let items = present::summaries(&state.db, rows, state.clock.now()).await?;
    Ok(Page { items, next_cursor, total })
}
