//! Who may be put on a panel, for the chairs who choose.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::access::allow;
use nq57_platform::error::ApiResult;
use nq57_platform::http::query_string::check_words;
use nq57_platform::http::{PageQuery, Paged, SignedIn, link};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::accounts::{AccountAction, may};
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::accounts::PanelCandidate;
use nq57_shared::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::identity::accounts;

/// Which candidates are looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SoughtCandidates {
    /// Words of the name, with or without diacritics.
    #[serde(default)]
    #[param(max_length = 200)]
    q: Option<String>,
}

/// List the people who may sit on a panel.
///
/// Active accounts that are evaluators or chairs today; by name. For chairs and administrators; whose
/// role is limited sees those who could judge something within the same limits.
#[utoipa::path(
    tag = "administration",
    security(("bearer" = [])),
    params(SoughtCandidates, PageQuery),
    responses((status = 200, description = "A page of candidates", body = Page<PanelCandidate>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/panel-candidates")]
pub async fn list_panel_candidates(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    query: Paged<SoughtCandidates>,
) -> ApiResult<HttpResponse> {
    allow(may(caller.actor(), AccountAction::ListPanelCandidates, None))?;
    check_words(query.q.as_deref())?;
    let chooses = |role| matches!(role, Role::PanelChair | Role::Administrator);
    let limits: Vec<&RoleGrant> =
        caller.account().grants.iter().filter(|grant| chooses(grant.role)).collect();
    let limits = (limits.as_slice(), &caller.account().reach);
    let page = accounts::panel_candidates(&state, query.q.clone(), limits, &query.page).await?;
    Ok(link::page(&request, &page))
}
