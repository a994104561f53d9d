//! The administrators' operations, typed.

use nq57_shared::accounts::{AccountAdministrationPatch, AccountSummary, GrantDraft};
use nq57_shared::audit::{AUDIT, AuditEntry};
use nq57_shared::ids::{AccountId, GrantId, OrganisationId, OutboxId};
use nq57_shared::organisations::Organisation;
use nq57_shared::outbox::{DEAD_LETTERS, DeadLetter};
use nq57_shared::page::Page;
use nq57_ui::api::{Failure, Request, delete, get, patch, post};
use nq57_ui::state::address::Query;

fn next(request: Request, cursor: Option<String>) -> Request {
    match cursor {
        Some(cursor) => request.query("cursor", cursor),
        None => request,
    }
}

pub async fn list_accounts(
    query: Query,
    cursor: Option<String>,
) -> Result<Page<AccountSummary>, Failure> {
    let request = get("/accounts").queries(query.only(&["q", "role"]).pairs());
    Ok(next(request, cursor).send().await?.body)
}

pub async fn read_account(id: AccountId) -> Result<AccountSummary, Failure> {
    Ok(get(format!("/accounts/{id}")).send().await?.body)
}

pub async fn administer_account(
    id: AccountId,
    body: &AccountAdministrationPatch,
    revision: u64,
) -> Result<AccountSummary, Failure> {
    Ok(patch(format!("/accounts/{id}")).merge(body).if_revision(revision).send().await?.body)
}

pub async fn grant_role(id: AccountId, body: &GrantDraft, key: uuid::Uuid) -> Result<(), Failure> {
    post(format!("/accounts/{id}/grants"))
        .json(body)
        .idempotency_key(key)
        .send::<serde_json::Value>()
        .await
        .map(drop)
}

pub async fn revoke_grant(account: AccountId, grant: GrantId) -> Result<(), Failure> {
    delete(format!("/accounts/{account}/grants/{grant}")).send::<()>().await.map(drop)
}

pub async fn list_organisations(
    query: Query,
    cursor: Option<String>,
) -> Result<Page<Organisation>, Failure> {
    let request = get("/organisations").queries(query.only(&["q", "kind", "province"]).pairs());
    Ok(next(request, cursor).send().await?.body)
}

pub async fn verify_organisation(id: OrganisationId, revision: u64) -> Result<(), Failure> {
    post(format!("/organisations/{id}/verify"))
        .if_revision(revision)
        .send::<serde_json::Value>()
        .await
        .map(drop)
}

pub async fn list_dead_letters(cursor: Option<String>) -> Result<Page<DeadLetter>, Failure> {
    Ok(next(get(DEAD_LETTERS), cursor).send().await?.body)
}

pub async fn requeue_dead_letter(id: OutboxId) -> Result<(), Failure> {
    post(format!("{DEAD_LETTERS}/{id}/requeue")).send::<()>().await.map(drop)
}

pub async fn discard_dead_letter(id: OutboxId) -> Result<(), Failure> {
    delete(format!("{DEAD_LETTERS}/{id}")).send::<()>().await.map(drop)
}

pub async fn list_audit_entries(
    query: Query,
    cursor: Option<String>,
) -> Result<Page<AuditEntry>, Failure> {
    let request = get(AUDIT).queries(query.only(&["action", "subject_type"]).pairs());
    Ok(next(request, cursor).send().await?.body)
}
