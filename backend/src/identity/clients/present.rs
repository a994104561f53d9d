//! Clients as their callers see them.

use std::collections::HashMap;

use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::api_key;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::api_clients::ApiClientAction;
use nq57_shared::clients::{ApiClient, ApiClientEvent, ApiClientSummary, ApiSecret};
use nq57_shared::ids::{ApiClientId, OrganisationId};
use nq57_shared::organisations::{Organisation, OrganisationName};
use nq57_shared::time::Timestamp;
use sea_orm::ConnectionTrait;

use super::enter::ClientStanding;
use super::send_event;
use super::store::{self, ClientRecord, SecretRecord};
use crate::identity::organisations;

/// The client with its secrets, and what the caller may do with it.
pub async fn to_response(
    db: &impl ConnectionTrait,
    state: &AppState,
    standing: &ClientStanding<'_>,
    record: &ClientRecord,
) -> ApiResult<ApiClient> {
    let now = state.clock.now();
    let own = record.organisation_id;
    let rows = record.wanted.organisations.iter().copied();
    let known = organisations::many(db, &rows.clone().chain([own]).collect::<Vec<_>>()).await?;
    let organisation = known.get(&own).ok_or_else(ApiError::not_found)?;
    let secrets = store::secrets_of(db, record.id, now).await?;
    let may = |action| standing.may(action, record).is_ok();
    let events = ApiClientEvent::ALL.iter().copied();
    Ok(ApiClient {
        id: record.id,
        organisation: name_of(organisation),
        name: record.name.clone(),
        purpose: record.purpose.clone(),
        wanted: record.wanted.0.clone(),
        in_force: record.in_force(),
        organisations: rows.filter_map(|id| known.get(&id)).map(name_of).collect(),
        awaits_confirmation: record.awaits_confirmation,
        confirmed_at: record.confirmed_at,
        networks: record.networks.0.clone(),
        expires_at: record.expires_at,
        state: record.state(organisation, now),
        suspension_reason: record.suspension_reason.clone(),
        secrets: secrets.into_iter().map(|secret| shown(secret, now)).collect(),
        created_at: record.created_at,
        allowed_events: events
            .filter(|event| send_event::is_possible(*event, record))
            .filter(|event| may(ApiClientAction::Send(*event)))
            .collect(),
        may_edit: may(ApiClientAction::Edit),
        revision: record.revision.cast_unsigned(),
    })
}

fn name_of(organisation: &Organisation) -> OrganisationName {
    OrganisationName {
        id: organisation.id,
        name: organisation.name.clone(),
        code: organisation.code.clone(),
    }
}

fn shown(secret: SecretRecord, now: Timestamp) -> ApiSecret {
    ApiSecret {
        id: secret.id,
        kind: secret.kind,
        begins_with: api_key::beginning(&secret.lookup),
        is_live: secret.end(now).is_none(),
        created_at: secret.created_at,
        expires_at: secret.expires_at,
        revoked_at: secret.revoked_at,
        last_used_at: secret.last_used_at,
        last_used_address: secret.last_used_address,
    }
}

/// The clients as lists show them. Two queries.
pub async fn summaries(
    db: &impl ConnectionTrait,
    records: Vec<ClientRecord>,
    now: Timestamp,
) -> ApiResult<Vec<ApiClientSummary>> {
    let ids: Vec<ApiClientId> = records.iter().map(|one| one.id).collect();
    let own: Vec<OrganisationId> = records.iter().map(|one| one.organisation_id).collect();
    let uses = store::last_uses(db, &ids).await?;
    let known: HashMap<OrganisationId, Organisation> = organisations::many(db, &own).await?;
    let summary = |record: ClientRecord| {
        let organisation = known.get(&record.organisation_id)?;
        Some(ApiClientSummary {
            id: record.id,
            organisation: name_of(organisation),
            state: record.state(organisation, now),
            name: record.name,
            scopes: record.wanted.0.scopes,
            awaits_confirmation: record.awaits_confirmation,
            last_used_at: uses.get(&record.id).copied().flatten(),
            expires_at: record.expires_at,
            created_at: record.created_at,
        })
    };
    Ok(records.into_iter().filter_map(summary).collect())
}
