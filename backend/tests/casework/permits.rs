//! A domain made only for tests, whole: permits to fly a drone. The example of docs/adding-a-domain.md: code and
//! tracking, register, history, deadline, work, parts, recusals and files come from the machinery.

use std::convert::identity;

use actix_web::web::{Json, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use nq57_backend::identity::{accounts, organisations};
use nq57_platform::casework::attachments::{self, Attachable, FileChange, FileForm, Shown};
use nq57_platform::casework::deadlines::{self, Due};
use nq57_platform::casework::{self, Assignee, Case, Transition, Work};
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{Caller, FromPath, IfMatch, Query, SignedIn};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::registry::{Registry, Slice, Tracked};
use nq57_platform::state::AppState;
use nq57_platform::subject::Subject;
use nq57_platform::{files, reference, tracking};
use nq57_shared::access::{Actor, Allowed, Decision, Denial, Role};
use nq57_shared::files::Attachment;
use nq57_shared::ids::{AccountId, FileId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// What kind of case a permit is.
pub const KIND: &str = "permit";
/// The series of its codes.
pub const SERIES: &str = "BAY";
/// The part of who flies, and may attach files.
pub const PILOT: &str = "pilot";

/// What the domain brings.
const SLICE: Slice = Slice {
    routes: |routes| {
        routes.service(attach).service(list).service(detach).service(download);
    },
    tracked: &[Tracked::new(SERIES, KIND)],
    ..Slice::EMPTY
};

/// A program with this domain and no other.
pub static REGISTRY: Registry = Registry::new(
    &[
        accounts::SLICE,
        organisations::SLICE,
        casework::SLICE,
        tracking::SLICE,
        files::SLICE,
        reference::SLICE,
        SLICE,
    ],
    &accounts::PEOPLE,
);

/// The one door: an application waits for an intake officer until it is granted.
pub async fn send(
    tx: &Tx,
    state: &AppState,
    (id, code, owner): (Uuid, &str, AccountId),
    event: &'static str,
) -> ApiResult<()> {
    let (case, now, reference) =
        (Subject::new(KIND, id), state.clock.now(), state.reference.snapshot());
    let is_open = event == "apply";
    let (from, to) = if is_open { ("draft", "applied") } else { ("applied", "granted") };
    let holder = is_open.then_some("intake");
    match is_open {
        true => deadlines::start(tx, state, case, "decision", Due::In(3)).await?,
        false => deadlines::meet_all(tx, state, case).await?,
    }
    let due_at = deadlines::due_at(tx, case).await?;
    let change = Transition {
        event,
        from,
        to,
        version: 1,
        acted_as: None,
        held_by: None,
        since: now,
        reason: None,
        is_internal: false,
    };
    let (clock, calendar) = (&state.clock, reference.calendar());
    casework::record_transition(tx, clock, calendar, &Actor::System, case, &change).await?;
    let row = Case {
        subject: case,
        code: Some(code),
        title: "Bay khảo sát cánh đồng",
        sender: "Hợp tác xã Gò Me",
        keeps_words: false,
        owner: Some(owner),
        organisation: None,
        province: Some("92"),
        state: to,
        holder,
        due_at,
        submitted_at: Some(now),
    };
    casework::record(tx, now, &row).await?;
    let assignee = Assignee::Role(Role::IntakeOfficer);
    let work = [Work { step: "decide_flight", assignee, due_at }];
    let work = if is_open { work.as_slice() } else { &[] };
    casework::replace_work(tx, clock, case, id, row.province, work).await
}

/// A permit, for its files. A domain with rows of its own loads one here and gives it its next revision in `write`.
struct Permit(Decision);

impl Attachable for Permit {
    const KIND: &'static str = KIND;
    const ATTACHED: &'static str = "permit.file_attached";
    const DETACHED: &'static str = "permit.file_detached";

    #[expect(clippy::disallowed_methods, reason = "the policy of this domain says yes")]
    async fn load(db: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> ApiResult<Self> {
        let Some(account) = actor.account_id() else { return Ok(Self(Err(Denial::Hidden))) };
        let is_pilot = casework::standing_of(db, id, account).await?.plays(PILOT);
        Ok(Self(if is_pilot { Ok(Allowed::about(id)) } else { Err(Denial::Hidden) }))
    }

    fn may_change(&self) -> Decision {
        self.0
    }

    fn may_read(&self) -> Decision {
        self.0
    }

    fn revision(&self) -> i64 {
        1
    }

    async fn write(&mut self, _: &Tx, _: &AppState, _: FileChange<'_>) -> ApiResult<()> {
        Ok(())
    }
}

#[utoipa::path(
    request_body(content = inline(FileForm), content_type = "multipart/form-data"),
    responses((status = 201)),
)]
#[post("/permits/{id}/files")]
async fn attach(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<Uuid>,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    attachments::post::<Permit, _>(&state, &request, &caller, id, payload, identity).await
}

#[utoipa::path(responses((status = 200)))]
#[get("/permits/{id}/files")]
async fn list(
    state: AppState,
    caller: Caller,
    FromPath(id): FromPath<Uuid>,
) -> ApiResult<Json<Vec<Attachment>>> {
    attachments::list::<Permit>(&state, &caller, id).await.map(Json)
}

#[utoipa::path(params(IfMatchHeader), responses((status = 204)))]
#[delete("/permits/{id}/files/{file_id}")]
async fn detach(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(ids): FromPath<(Uuid, FileId)>,
    seen: IfMatch,
) -> ApiResult<HttpResponse> {
    attachments::detach::<Permit>(&state, &request, &caller, ids, &seen).await
}

#[utoipa::path(params(Shown), responses((status = 200)))]
#[get("/permits/{id}/files/{file_id}")]
async fn download(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    FromPath(ids): FromPath<(Uuid, FileId)>,
    shown: Query<Shown>,
) -> ApiResult<HttpResponse> {
    attachments::download::<Permit>(&state, &request, &caller, ids, *shown).await
}
