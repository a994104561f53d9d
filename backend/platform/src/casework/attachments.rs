//! Files that people attach to cases: received, counted, listed, served and removed here for every kind. Who may,
//! and what changes of the case itself, says its domain.

use std::collections::HashSet;

use actix_web::http::header::LOCATION;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use nq57_core::access::{Actor, Decision};
use nq57_core::files::{Attachment, FileVisibility};
use nq57_core::ids::FileId;
use nq57_core::problem::ProblemCode;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::{allow, permit};
use crate::audit::{self, By};
use crate::error::{ApiError, ApiResult};
use crate::files::{self, Belongs, StoredFile, Upload};
use crate::http::{Caller, IfMatch, SignedIn, etag};
use crate::persistence::transaction::{self, Tx};
use crate::state::AppState;
use crate::subject::Subject;

/// How often an upload is added when others are added at the same moment.
const ATTEMPTS: u32 = 8;

/// A form with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the bytes are streamed")]
pub struct FileForm {
    /// PDF, PNG, JPEG, WebP, office documents, CSV, plain text or MP4; the content must agree with
    /// the name.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// How it is shown.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Whether an image may be shown in a page; everything else is always an attachment.
    #[serde(default)]
    inline: bool,
}

/// What changes of the files of a case.
#[derive(Clone, Copy, Debug)]
pub enum FileChange<'a> {
    Attached(&'a Attachment),
    Detached(FileId),
}

/// A case as its domain has loaded it for somebody who has to do with its files.
pub trait Attachable: Sized {
    /// The kind of case.
    const KIND: &'static str;
    /// What the audit says of a file that was attached or detached.
    const ATTACHED: &'static str;
    const DETACHED: &'static str;

    /// The case, and how the actor stands to it; 404 when there is none.
    fn load(
        db: &impl ConnectionTrait,
        actor: &Actor,
        id: Uuid,
    ) -> impl Future<Output = ApiResult<Self>>;

    /// Whether the actor may attach and detach now.
    fn may_change(&self) -> Decision;

    /// Whether the actor may know of the files.
    fn may_read(&self) -> Decision;

    /// What an `If-Match` must name.
    fn revision(&self) -> i64;

    /// Gives the case its next revision; 412 when somebody has written since it was loaded. This is also what lets
    /// no two uploads pass the limit together.
    fn write(
        &mut self,
        tx: &Tx,
        state: &AppState,
        change: FileChange<'_>,
    ) -> impl Future<Output = ApiResult<()>>;

    /// Whether who attaches writes for the sender, and so never judges the case.
    fn is_for_sender(&self) -> bool {
        true
    }

    /// The files in the list that the case itself has, because what is sealed of it names files. Otherwise all that
    /// belong to it.
    fn listed(&self) -> Option<Vec<FileId>> {
        None
    }

    /// Which of these outlive their removal from the list: something sealed names them.
    fn sealed(
        _db: &impl ConnectionTrait,
        _id: Uuid,
        _files: &[FileId],
    ) -> impl Future<Output = ApiResult<HashSet<FileId>>> {
        async { Ok(HashSet::new()) }
    }

    /// Whether the actor may fetch this file of the case.
    fn opens(
        &self,
        _db: &impl ConnectionTrait,
        file: FileId,
    ) -> impl Future<Output = ApiResult<bool>> {
        async move { Ok(self.listed().is_none_or(|listed| listed.contains(&file))) }
    }
}

/// Answers a form with one file: 201 with the attachment as `show` makes it of what was stored, its address, and the
/// revision of the case. A write that came between is no conflict.
///
/// # Errors
/// The denial of the policy, before anything is taken in; what is wrong with the upload; 409 when there are too many.
pub async fn post<C: Attachable, S: Serialize>(
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    id: Uuid,
    payload: Payload,
    show: impl Fn(Attachment) -> S,
) -> ApiResult<HttpResponse> {
    let case = C::load(&state.db, caller.actor(), id).await?;
    allow(case.may_change())?;
    require_room(&state.db, state, &case, id).await?;
    let account = caller.account().id;
    files::require_room(&state.db, &state.config, account, 1).await?;
    let _place = files::enter(state, account).await?;
    let upload = files::receive(state, request, payload).await?;
    let by = By::request(caller.actor(), request);
    let (file, revision) = attach_among_others::<C>(state, by, id, &upload).await?;
    let location = format!("{}/{}", request.path(), file.id);
    let mut answer = HttpResponse::Created();
    Ok(answer.insert_header((LOCATION, location)).insert_header(etag(revision)).json(show(file)))
}

