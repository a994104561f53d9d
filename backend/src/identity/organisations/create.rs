//! Entering an organisation: its founder becomes the first manager.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::access::{allow, permit};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::idempotency::{self, Answer};
use nq57_platform::http::{IdempotencyKey, SignedIn, ValidJson, openapi};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::Decision;
use nq57_shared::access::policy::organisations::{OrganisationAction, OrganisationSubject, may};
use nq57_shared::organisations::{Organisation, OrganisationDraft};
use nq57_shared::time::vietnam_date;

use super::{TOPIC, store, tree};

/// Enter an organisation.
///
/// The caller becomes its manager. An administrator confirms later that it exists. Only administrators
/// say what its code is, what is above it and on which days it begins and ends; agencies of the state and the
/// Party, which have a code, are therefore entered by them.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer the same organisation for a day")),
    request_body = OrganisationDraft,
    responses(
        (status = 201, description = "Entered", body = Organisation, headers(
            ("Location" = String, description = "Where it is"),
            ("ETag" = String, description = "The revision"),
        )),
        (status = 409, description = "`already_exists`: the tax code or the code is known; or the key is in use"),
    ),
)]
#[post("/organisations")]
pub async fn create_organisation(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    key: IdempotencyKey,
    body: ValidJson<OrganisationDraft>,
) -> ApiResult<HttpResponse> {
    let may_again = async |_: &Tx| allow(decide(&caller));
    idempotency::once(&state, &caller, &key, body.bytes(), may_again, async |tx| {
        let organisation = enter(tx, &state, &request, &caller, &body).await?;
        let location = format!("{}/organisations/{}", openapi::BASE, organisation.id);
        Answer::created(location, store::revision_of(&organisation), &organisation)
    })
    .await
}

fn decide(caller: &SignedIn) -> Decision {
    may(caller.actor(), OrganisationAction::Create, OrganisationSubject::default())
}

async fn enter(
    tx: &Tx,
    state: &AppState,
    request: &HttpRequest,
    caller: &SignedIn,
    draft: &OrganisationDraft,
) -> ApiResult<Organisation> {
    let permit = permit(decide(caller))?;
    let is_placed = (draft.parent_id, draft.valid_from, draft.valid_to) != (None, None, None);
    // A code is official: whoever came first could sign as an agency that nobody has entered yet.
    if is_placed || draft.code.is_some() {
        let nothing = OrganisationSubject::default();
        allow(may(caller.actor(), OrganisationAction::Place, nothing))?;
    }
    if is_placed {
        tree::lock(tx).await?;
        state.callers.forget_everybody(tx);
        state.clients.forget(tx);
    }
    let today = vietnam_date(state.clock.now());
    store::check_references(tx, &state.reference.snapshot(), draft, None, today).await?;
    store::check_unique(tx, draft, None).await?;
    let id = store::enter(tx, &state.clock, permit, draft, caller.account_id()).await?;
    state.callers.forget_account(tx, caller.account_id());
    state.public_cache.invalidate(tx, TOPIC);
    let entry = Entry::by(caller.actor(), "organisation.created").on("organisation", id.0);
    audit::record(tx, &state.clock, entry.during(request)).await?;
    store::find(tx, id).await
}
