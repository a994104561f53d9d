//! Confirming that an organisation exists.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::access::permit;
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, current};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::organisations::{OrganisationAction, may};
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::Organisation;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::vietnam_date;

use super::{TOPIC, members, store};

/// Confirm that an organisation exists.
///
/// By an administrator, for the revision that was looked at.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(
        ("id" = OrganisationId, Path, description = "The organisation"),
        ("If-Match" = String, Header, description = "The entity tag of what was read"),
    ),
    responses(
        (status = 200, description = "Confirmed", body = Organisation,
            headers(("ETag" = String, description = "The revision"))),
        (status = 409, description = "`organisation_ended`: its last day is over"),
    ),
)]
#[post("/organisations/{id}/verify")]
pub async fn verify_organisation(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OrganisationId>,
    seen: IfMatch,
) -> ApiResult<HttpResponse> {
    let organisation = transaction::write(&state.db, async |tx| {
        let before = store::find(tx, id).await?;
        let subject = members::subject(tx, &caller, id).await?;
        let permit = permit(may(caller.actor(), OrganisationAction::Verify, subject))?;
        seen.check(store::revision_of(&before))?;
        if before.has_ended(vietnam_date(state.clock.now())) {
            return Err(ProblemCode::OrganisationEnded.into());
        }
        if before.is_verified {
            return Ok(before);
        }
        store::verify(tx, permit, &before, state.clock.now()).await?;
        state.public_cache.invalidate(tx, TOPIC);
        let entry = Entry::by(caller.actor(), "organisation.verified").on("organisation", id.0);
        let entry = entry.changed("is_verified", false, true);
        audit::record(tx, &state.clock, entry.during(&request)).await?;
        store::find(tx, id).await
    })
    .await?;
    Ok(current(store::revision_of(&organisation), &organisation))
}
