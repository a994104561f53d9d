//! Keys and secrets: making one, whose text is answered once, and revoking one.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::{HttpRequest, HttpResponse, delete, post};
use nq57_platform::audit::{self, By};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::api_key::NewKey;
use nq57_platform::http::openapi::{self, IfMatchHeader};
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, conditional, etag};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::ApiClientAction;
use nq57_shared::clients::{ApiSecretDraft, LIVE_SECRETS_MAX, NewApiSecret};
use nq57_shared::ids::{AccountId, ApiClientId, ApiSecretId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::validate::Violations;

use super::enter::{Entered, enter};
use super::subject::subject_of;
use super::{check, present, store};

/// Make a key or a secret for a client.
///
/// By a manager of its organisation or an administrator. Its text is in this answer alone: only a digest is kept, so
/// no `Idempotency-Key` repeats it, and `If-Match` keeps a repeated request from making a second one. To rotate: make
/// the new one, use it, revoke the old one; two of each kind may be live.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(("id" = ApiClientId, Path, description = "The client"), IfMatchHeader),
    request_body = ApiSecretDraft,
    responses(
        (status = 201, description = "With its text, this once", body = NewApiSecret, headers(
            ("Location" = String, description = "The client"),
            ("ETag" = String, description = "The revision of the client"),
        )),
        (status = 409, description = "`too_many_secrets`: two of this kind are live"),
    ),
)]
#[post("/api-clients/{id}/secrets")]
pub async fn create_api_secret(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ApiClientId>,
    seen: IfMatch,
    body: ValidJson<ApiSecretDraft>,
) -> ApiResult<HttpResponse> {
    let by = (By::request(caller.actor(), &request), caller.account_id());
    let made =
        transaction::write(&state.db, async |tx| create(tx, &state, by, id, &seen, &body).await)
            .await?;
    let mut answer = conditional::with_status(StatusCode::CREATED, made.client.revision, &made);
    let location = format!("{}/api-clients/{id}", openapi::BASE);
    let location = HeaderValue::from_str(&location).map_err(ApiError::internal)?;
    answer.headers_mut().insert(LOCATION, location);
    Ok(answer)
}

async fn create(
    tx: &Tx,
    state: &AppState,
    (by, account): (By<'_>, AccountId),
    id: ApiClientId,
    seen: &IfMatch,
    draft: &ApiSecretDraft,
) -> ApiResult<NewApiSecret> {
    let Entered { before, standing, permit } =
        enter(tx, by.actor, ApiClientAction::ManageSecrets, id, Some(seen)).await?;
    let now = state.clock.now();
    let mut violations = Violations::new();
    check::check_end(&mut violations, draft.expires_at, now);
    violations.into_result()?;
    let live = store::count_live(tx, id, draft.kind, now).await?;
    if usize::try_from(live).map_err(ApiError::internal)? >= LIVE_SECRETS_MAX {
        return Err(ProblemCode::TooManySecrets.into());
    }
    let key = NewKey::new()?;
    let mut client = before.clone();
    store::update(tx, &state.clock, permit, &before, &mut client).await?;
    let secret_id = store::add_secret(tx, &state.clock, (&client, account), draft, &key).await?;
    let entry = by
        .entry("api_client.secret_created", subject_of(id))
        .with("secret", secret_id.to_string())
        .with("kind", draft.kind.as_str());
    audit::record(tx, &state.clock, entry).await?;
    let client = present::to_response(tx, state, &standing, &client).await?;
    Ok(NewApiSecret { secret: key.text().to_owned(), secret_id, client })
}

/// Revoke a key or a secret.
///
/// By a manager of its organisation or an administrator. It ends at once, and with a secret every token that was given
/// for it. One that has ended already stays as it is.
#[utoipa::path(
    tag = "clients",
    security(("bearer" = [])),
    params(
        ("id" = ApiClientId, Path, description = "The client"),
        ("secret_id" = ApiSecretId, Path, description = "The key or secret"),
    ),
    responses((status = 204, description = "It is not taken any more",
        headers(("ETag" = String, description = "The revision of the client")))),
)]
#[delete("/api-clients/{id}/secrets/{secret_id}")]
pub async fn revoke_api_secret(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath((id, secret)): FromPath<(ApiClientId, ApiSecretId)>,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let revision = transaction::write(&state.db, async |tx| {
        let Entered { before, permit, .. } =
            enter(tx, by.actor, ApiClientAction::ManageSecrets, id, None).await?;
        if !store::has_secret(tx, id, secret).await? {
            return Err(ApiError::not_found());
        }
        if store::revoke(tx, id, Some(secret), state.clock.now()).await? == 0 {
            return Ok(before.revision);
        }
        let mut client = before.clone();
        store::update(tx, &state.clock, permit, &before, &mut client).await?;
        state.clients.forget(tx);
        let entry = by.entry("api_client.secret_revoked", subject_of(id));
        audit::record(tx, &state.clock, entry.with("secret", secret.to_string())).await?;
        Ok(client.revision)
    })
    .await?;
    Ok(HttpResponse::NoContent().insert_header(etag(revision)).finish())
}
