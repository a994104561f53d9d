//! Answers what the platform asks about clients: whose credential this is, and what ends one that was exposed.

use actix_web::HttpRequest;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use nq57_platform::access::permit;
use nq57_platform::audit::{self, By};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::api_key::ApiKey;
use nq57_platform::http::known_clients::{Credential, Ended, KnownClient};
use nq57_platform::persistence::transaction;
use nq57_platform::registry;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::{ApiClientAction, ApiClientSubject, may};
use nq57_shared::access::{Actor, ClientActor};
use nq57_shared::clients::{ApiClientState, ApiSecretKind};
use nq57_shared::ids::ApiClientId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseConnection};

use super::store::{self, ClientRecord, SecretRecord};
use super::subject::subject_of;
use super::{check, tell};
use crate::identity::organisations;

/// The clients of this platform.
pub struct Clients;

/// A client that is let in, or why not.
type Found = Result<KnownClient, Ended>;

impl registry::Clients for Clients {
    fn find<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        credential: &'a Credential,
        now: Timestamp,
    ) -> LocalBoxFuture<'a, ApiResult<Option<Found>>> {
        find(db, credential, now).boxed_local()
    }

    fn cursor_key<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        client: ApiClientId,
    ) -> LocalBoxFuture<'a, ApiResult<String>> {
        async move { Ok(store::load(db, client).await?.cursor_key) }.boxed_local()
    }

    fn formerly<'a>(
        &'a self,
        db: &'a DatabaseConnection,
        client: &'a ClientActor,
        version: u32,
    ) -> LocalBoxFuture<'a, ApiResult<Option<ClientActor>>> {
        formerly(db, client, version).boxed_local()
    }

    fn revoke_exposed<'a>(
        &'a self,
        state: &'a AppState,
        request: &'a HttpRequest,
        key: &'a ApiKey,
    ) -> LocalBoxFuture<'a, ApiResult<()>> {
        revoke_exposed(state, request, key).boxed_local()
    }
}

async fn find(
    db: &impl ConnectionTrait,
    credential: &Credential,
    now: Timestamp,
) -> ApiResult<Option<Found>> {
    let found = match credential {
        Credential::Key(key) => {
            let found = store::with_client(db, store::of_lookup(key.lookup())).await?;
            found.filter(|(secret, _)| is(secret, ApiSecretKind::Key, key))
        }
        // The token says that the secret was proved.
        Credential::Secret(id) => store::with_client(db, store::of_id(*id)).await?,
    };
    let Some((secret, client)) = found else { return Ok(None) };
    admit(db, &secret, &client, now).await.map(Some)
}

/// The client with this secret.
///
/// # Errors
/// Failures of the database.
pub async fn by_client_secret(
    db: &impl ConnectionTrait,
    id: ApiClientId,
    key: &ApiKey,
    now: Timestamp,
) -> ApiResult<Option<Found>> {
    let found = store::with_client(db, store::of_lookup(key.lookup())).await?;
    let is_theirs = |(secret, client): &(SecretRecord, ClientRecord)| {
        client.id == id && is(secret, ApiSecretKind::ClientSecret, key)
    };
    let Some((secret, client)) = found.filter(is_theirs) else { return Ok(None) };
    admit(db, &secret, &client, now).await.map(Some)
}

fn is(secret: &SecretRecord, kind: ApiSecretKind, key: &ApiKey) -> bool {
    secret.kind == kind && key.is(&secret.digest)
}

/// Whoever comes here has proved to have the secret.
async fn admit(
    db: &impl ConnectionTrait,
    secret: &SecretRecord,
    client: &ClientRecord,
    now: Timestamp,
) -> ApiResult<Found> {
    let ended = |code| Ok(Err(Ended { client: client.id, code }));
    if let Some(code) = secret.end(now) {
        return ended(code);
    }
    let organisation = organisations::find(db, client.organisation_id).await?;
    match client.state(&organisation, now) {
        ApiClientState::Active => {}
        ApiClientState::Expired => return ended(ProblemCode::ClientExpired),
        ApiClientState::Suspended | ApiClientState::OrganisationUnconfirmed => {
            return ended(ProblemCode::ClientSuspended);
        }
    }
    let access = client.in_force();
    let reach = organisations::reach_of(db, &access.organisations).await?;
    let networks = client.networks.iter().map(|text| {
        let unreadable = || ApiError::internal(anyhow::anyhow!("{text} is no network"));
        check::network(text).ok_or_else(unreadable)
    });
    let networks = networks.collect::<ApiResult<_>>()?;
    let actor = ClientActor {
        id: client.id,
        organisation: client.organisation_id,
        access,
        access_version: client.access_version,
        reach,
    };
    let expires_at = [secret.expires_at, client.expires_at].into_iter().flatten().min();
    let last_used_at = secret.last_used_at;
    Ok(Ok(KnownClient { actor, secret: secret.id, networks, expires_at, last_used_at }))
}

/// The client with the access of this version, and what stands below its organisations today.
async fn formerly(
    db: &impl ConnectionTrait,
    client: &ClientActor,
    version: u32,
) -> ApiResult<Option<ClientActor>> {
    let Some(access) = store::past_access(db, client.id, version).await? else { return Ok(None) };
    let reach = organisations::reach_of(db, &access.organisations).await?;
    Ok(Some(ClientActor { access, access_version: version, reach, ..client.clone() }))
}

/// Whoever has read the address may have it: revoked, whoever sent it.
async fn revoke_exposed(state: &AppState, request: &HttpRequest, key: &ApiKey) -> ApiResult<()> {
    transaction::write(&state.db, async |tx| {
        let found = store::with_client(tx, store::of_lookup(key.lookup())).await?;
        let is_it = |(secret, client): &(SecretRecord, ClientRecord)| {
            key.is(&secret.digest) && client.deleted_at.is_none()
        };
        let Some((secret, client)) = found.filter(is_it) else { return Ok(()) };
        let before = store::load_for_update(tx, client.id).await?;
        if store::revoke(tx, client.id, Some(secret.id), state.clock.now()).await? == 0 {
            return Ok(());
        }
        let subject = ApiClientSubject { id: Some(client.id), ..ApiClientSubject::default() };
        let permit = permit(may(&Actor::System, ApiClientAction::ManageSecrets, subject))?;
        store::update(tx, &state.clock, permit, &before, &mut before.clone()).await?;
        state.clients.forget(tx);
        tell::exposed(tx, state, &client, &secret).await?;
        let by = By::request(&Actor::System, request);
        let entry = by.entry("api_client.secret_exposed", subject_of(client.id));
        audit::record(tx, &state.clock, entry.with("secret", secret.id.to_string())).await
    })
    .await
}
