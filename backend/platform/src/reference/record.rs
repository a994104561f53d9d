//! Adds, corrects or expires an entry.

use actix_web::{HttpRequest, HttpResponse, put};
use nq57_core::access::policy::{self, PlatformAction};
use nq57_core::problem::FieldCode;
use nq57_core::reference::{ReferenceEntry, ReferenceEntryDraft};

use super::refresh::reload;
use super::store;
use crate::access::{allow, permit};
use crate::audit::{self, Entry};
use crate::error::{ApiError, ApiResult};
use crate::http::{FromPath, IfMatch, SignedIn, ValidJson, etag};
use crate::persistence::transaction;
use crate::state::AppState;

/// The most characters of a code.
const MAX_CODE: usize = 64;

/// Record a reference entry.
///
/// Adds an entry, or replaces one: to expire it, send it with `valid_to`. Entries recorded here are
/// not overwritten by newer versions of the program. `If-Match` is the revision of the list.
#[utoipa::path(
    tag = "reference",
    params(
        ("list" = String, Path, description = "Name of the list", example = "sectors"),
        ("code" = String, Path, description = "Code of the entry", example = "agriculture"),
        ("If-Match" = String, Header, description = "The `ETag` of the list"),
    ),
    request_body = ReferenceEntryDraft,
    responses(
        (status = 200, description = "The entry as it is now", body = ReferenceEntry,
            headers(("ETag" = String, description = "The new revision of the list")))
    ),
    security(("bearer" = []))
)]
#[put("/reference/{list}/{code}")]
pub async fn record_reference_entry(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath((list, code)): FromPath<(String, String)>,
    seen: IfMatch,
    draft: ValidJson<ReferenceEntryDraft>,
) -> ApiResult<HttpResponse> {
    let decision = || policy::may(caller.actor(), PlatformAction::RecordReferenceEntry, None);
    allow(decision())?;
    if !is_code(&code) {
        return Err(ApiError::not_found());
    }
    let draft = draft.into_inner();
    let entry = ReferenceEntry {
        code,
        name: draft.name,
        valid_from: draft.valid_from,
        valid_to: draft.valid_to,
        source: draft.source,
        sort: draft.sort,
        extra: draft.extra,
    };
    if !state.reference.snapshot().accepts(&list, &entry) {
        return Err(ApiError::field("/extra", FieldCode::InvalidFormat));
    }
    let revision = transaction::write(&state.db, async |tx| {
        let revision = store::lock_revision(tx, &list).await?;
        seen.check(revision)?;
        let permit = permit(decision())?;
        let before = store::find(tx, &list, &entry.code).await?;
        let revision =
            store::record(tx, permit, state.clock.now(), &list, revision, &entry).await?;
        let deed = Entry::by(caller.actor(), "reference.entry_recorded")
            .with("list", list.as_str())
            .with("code", entry.code.as_str())
            .changed("entry", before.as_ref(), Some(&entry))
            .during(&request);
        audit::record(tx, &state.clock, deed).await?;
        Ok(revision)
    })
    .await?;
    reload(&state).await?;
    Ok(HttpResponse::Ok().insert_header(etag(revision)).json(entry))
}

fn is_code(code: &str) -> bool {
    !code.is_empty()
        && code.len() <= MAX_CODE
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}
