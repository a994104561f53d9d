//! The operations on clients, typed.

use nq57_shared::clients::{
    ApiClient, ApiClientDraft, ApiClientPatch, ApiClientSummary, ApiRequest, ApiRequestPage,
    ApiSecretDraft, NewApiSecret, SendApiClientEvent,
};
use nq57_shared::ids::{ApiClientId, ApiSecretId, OrganisationId};
use nq57_shared::page::Page;
use nq57_ui::api::{Failure, Request, delete, get, patch, post};

fn next(request: Request, cursor: Option<String>) -> Request {
    match cursor {
        Some(cursor) => request.query("cursor", cursor),
        None => request,
    }
}

pub async fn list(
    organisation: OrganisationId,
    cursor: Option<String>,
) -> Result<Page<ApiClientSummary>, Failure> {
    let request = get(format!("/organisations/{organisation}/api-clients"));
    Ok(next(request, cursor).send().await?.body)
}

/// All, or those of which something waits for a confirmation.
pub async fn list_all(
    only_waiting: bool,
    cursor: Option<String>,
) -> Result<Page<ApiClientSummary>, Failure> {
    let mut request = get("/api-clients");
    if only_waiting {
        request = request.query("awaits_confirmation", true);
    }
    Ok(next(request, cursor).send().await?.body)
}

pub async fn create(
    organisation: OrganisationId,
    body: &ApiClientDraft,
    key: uuid::Uuid,
) -> Result<ApiClient, Failure> {
    let request = post(format!("/organisations/{organisation}/api-clients"));
    Ok(request.json(body).idempotency_key(key).send().await?.body)
}

pub async fn read(id: ApiClientId) -> Result<ApiClient, Failure> {
    Ok(get(format!("/api-clients/{id}")).send().await?.body)
}

pub async fn edit(
    id: ApiClientId,
    body: &ApiClientPatch,
    revision: u64,
) -> Result<ApiClient, Failure> {
    Ok(patch(format!("/api-clients/{id}")).merge(body).if_revision(revision).send().await?.body)
}

pub async fn remove(id: ApiClientId, revision: u64) -> Result<(), Failure> {
    delete(format!("/api-clients/{id}")).if_revision(revision).send::<()>().await.map(drop)
}

pub async fn send_event(
    id: ApiClientId,
    body: &SendApiClientEvent,
    revision: u64,
) -> Result<ApiClient, Failure> {
    let request = post(format!("/api-clients/{id}/events"));
    Ok(request.json(body).if_revision(revision).send().await?.body)
}

pub async fn make_secret(
    id: ApiClientId,
    body: &ApiSecretDraft,
    revision: u64,
) -> Result<NewApiSecret, Failure> {
    let request = post(format!("/api-clients/{id}/secrets"));
    Ok(request.json(body).if_revision(revision).send().await?.body)
}

pub async fn revoke_secret(id: ApiClientId, secret: ApiSecretId) -> Result<(), Failure> {
    delete(format!("/api-clients/{id}/secrets/{secret}")).send::<()>().await.map(drop)
}

/// A page of what it has asked.
pub async fn requests(
    id: ApiClientId,
    cursor: Option<String>,
) -> Result<Page<ApiRequest>, Failure> {
    let page: ApiRequestPage =
        next(get(format!("/api-clients/{id}/requests")), cursor).send().await?.body;
    let ApiRequestPage { items, next_cursor, .. } = page;
    Ok(Page { items, next_cursor, total: None })
}

/// How many there are, and how many failed.
pub async fn counted(id: ApiClientId) -> Result<ApiRequestPage, Failure> {
    let request = get(format!("/api-clients/{id}/requests")).query("limit", 1).query("count", true);
    Ok(request.send().await?.body)
}
