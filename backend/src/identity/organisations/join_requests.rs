//! Requests to join an organisation: asking, listing, answering.

use actix_web::{HttpRequest, HttpResponse, get, post};
use nq57_platform::access::{allow, permit};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::idempotency::{self, Answer};
use nq57_platform::http::{FromPath, IdempotencyKey, PageQuery, Paged, SignedIn, ValidJson, link};
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::organisations::{OrganisationAction, OrganisationSubject, may};
use nq57_shared::access::{Actor, Decision, Role, Scope};
use nq57_shared::ids::{AccountId, JoinRequestId, OrganisationId};
use nq57_shared::organisations::{
    JoinRequest, JoinRequestAnswer, JoinRequestDraft, JoinRequestState, Organisation,
};
use nq57_shared::page::Page;
use nq57_shared::problem::{FieldCode, ProblemCode};
use nq57_shared::time::vietnam_date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::join_request_store::{self as requests, Whose, ask, record_answer};
use super::notices::{JoinApproved, JoinDeclined, JoinRequested};
use super::{members, store};
use crate::identity::accounts;

/// Which page of requests.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SoughtJoinRequests {
    /// Only requests in this state.
    #[serde(default)]
    state: Option<JoinRequestState>,
}

/// Ask to join an organisation.
///
/// Its managers are told; where there is none, the administrators. One open request at a time.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(
        ("id" = OrganisationId, Path, description = "The organisation"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer the same request for a day"),
    ),
    request_body = JoinRequestDraft,
    responses(
        (status = 201, description = "Asked", body = JoinRequest),
        (status = 409, description = "`already_exists`: a member already, or an open request; `organisation_ended`; or the key is in use"),
    ),
)]
#[post("/organisations/{id}/join-requests")]
pub async fn request_to_join(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OrganisationId>,
    key: IdempotencyKey,
    body: ValidJson<JoinRequestDraft>,
) -> ApiResult<HttpResponse> {
    let may_again = async |tx: &Tx| allow(decide(tx, &caller, id).await?);
    idempotency::once(&state, &caller, &key, body.bytes(), may_again, async |tx| {
        let made = make(tx, &state, &request, &caller, id, &body.message).await?;
        Answer::ok(201, &made)
    })
    .await
}

async fn decide(tx: &Tx, caller: &SignedIn, id: OrganisationId) -> ApiResult<Decision> {
    let subject = members::subject(tx, caller, id).await?;
    Ok(may(caller.actor(), OrganisationAction::RequestToJoin, subject))
}

async fn make(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    id: OrganisationId,
    message: &str,
) -> ApiResult<JoinRequest> {
    let permit = permit(decide(tx, caller, id).await?)?;
    let organisation = store::find_living(tx, id, vietnam_date(state.clock.now())).await?;
    let made = ask(tx, &state.clock, permit, &organisation, caller.account_id(), message).await?;
    tell_managers(tx, state, &organisation, &made).await?;
    let entry = Entry::by(caller.actor(), "organisation.join_requested").on("organisation", id.0);
    audit::record(tx, &state.clock, entry.with("request", made.id.to_string()).during(request))
        .await?;
    Ok(made)
}

async fn tell_managers(
    tx: &Tx,
    state: &AppState,
    organisation: &Organisation,
    made: &JoinRequest,
) -> ApiResult<()> {
    let mut recipients = members::managers_of(tx, organisation.id).await?;
    if recipients.is_empty() {
        let now = state.clock.now();
        recipients = accounts::holders_of(tx, Role::Administrator, Scope::default(), now).await?;
    }
    let told = JoinRequested {
        organisation: organisation.name.clone(),
        display_name: made.display_name.clone(),
    };
    let notice = Notice::new(&told)
        .to(recipients)
        .about("organisation", organisation.id.0)
        .at(format!("/to-chuc/{}", organisation.id));
    notifications::notify(tx, &state.clock, notice).await
}

