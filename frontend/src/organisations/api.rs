//! The operations on organisations, typed.

use nq57_shared::accounts::Account;
use nq57_shared::handover::{HandoverDraft, HandoverProgress};
use nq57_shared::ids::{AccountId, JoinRequestId, OrganisationId};
use nq57_shared::organisations::{
    JoinRequest, JoinRequestAnswer, JoinRequestDraft, Lineage, Member, Organisation,
    OrganisationDraft, OrganisationPatch, SuccessorsDraft,
};
use nq57_shared::page::Page;
use nq57_ui::api::{Failure, delete, get, patch, post, put};
use nq57_ui::state::session;

/// Reads the account again, because memberships have changed.
pub async fn refresh_memberships() {
    if let Ok(answer) = get("/me").send::<Account>().await {
        session::signed_in(answer.body);
    }
}

pub async fn find(q: String, cursor: Option<String>) -> Result<Page<Organisation>, Failure> {
    let mut request = get("/organisations").query("limit", 10);
    if !q.is_empty() {
        request = request.query("q", q);
    }
    if let Some(cursor) = cursor {
        request = request.query("cursor", cursor);
    }
    Ok(request.send().await?.body)
}

pub async fn read(id: OrganisationId) -> Result<Organisation, Failure> {
    Ok(get(format!("/organisations/{id}")).send().await?.body)
}

/// The organisation and where it stands.
pub async fn read_with_lineage(id: OrganisationId) -> Result<(Organisation, Lineage), Failure> {
    let organisation = read(id).await?;
    Ok((organisation, get(format!("/organisations/{id}/lineage")).send().await?.body))
}

pub async fn edit(
    id: OrganisationId,
    body: &OrganisationPatch,
    revision: u64,
) -> Result<Organisation, Failure> {
    let request = patch(format!("/organisations/{id}")).merge(body).if_revision(revision);
    Ok(request.send().await?.body)
}

pub async fn replace_successors(
    id: OrganisationId,
    body: &SuccessorsDraft,
    revision: u64,
) -> Result<(), Failure> {
    let request = put(format!("/organisations/{id}/successors")).json(body).if_revision(revision);
    request.send::<Lineage>().await.map(drop)
}

/// At most so many cases as one request may; the same request goes on.
pub async fn hand_over(body: &HandoverDraft) -> Result<HandoverProgress, Failure> {
    Ok(post("/cases/handovers").json(body).send().await?.body)
}

pub async fn create(body: &OrganisationDraft, key: uuid::Uuid) -> Result<Organisation, Failure> {
    Ok(post("/organisations").json(body).idempotency_key(key).send().await?.body)
}

pub async fn request_to_join(
    id: OrganisationId,
    body: &JoinRequestDraft,
    key: uuid::Uuid,
) -> Result<(), Failure> {
    post(format!("/organisations/{id}/join-requests"))
        .json(body)
        .idempotency_key(key)
        .send::<serde_json::Value>()
        .await
        .map(drop)
}

pub async fn own_requests() -> Result<Page<JoinRequest>, Failure> {
    Ok(get("/me/join-requests").send().await?.body)
}

pub async fn requests(
    id: OrganisationId,
    cursor: Option<String>,
) -> Result<Page<JoinRequest>, Failure> {
    let mut request = get(format!("/organisations/{id}/join-requests"));
    if let Some(cursor) = cursor {
        request = request.query("cursor", cursor);
    }
    Ok(request.send().await?.body)
}

pub async fn answer(
    id: OrganisationId,
    request: JoinRequestId,
    body: &JoinRequestAnswer,
) -> Result<(), Failure> {
    post(format!("/organisations/{id}/join-requests/{request}/answer"))
        .json(body)
        .send::<serde_json::Value>()
        .await
        .map(drop)
}

pub async fn members(id: OrganisationId, cursor: Option<String>) -> Result<Page<Member>, Failure> {
    let mut request = get(format!("/organisations/{id}/members"));
    if let Some(cursor) = cursor {
        request = request.query("cursor", cursor);
    }
    Ok(request.send().await?.body)
}

pub async fn remove_member(id: OrganisationId, account: AccountId) -> Result<(), Failure> {
    delete(format!("/organisations/{id}/members/{account}")).send::<()>().await.map(drop)
}
