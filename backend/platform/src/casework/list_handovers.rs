//! Who had a case before it went over to who has it now.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::handover::{Handover, Office};
use nq57_core::page::Page;
use sea_orm::sea_query::{Expr, ExprTrait, Query as Select};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, Value};
use uuid::Uuid;

use super::cases::CaseRow;
use super::reach::within;
use super::table::case;
use super::table::handover::{Column, Entity, Model};
use crate::error::{ApiError, ApiResult};
use crate::http::{FromPath, PageQuery, SignedIn, link};
use crate::persistence::keyset::Keyset;
use crate::state::AppState;

/// List the handovers of a case.
///
/// For officials who find the case in their register: each office and organisation that had it, the earliest first.
#[utoipa::path(
    tag = "work",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The case"), PageQuery),
    responses((status = 200, description = "A page of handovers", body = Page<Handover>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/cases/{id}/handovers")]
pub async fn list_case_handovers(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<Uuid>,
    page: PageQuery,
) -> ApiResult<HttpResponse> {
    let mut case = Select::select()
        .from(case::Entity)
        .cond_where(within(caller.actor())?)
        .and_where(Expr::col((case::Entity, case::Column::Id)).eq(id))
        .take();
    CaseRow::select(&mut case);
    let statement = state.db.get_database_backend().build(&case);
    let case = CaseRow::find_by_statement(statement).one(&state.db).await?;
    let case = case.ok_or_else(ApiError::not_found)?;
    let order = Keyset::new(&id)?.ascending(Expr::col((Entity, Column::Id)));
    let rows = Entity::find().filter(Column::CaseId.eq(id)).filter(Column::Kind.eq(case.kind));
    let keys = |row: &Model| vec![Value::from(row.id)];
    let page = page.of(&state, order)?.fetch(&state.db, rows, keys, |row| Ok(shown(row))).await?;
    Ok(link::page(&request, &page))
}

fn shown(row: Model) -> Handover {
    Handover {
        id: row.id,
        at: row.at,
        from: Office {
            organisation_id: row.from_organisation_id,
            province_code: row.from_province,
        },
        to: Office { organisation_id: row.to_organisation_id, province_code: row.to_province },
        by: row.actor_id,
        reason: row.reason,
    }
}
