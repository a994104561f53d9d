//! Giving roles to accounts and taking them away.

use actix_web::{HttpRequest, HttpResponse, delete, post};
use chrono::NaiveDate;
use nq57_platform::access::{allow, permit};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::idempotency::{self, Answer};
use nq57_platform::http::{FromPath, IdempotencyKey, SignedIn, ValidJson, openapi};
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::RoleGrant;
use nq57_shared::access::policy::accounts::{AccountAction, may};
use nq57_shared::accounts::{AccountSummary, GrantDraft};
use nq57_shared::ids::{AccountId, GrantId};
use nq57_shared::problem::FieldCode;
use nq57_shared::time::vietnam_date;
use serde_json::{Map, Value};

use super::notices::{RoleGranted, RoleRevoked};
use crate::identity::accounts;
use crate::identity::organisations;

/// Give a role to an account.
///
/// Perhaps for one organisation with those below it, or one province only; perhaps until a day. The person is told.
#[utoipa::path(
    tag = "administration",
    security(("bearer" = [])),
    params(
        ("id" = AccountId, Path, description = "The account"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer the same for a day"),
    ),
    request_body = GrantDraft,
    responses(
        (status = 201, description = "The account with the new role", body = AccountSummary,
            headers(
                ("ETag" = String, description = "The revision of the account"),
                ("Location" = String, description = "The account"),
            )),
        (status = 409, description = "`already_exists`: there is such a grant; `roles_exclude`: an auditor holds no other role; `organisation_ended`; or the key is in use"),
    ),
)]
#[post("/accounts/{id}/grants")]
pub async fn grant_role(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<AccountId>,
    key: IdempotencyKey,
    body: ValidJson<GrantDraft>,
) -> ApiResult<HttpResponse> {
    let may_again = async |_: &Tx| allow(may(caller.actor(), AccountAction::Grant, Some(id)));
    idempotency::once(&state, &caller, &key, body.bytes(), may_again, async |tx| {
        let account = grant(tx, &state, &request, &caller, id, &body).await?;
        let revision = account.revision.cast_signed();
        Answer::created(format!("{}/accounts/{id}", openapi::BASE), revision, &account)
    })
    .await
}

async fn grant(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    id: AccountId,
    draft: &GrantDraft,
) -> ApiResult<AccountSummary> {
    let permit = permit(may(caller.actor(), AccountAction::Grant, Some(id)))?;
    let now = state.clock.now();
    accounts::summary_of(tx, id, now).await?;
    check_references(tx, state, draft).await?;
    let role = RoleGrant {
        role: draft.role,
        organisation_id: draft.organisation_id,
        province_code: draft.province_code.clone(),
    };
    let by = caller.account_id();
    let grant =
        accounts::give(tx, &state.clock, permit, id, &role, draft.expires_on, Some(by)).await?;
    state.callers.forget_account(tx, id);
    state.registry.tell_of_roles(tx, state, id).await?;
    tell(tx, state, Notice::new(&RoleGranted { role: role.role.as_str() }), id).await?;
    let entry = Entry::by(caller.actor(), "account.role_granted").on("account", id.0);
    let entry = entry.with("grant", grant.to_string()).changed(
        "grant",
        None,
        Some(details(&role, draft.expires_on)),
    );
    audit::record(tx, &state.clock, entry.during(request)).await?;
    accounts::summary_of(tx, id, now).await
}

/// What the audit says of a grant.
fn details(role: &RoleGrant, expires_on: Option<NaiveDate>) -> Map<String, Value> {
    let mut details = Map::from_iter([("role".to_owned(), role.role.as_str().into())]);
    if let Some(province) = &role.province_code {
        details.insert("province".to_owned(), province.as_str().into());
    }
    if let Some(organisation) = role.organisation_id {
        details.insert("organisation".to_owned(), organisation.to_string().into());
    }
    if let Some(day) = expires_on {
        details.insert("expires_on".to_owned(), day.to_string().into());
    }
    details
}

async fn check_references(tx: &Tx, state: &AppState, draft: &GrantDraft) -> ApiResult<()> {
    let province = draft.province_code.as_deref();
    if province.is_some_and(|code| state.reference.snapshot().province(code).is_none()) {
        return Err(ApiError::field("/province_code", FieldCode::UnknownValue));
    }
    let today = vietnam_date(state.clock.now());
    if let Some(organisation) = draft.organisation_id {
        if organisations::names(tx, &[organisation]).await?.is_empty() {
            return Err(ApiError::field("/organisation_id", FieldCode::UnknownValue));
        }
        organisations::find_living(tx, organisation, today).await?;
        if organisations::count_below(tx, organisation).await? > organisations::MOST_BELOW {
            return Err(ApiError::field("/organisation_id", FieldCode::NotAllowed));
        }
    }
    if draft.expires_on.is_some_and(|day| day <= today) {
        return Err(ApiError::field("/expires_on", FieldCode::Inconsistent));
    }
    Ok(())
}

async fn tell(tx: &Tx, state: &AppState, notice: Notice, account: AccountId) -> ApiResult<()> {
    let notice = notice.to([account]).about("account", account.0).at("/tai-khoan");
    notifications::notify(tx, &state.clock, notice).await
}

/// Take a role away.
///
/// Holds at once. The last administrator keeps the role.
#[utoipa::path(
    tag = "administration",
    security(("bearer" = [])),
    params(
        ("id" = AccountId, Path, description = "The account"),
        ("grant_id" = GrantId, Path, description = "The grant"),
    ),
    responses(
        (status = 204, description = "The role is no longer held by this grant"),
        (status = 409, description = "`last_administrator`: nobody else could give roles"),
    ),
)]
#[delete("/accounts/{id}/grants/{grant_id}")]
pub async fn revoke_grant(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath((id, grant_id)): FromPath<(AccountId, GrantId)>,
) -> ApiResult<HttpResponse> {
    transaction::write(&state.db, async |tx| {
        let permit = permit(may(caller.actor(), AccountAction::Grant, Some(id)))?;
        let now = state.clock.now();
        let before = accounts::summary_of(tx, id, now).await?.grants;
        let expires_on =
            before.iter().find(|grant| grant.id == grant_id).and_then(|grant| grant.expires_on);
        let role = accounts::revoke(tx, permit, id, grant_id, now).await?;
        state.callers.forget_account(tx, id);
        state.registry.tell_of_roles(tx, &state, id).await?;
        tell(tx, &state, Notice::new(&RoleRevoked { role: role.role.as_str() }), id).await?;
        let entry = Entry::by(caller.actor(), "account.role_revoked").on("account", id.0);
        let entry = entry.with("grant", grant_id.to_string()).changed(
            "grant",
            Some(details(&role, expires_on)),
            None,
        );
        audit::record(tx, &state.clock, entry.during(&request)).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
