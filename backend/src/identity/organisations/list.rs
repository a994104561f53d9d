//! The public list of organisations, by name.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::error::ApiResult;
use nq57_platform::http::public_cache::PublicBody;
use nq57_platform::http::query_string::check_words;
use nq57_platform::http::{Caller, PageQuery, Paged, link};
use nq57_platform::persistence::keyset::Keyset;
use nq57_platform::persistence::search;
use nq57_platform::state::AppState;
use nq57_shared::organisations::{Organisation, OrganisationKind};
use nq57_shared::page::Page;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait};
use serde::Deserialize;
use utoipa::IntoParams;

use super::TOPIC;
use super::table::organisation;

/// Which organisations are looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SoughtOrganisations {
    /// Words of the name, with or without diacritics, or a tax code.
    #[serde(default)]
    #[param(max_length = 200)]
    q: Option<String>,
    /// Only this kind.
    #[serde(default)]
    kind: Option<OrganisationKind>,
    /// Only this province.
    #[serde(default)]
    #[param(example = "92")]
    province: Option<String>,
}

/// List organisations.
///
/// Everybody may; by name. A cursor belongs to the filter that it came with.
#[utoipa::path(
    tag = "organisations",
    params(SoughtOrganisations, PageQuery),
    responses((status = 200, description = "A page of organisations", body = Page<Organisation>,
        headers(("ETag" = String, description = "Of the content"), ("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/organisations")]
pub async fn list_organisations(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    sought: Paged<SoughtOrganisations>,
) -> ApiResult<HttpResponse> {
    if caller.actor().account().is_some() {
        return Ok(link::page(&request, &seek(&state, &sought).await?));
    }
    state
        .public_cache
        .answer(&request, TOPIC, async {
            let page = seek(&state, &sought).await?;
            PublicBody::page(&request, &page)
        })
        .await
}

async fn seek(
    state: &AppState,
    sought: &Paged<SoughtOrganisations>,
) -> ApiResult<Page<Organisation>> {
    check_words(sought.q.as_deref())?;
    let order = Keyset::new(&(&sought.q, sought.kind, &sought.province))?
        .ascending(Expr::col((organisation::Entity, organisation::Column::Folded)))
        .ascending(Expr::col((organisation::Entity, organisation::Column::Id)));
    let paging = sought.page.of(state, order)?;
    let mut query = organisation::Entity::find();
    if let Some(q) = &sought.q {
        let folded = Expr::col((organisation::Entity, organisation::Column::Folded));
        query = query.filter(search::has_words(&folded, q));
    }
    if let Some(kind) = sought.kind {
        query = query.filter(organisation::Column::Kind.eq(kind));
    }
    if let Some(province) = &sought.province {
        query = query.filter(organisation::Column::ProvinceCode.eq(province.as_str()));
    }
    let total = paging.total(&state.db, query.as_query()).await?;
    let rows = paging.apply(query).all(&state.db).await?;
    let (rows, next_cursor) =
        paging.cut(rows, |row| vec![row.folded.clone().into(), row.id.into()])?;
    let items = rows.into_iter().map(Organisation::from).collect();
    Ok(Page { items, next_cursor, total })
}
