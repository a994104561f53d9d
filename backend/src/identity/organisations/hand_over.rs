//! Handing over the cases of an organisation or office that has ended to what took its place. Succession alone
//! moves nothing: somebody decides, and says why.

use actix_web::{HttpRequest, HttpResponse, post};
use chrono::NaiveDate;
use nq57_platform::access::permit;
use nq57_platform::audit::By;
use nq57_platform::casework::{self, HandOver};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::{SignedIn, ValidJson};
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::reference;
use nq57_platform::registry::Succession;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::platform::{PlatformAction, may};
use nq57_shared::handover::{HandoverDraft, HandoverProgress};
use nq57_shared::ids::OrganisationId;
use nq57_shared::problem::{FieldCode, ProblemCode};
use nq57_shared::time::vietnam_date;

use super::notices::CasesHandedOver;
use super::{members, store, tree};

/// Hand cases over.
///
/// For administrators: the open cases of an organisation or of the office of a province that has ended go over to a
/// successor, at most 500 by one request; the same request sent again goes on with what is left, and hands nothing
/// over twice. Register and queue of whoever has a role for the successor show them at once; deadlines run on. Cases
/// of an organisation are its members' no more, but the successor's; who was a member never judges them. Drafts that it
/// has never sent go along; of these nothing is told but how many. The managers of both are told. Nobody hands cases
/// over to an organisation of the own.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    request_body = HandoverDraft,
    responses(
        (status = 200, description = "What went over and what is left", body = HandoverProgress),
        (status = 409, description = "`office_in_force`: it has not ended; `organisation_ended`: the successor has"),
    ),
)]
#[post("/cases/handovers")]
pub async fn hand_over_cases(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    body: ValidJson<HandoverDraft>,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let progress =
        transaction::write(&state.db, async |tx| hand_over(tx, &state, by, &body).await).await?;
    Ok(HttpResponse::Ok().json(progress))
}

async fn hand_over(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    draft: &HandoverDraft,
) -> ApiResult<HandoverProgress> {
    let permit = permit(may(by.actor, PlatformAction::HandOverCases, None))?;
    let today = vietnam_date(state.clock.now());
    let (succession, side) = match (draft.from.organisation_id, draft.to.organisation_id) {
        (Some(from), Some(to)) => {
            // Of two at the same moment the second goes on where the first has ended.
            tree::lock(tx).await?;
            check_organisations(tx, from, to, today).await?;
            // Nobody widens the own view: another administrator does it.
            if by.actor.is_member_of(to) {
                return Err(ApiError::field("/to/organisation_id", FieldCode::NotAllowed));
            }
            (Succession::Organisation { from, to }, Some(members::accounts_in(from)))
        }
        _ => {
            reference::lock_provinces(tx).await?;
            (provinces(state, draft, today)?, None)
        }
    };
    let (reason, include_closed) = (draft.reason.as_str(), draft.include_closed);
    let what = HandOver { succession, reason, include_closed, side };
    let progress = casework::hand_over(tx, state, by, permit, what).await?;
    if let (Succession::Organisation { from, to }, true) = (succession, progress.moved > 0) {
        tell_managers(tx, state, (from, to), reason, today).await?;
    }
    Ok(progress)
}

/// Once a day, however many requests it takes.
async fn tell_managers(
    tx: &Tx,
    state: &AppState,
    (from, to): (OrganisationId, OrganisationId),
    reason: &str,
    today: NaiveDate,
) -> ApiResult<()> {
    let mut managers = members::managers_of(tx, from).await?;
    managers.extend(members::managers_of(tx, to).await?);
    managers.sort_unstable();
    managers.dedup();
    let named = store::names(tx, &[from, to]).await?;
    let name = |id| named.get(&id).cloned().unwrap_or_default();
    let told = CasesHandedOver { from: name(from), to: name(to), reason: reason.to_owned() };
    let notice = Notice::new(&told)
        .to(managers)
        .about("organisation", to.0)
        .at("/ho-so")
        .once(format!("handover:{from}:{to}:{today}"));
    notifications::notify(tx, &state.clock, notice).await
}

/// The one has ended, the other exists and is what became of it.
async fn check_organisations(
    tx: &Tx,
    from: OrganisationId,
    to: OrganisationId,
    today: NaiveDate,
) -> ApiResult<()> {
    let named = store::names(tx, &[from, to]).await?;
    for (id, pointer) in [(from, "/from/organisation_id"), (to, "/to/organisation_id")] {
        if !named.contains_key(&id) {
            return Err(ApiError::field(pointer, FieldCode::UnknownValue));
        }
    }
    if !store::find(tx, from).await?.has_ended(today) {
        return Err(ProblemCode::OfficeInForce.into());
    }
    if from == to || !tree::lead_to(tx, &[from], to).await? {
        return Err(ApiError::field("/to/organisation_id", FieldCode::Inconsistent));
    }
    let successor = store::find_living(tx, to, today).await?;
    match successor.valid_from.is_some_and(|first| first > today) {
        true => Err(ApiError::field("/to/organisation_id", FieldCode::Inconsistent)),
        false => Ok(()),
    }
}

/// The one has ended and the other exists, by the reference list.
fn provinces<'a>(
    state: &AppState,
    draft: &'a HandoverDraft,
    today: NaiveDate,
) -> ApiResult<Succession<'a>> {
    let snapshot = state.reference.snapshot();
    let known = |code: &'a Option<String>, pointer| {
        let code = code.as_deref().and_then(|code| Some((code, snapshot.province(code)?)));
        code.ok_or_else(|| ApiError::field(pointer, FieldCode::UnknownValue))
    };
    let (from, before) = known(&draft.from.province_code, "/from/province_code")?;
    let (to, after) = known(&draft.to.province_code, "/to/province_code")?;
    if before.valid_to.is_none_or(|last| last >= today) {
        return Err(ProblemCode::OfficeInForce.into());
    }
    match after.is_valid_on(today) {
        true => Ok(Succession::Province { from, to }),
        false => Err(ApiError::field("/to/province_code", FieldCode::UnknownValue)),
    }
}
