//! Changing what is known of an organisation.

use actix_web::{HttpRequest, HttpResponse, patch};
use nq57_platform::access::{allow, permit};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::organisations::{OrganisationAction, may};
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::{Organisation, OrganisationPatch};
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::vietnam_date;
use nq57_shared::validate::Validate;

use super::{TOPIC, members, store, tree};

/// Change an organisation.
///
/// A merge patch by a manager or an administrator: absent members stay, `null` empties. Whatever a
/// manager changes needs to be confirmed again. Code, days of beginning and end and what is above are for
/// administrators alone.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(
        ("id" = OrganisationId, Path, description = "The organisation"),
        ("If-Match" = String, Header, description = "The entity tag of what was read"),
    ),
    request_body = OrganisationPatch,
    responses(
        (status = 200, description = "As it is now", body = Organisation,
            headers(("ETag" = String, description = "The revision"))),
        (status = 409, description = "`already_exists`: tax code or code are another's; `organisation_ended`"),
    ),
)]
#[patch("/organisations/{id}")]
pub async fn edit_organisation(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OrganisationId>,
    seen: IfMatch,
    body: ValidJson<OrganisationPatch>,
) -> ApiResult<HttpResponse> {
    let patch = body.into_inner();
    let organisation = transaction::write(&state.db, async |tx| {
        edit(tx, &state, &request, &caller, id, &seen, patch.clone()).await
    })
    .await?;
    Ok(current(store::revision_of(&organisation), &organisation))
}

async fn edit(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    id: OrganisationId,
    seen: &IfMatch,
    patch: OrganisationPatch,
) -> ApiResult<Organisation> {
    let before = store::find(tx, id).await?;
    let subject = members::subject(tx, caller, id).await?;
    let permit = permit(may(caller.actor(), OrganisationAction::Edit, subject))?;
    seen.check(store::revision_of(&before))?;
    let mut draft = patch.applied_to(&before);
    draft.normalise();
    draft.violations().into_result()?;
    let places = may(caller.actor(), OrganisationAction::Place, subject);
    let today = vietnam_date(state.clock.now());
    if before.has_ended(today) && places.is_err() {
        return Err(ProblemCode::OrganisationEnded.into());
    }
    let moves = before.parent_id != draft.parent_id;
    let lives = (before.valid_from, before.valid_to) != (draft.valid_from, draft.valid_to);
    if moves || lives || before.code != draft.code {
        allow(places)?;
    }
    if moves {
        tree::lock(tx).await?;
    }
    store::check_references(tx, &state.reference.snapshot(), &draft, Some(&before), today).await?;
    store::check_unique(tx, &draft, Some(&before)).await?;
    let keeps_verification = may(caller.actor(), OrganisationAction::Verify, subject).is_ok();
    store::edit(tx, permit, &before, &draft, keeps_verification, state.clock.now()).await?;
    if moves || lives {
        // Grants above cover other things now, and those of an office that has ended nothing.
        state.callers.forget_everybody(tx);
    }
    // What clients see is below, and whether they are let in is whether it is confirmed.
    state.clients.forget(tx);
    state.public_cache.invalidate(tx, TOPIC);
    let after = store::find(tx, id).await?;
    let entry = entry(caller, &before, &after)?.during(request);
    audit::record(tx, &state.clock, entry).await?;
    Ok(after)
}

/// What was changed: the names of all members, old and new of those that hold codes and ids, and of the
/// name: an organisation is no person.
fn entry(caller: &SignedIn, before: &Organisation, after: &Organisation) -> ApiResult<Entry> {
    Ok(Entry::by(caller.actor(), "organisation.edited")
        .on("organisation", after.id.0)
        .fields(before, &Organisation { revision: before.revision, ..after.clone() })?
        .changed("name", &before.name, &after.name)
        .changed("kind", before.kind, after.kind)
        .changed("tax_code", &before.tax_code, &after.tax_code)
        .changed("province_code", &before.province_code, &after.province_code)
        .changed("code", &before.code, &after.code)
        .changed("parent_id", before.parent_id, after.parent_id)
        .changed("valid_from", before.valid_from, after.valid_from)
        .changed("valid_to", before.valid_to, after.valid_to)
        .changed("is_verified", before.is_verified, after.is_verified))
}