/// Nobody has to have seen a revision to add a file.
async fn attach_among_others<C: Attachable>(
    state: &AppState,
    by: By<'_>,
    id: Uuid,
    upload: &Upload,
) -> ApiResult<(Attachment, i64)> {
    let mut attempt = 1;
    loop {
        let attached =
            transaction::write(&state.db, async |tx| attach::<C>(tx, state, by, id, upload).await)
                .await;
        match attached {
            Err(error) if error.code() == ProblemCode::StaleRevision && attempt < ATTEMPTS => {
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Attaches the upload for the actor, in the caller's transaction; the caller keeps the upload until after the
/// commit. Answers the file and the new revision of the case.
///
/// # Errors
/// The denial of the policy; 409 when there are too many; 412 when somebody wrote at the same moment.
pub async fn attach<C: Attachable>(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: Uuid,
    upload: &Upload,
) -> ApiResult<(Attachment, i64)> {
    let mut case = C::load(tx, by.actor, id).await?;
    let permitted = permit::<Attachment>(case.may_change())?;
    require_room(tx, state, &case, id).await?;
    if let Some(account) = by.actor.account_id() {
        files::require_room(tx, &state.config, account, upload.size).await?;
    }
    let belongs = Belongs {
        owner: by.actor.account_id(),
        subject_type: C::KIND,
        subject_id: id,
        visibility: FileVisibility::Restricted,
    };
    let file = files::attach(tx, &state.clock, permitted, upload, belongs).await?;
    case.write(tx, state, FileChange::Attached(&file)).await?;
    let subject = Subject::new(C::KIND, id);
    if case.is_for_sender() {
        super::add_author(tx, &state.clock, by.actor, subject).await?;
    }
    let entry = by.entry(C::ATTACHED, subject).with("file", file.id.to_string());
    audit::record(tx, &state.clock, entry).await?;
    Ok((file, case.revision()))
}

async fn require_room<C: Attachable>(
    db: &impl ConnectionTrait,
    state: &AppState,
    case: &C,
    id: Uuid,
) -> ApiResult<()> {
    let room = usize::try_from(state.config.files.max_files_per_case).unwrap_or(usize::MAX);
    let taken = match case.listed() {
        Some(listed) => listed.len(),
        None => all_of::<C>(db, id).await?.len(),
    };
    if taken < room { Ok(()) } else { Err(ProblemCode::TooManyFiles.into()) }
}

/// Answers the removal of a file from the list: 204 with the revision of the case.
///
/// # Errors
/// The denial of the policy; 412 when the case has changed since it was seen; 404 for a file that is not listed.
pub async fn detach<C: Attachable>(
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    (id, file): (Uuid, FileId),
    seen: &IfMatch,
) -> ApiResult<HttpResponse> {
    let revision = transaction::write(&state.db, async |tx| {
        let mut case = C::load(tx, caller.actor(), id).await?;
        let decision = case.may_change();
        allow(decision)?;
        seen.check(case.revision())?;
        let is_listed = match case.listed() {
            Some(listed) => listed.contains(&file),
            None => find::<C>(tx, id, file).await?.is_some(),
        };
        if !is_listed {
            return Err(ApiError::not_found());
        }
        release::<C>(tx, state, decision, id, &[file]).await?;
        case.write(tx, state, FileChange::Detached(file)).await?;
        let entry = By::request(caller.actor(), request)
            .entry(C::DETACHED, Subject::new(C::KIND, id))
            .with("file", file.to_string());
        audit::record(tx, &state.clock, entry).await?;
        Ok(case.revision())
    })
    .await?;
    Ok(HttpResponse::NoContent().insert_header(etag(revision)).finish())
}

/// Removes files that are listed no more, with their contents, unless something sealed names them. `decision` is the
/// policy's word on what lets them go.
///
/// # Errors
/// The denial; failures of the database.
pub async fn release<C: Attachable>(
    tx: &Tx,
    state: &AppState,
    decision: Decision,
    id: Uuid,
    dropped: &[FileId],
) -> ApiResult<()> {
    if dropped.is_empty() {
        return Ok(());
    }
    let sealed = C::sealed(tx, id, dropped).await?;
    let free: Vec<FileId> = dropped.iter().copied().filter(|file| !sealed.contains(file)).collect();
    files::delete(tx, &state.clock, permit::<Attachment>(decision)?, id, &free).await
}

/// The files of a case, as listed, in the order of upload.
///
/// # Errors
/// The denial of the policy; failures of the database.
pub async fn list<C: Attachable>(
    state: &AppState,
    caller: &Caller,
    id: Uuid,
) -> ApiResult<Vec<Attachment>> {
    let case = C::load(&state.db, caller.actor(), id).await?;
    allow(case.may_read())?;
    let mut files = all_of::<C>(&state.db, id).await?;
    if let Some(listed) = case.listed() {
        files.retain(|file| listed.contains(&file.id));
    }
    Ok(files)
}

/// Answers the content of a file, or a range of it.
///
/// # Errors
/// The denial of the policy; 404 for a file of something else, or one that the caller may not fetch.
pub async fn download<C: Attachable>(
    state: &AppState,
    request: &HttpRequest,
    caller: &Caller,
    (id, file): (Uuid, FileId),
    shown: Shown,
) -> ApiResult<HttpResponse> {
    let case = C::load(&state.db, caller.actor(), id).await?;
    allow(case.may_read())?;
    if !case.opens(&state.db, file).await? {
        return Err(ApiError::not_found());
    }
    let stored = find::<C>(&state.db, id, file).await?.ok_or_else(ApiError::not_found)?;
    files::respond(state, &stored, request, shown.inline).await
}

async fn all_of<C: Attachable>(db: &impl ConnectionTrait, id: Uuid) -> ApiResult<Vec<Attachment>> {
    Ok(files::list(db, C::KIND, &[id]).await?.remove(&id).unwrap_or_default())
}

async fn find<C: Attachable>(
    db: &impl ConnectionTrait,
    id: Uuid,
    file: FileId,
) -> ApiResult<Option<StoredFile>> {
    let stored = files::find(db, file).await?;
    Ok(stored.filter(|file| file.subject_type == C::KIND && file.subject_id == id))
}
