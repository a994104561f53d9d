//! Accounts of others: finding, reading, suspending, reinstating.

use actix_web::{HttpRequest, HttpResponse, get, patch};
use nq57_platform::access::{allow, permit};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::query_string::check_words;
use nq57_platform::http::{
    FromPath, IfMatch, PageQuery, Paged, SignedIn, ValidJson, conditional, link,
};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::access::policy::accounts::{AccountAction, may};
use nq57_shared::accounts::{AccountAdministrationPatch, AccountSummary};
use nq57_shared::ids::AccountId;
use nq57_shared::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::identity::accounts::{self, Sought};

/// Which accounts are looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SoughtAccounts {
    /// Words of name or address, with or without diacritics.
    #[serde(default)]
    #[param(max_length = 200)]
    q: Option<String>,
    /// Only holders of this role today.
    #[serde(default)]
    role: Option<Role>,
}

/// List accounts.
///
/// For administrators; by name. A cursor belongs to the filter that it came with.
#[utoipa::path(
    tag = "administration",
    security(("bearer" = [])),
    params(SoughtAccounts, PageQuery),
    responses((status = 200, description = "A page of accounts", body = Page<AccountSummary>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/accounts")]
pub async fn list_accounts(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    query: Paged<SoughtAccounts>,
) -> ApiResult<HttpResponse> {
    allow(may(caller.actor(), AccountAction::Read, None))?;
    check_words(query.q.as_deref())?;
    let sought = Sought { q: query.q.clone(), roles: query.role.into_iter().collect() };
    let page = accounts::seek(&state, &sought, &query.page).await?;
    Ok(link::page(&request, &page))
}

/// Read an account.
///
/// For administrators.
#[utoipa::path(
    tag = "administration",
    security(("bearer" = [])),
    params(("id" = AccountId, Path, description = "The account")),
    responses(
        (status = 200, description = "The account", body = AccountSummary,
            headers(("ETag" = String, description = "The revision"))),
        (status = 304, description = "Not changed since `If-None-Match`"),
    ),
)]
#[get("/accounts/{id}")]
pub async fn read_account(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<AccountId>,
) -> ApiResult<HttpResponse> {
    allow(may(caller.actor(), AccountAction::Read, Some(id)))?;
    let account = accounts::summary_of(&state.db, id, state.clock.now()).await?;
    Ok(conditional::representation(&request, revision(&account), &account))
}

fn revision(account: &AccountSummary) -> i64 {
    account.revision.cast_signed()
}

/// Suspend or reinstate an account.
///
/// A suspended account cannot sign in and loses its sessions at once. The reason is kept in the
/// audit. The last administrator cannot be suspended.
#[utoipa::path(
    tag = "administration",
    security(("bearer" = [])),
    params(
        ("id" = AccountId, Path, description = "The account"),
        ("If-Match" = String, Header, description = "The entity tag of what was read"),
    ),
    request_body = AccountAdministrationPatch,
    responses(
        (status = 200, description = "As it is now", body = AccountSummary,
            headers(("ETag" = String, description = "The revision"))),
        (status = 409, description = "`last_administrator`: nobody else could give roles"),
    ),
)]
#[patch("/accounts/{id}")]
pub async fn administer_account(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<AccountId>,
    seen: IfMatch,
    body: ValidJson<AccountAdministrationPatch>,
) -> ApiResult<HttpResponse> {
    let account = transaction::write(&state.db, async |tx| {
        administer(tx, &state, &request, &caller, id, &seen, &body).await
    })
    .await?;
    Ok(conditional::current(revision(&account), &account))
}

async fn administer(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    id: AccountId,
    seen: &IfMatch,
    body: &AccountAdministrationPatch,
) -> ApiResult<AccountSummary> {
    let permit = permit(may(caller.actor(), AccountAction::Suspend, Some(id)))?;
    let now = state.clock.now();
    let before = accounts::summary_of(tx, id, now).await?;
    seen.check(revision(&before))?;
    if before.is_suspended == body.is_suspended {
        return Ok(before);
    }
    accounts::suspend(tx, permit, &before, body.is_suspended, now).await?;
    state.callers.forget_account(tx, id);
    state.registry.tell_of_roles(tx, state, id).await?;
    let action = if body.is_suspended { "account.suspended" } else { "account.reinstated" };
    let entry = Entry::by(caller.actor(), action).on("account", id.0);
    let entry = entry
        .with("reason", body.reason.as_str())
        .changed("is_suspended", before.is_suspended, body.is_suspended)
        .during(request);
    audit::record(tx, &state.clock, entry).await?;
    accounts::summary_of(tx, id, now).await
}