/// List the requests to join an organisation.
///
/// For its managers and for administrators; newest first.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(("id" = OrganisationId, Path, description = "The organisation"), SoughtJoinRequests, PageQuery),
    responses((status = 200, description = "A page of requests", body = Page<JoinRequest>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/organisations/{id}/join-requests")]
pub async fn list_join_requests(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OrganisationId>,
    sought: Paged<SoughtJoinRequests>,
) -> ApiResult<HttpResponse> {
    store::find(&state.db, id).await?;
    let subject = members::subject(&state.db, &caller, id).await?;
    allow(may(caller.actor(), OrganisationAction::ManageMembers, subject))?;
    page(&state, &request, Whose::Organisation(id), &sought).await
}

/// List one's own requests to join organisations.
///
/// Newest first, answered ones too.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(SoughtJoinRequests, PageQuery),
    responses((status = 200, description = "A page of requests", body = Page<JoinRequest>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
)]
#[get("/me/join-requests")]
pub async fn list_own_join_requests(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    sought: Paged<SoughtJoinRequests>,
) -> ApiResult<HttpResponse> {
    page(&state, &request, Whose::Account(caller.account_id()), &sought).await
}

async fn page(
    state: &AppState,
    request: &HttpRequest,
    whose: Whose,
    sought: &Paged<SoughtJoinRequests>,
) -> ApiResult<HttpResponse> {
    let keyset = requests::keyset(&(sought.state, whose))?;
    let paging = sought.page.of(state, keyset)?;
    let page = requests::list(&state.db, whose, sought.state, &paging).await?;
    Ok(link::page(request, &page))
}

/// Answer a request to join.
///
/// By a manager or an administrator; an approved person is a member at once. Either way the person
/// is told. Who is suspended, or audits since, is not approved: `not_allowed` at `/approve`.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(
        ("id" = OrganisationId, Path, description = "The organisation"),
        ("request_id" = JoinRequestId, Path, description = "The request"),
    ),
    request_body = JoinRequestAnswer,
    responses(
        (status = 200, description = "The answered request", body = JoinRequest),
        (status = 409, description = "`event_not_possible`: it was answered before; `organisation_ended`"),
    ),
)]
#[post("/organisations/{id}/join-requests/{request_id}/answer")]
pub async fn answer_join_request(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath((id, request_id)): FromPath<(OrganisationId, JoinRequestId)>,
    body: ValidJson<JoinRequestAnswer>,
) -> ApiResult<HttpResponse> {
    let answered = transaction::write(&state.db, async |tx| {
        answer(tx, &state, &request, &caller, (id, request_id), &body).await
    })
    .await?;
    Ok(HttpResponse::Ok().json(answered))
}

/// Whether who asked could ask today: not suspended, and no auditor since.
async fn may_still_join(
    tx: &Tx,
    state: &AppState,
    account: AccountId,
    id: OrganisationId,
) -> ApiResult<bool> {
    let Some(account) = accounts::actor_of(tx, account, state.clock.now()).await? else {
        return Ok(false);
    };
    let subject = OrganisationSubject { id: Some(id), caller_is_manager: false };
    Ok(may(&Actor::Account(account), OrganisationAction::RequestToJoin, subject).is_ok())
}

async fn answer(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    (id, request_id): (OrganisationId, JoinRequestId),
    body: &JoinRequestAnswer,
) -> ApiResult<JoinRequest> {
    let organisation = store::find(tx, id).await?;
    let subject = members::subject(tx, caller, id).await?;
    let permit = permit(may(caller.actor(), OrganisationAction::ManageMembers, subject))?;
    if body.approve && organisation.has_ended(vietnam_date(state.clock.now())) {
        return Err(ProblemCode::OrganisationEnded.into());
    }
    let before = requests::find(tx, id, request_id).await?;
    if before.state != JoinRequestState::Pending {
        return Err(ProblemCode::EventNotPossible.into());
    }
    // An administrator who let the own request in would read what was kept from its members' side.
    if body.approve && before.account_id == caller.account_id() {
        return Err(ProblemCode::Forbidden.into());
    }
    let organisation = before.organisation_name.clone();
    if body.approve && !may_still_join(tx, state, before.account_id, id).await? {
        return Err(ApiError::field("/approve", FieldCode::NotAllowed));
    }
    let (to, notice, action) = if body.approve {
        let notice = Notice::new(&JoinApproved { organisation });
        (JoinRequestState::Approved, notice, "organisation.join_approved")
    } else {
        let notice = Notice::new(&JoinDeclined { organisation });
        (JoinRequestState::Declined, notice, "organisation.join_declined")
    };
    record_answer(tx, &state.clock, permit, &before, to, caller.account_id()).await?;
    if body.approve {
        members::add_member(tx, &state.clock, id, before.account_id, body.is_manager).await?;
        state.callers.forget_account(tx, before.account_id);
        state.registry.tell_of_joining(tx, state, id, before.account_id).await?;
    }
    let notice = notice
        .to([before.account_id])
        .about("organisation", id.0)
        // The page of the organisation itself is for its managers.
        .at("/to-chuc");
    notifications::notify(tx, &state.clock, notice).await?;
    let entry = Entry::by(caller.actor(), action).on("organisation", id.0);
    let entry = entry
        .with("request", request_id.to_string())
        .with("account", before.account_id.to_string())
        .with("is_manager", body.approve && body.is_manager);
    audit::record(tx, &state.clock, entry.during(request)).await?;
    Ok(JoinRequest { state: to, ..before })
}
