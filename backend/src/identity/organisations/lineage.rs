//! Where an organisation stands in the tree, what it came from and what it became.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, put};
use chrono::NaiveDate;
use nq57_platform::access::permit;
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::{Caller, FromPath, IfMatch, SignedIn, ValidJson, conditional, current};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::organisations::{OrganisationAction, may};
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::{
    Lineage, OrganisationName, Succession, SuccessorDraft, SuccessorsDraft,
};
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::Violations;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::{Map, Value};

use super::table::succession::{ActiveModel, Column, Entity, Model};
use super::{TOPIC, members, store, tree};

/// Most predecessors that are shown.
const MOST_SHOWN: u64 = 500;

/// Read where an organisation stands.
///
/// What is above it, what it came from, what it became. Everybody may.
#[utoipa::path(
    tag = "organisations",
    params(("id" = OrganisationId, Path, description = "The organisation")),
    responses(
        (status = 200, description = "Where it stands", body = Lineage,
            headers(("ETag" = String, description = "Of the content, with the revision of the organisation"))),
        (status = 304, description = "Not changed since `If-None-Match`"),
    ),
)]
#[get("/organisations/{id}/lineage")]
pub async fn read_lineage(
    state: AppState,
    request: HttpRequest,
    _caller: Caller,
    FromPath(id): FromPath<OrganisationId>,
) -> ApiResult<HttpResponse> {
    let organisation = store::find(&state.db, id).await?;
    let lineage = lineage_of(&state.db, id).await?;
    let revision = store::revision_of(&organisation);
    Ok(conditional::representation(&request, revision, &lineage))
}

/// Say what an organisation became.
///
/// Takes the place of what was said before: one successor after a merger or a new name, several after a split.
/// For administrators. Neither grants nor cases go over by themselves.
#[utoipa::path(
    tag = "organisations",
    security(("bearer" = [])),
    params(
        ("id" = OrganisationId, Path, description = "The organisation that became others"),
        ("If-Match" = String, Header, description = "The entity tag of what was read"),
    ),
    request_body = SuccessorsDraft,
    responses((status = 200, description = "Where it stands now", body = Lineage,
        headers(("ETag" = String, description = "The revision of the organisation")))),
)]
#[put("/organisations/{id}/successors")]
pub async fn replace_successors(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OrganisationId>,
    seen: IfMatch,
    body: ValidJson<SuccessorsDraft>,
) -> ApiResult<HttpResponse> {
    let (organisation, lineage) = transaction::write(&state.db, async |tx| {
        let before = store::find(tx, id).await?;
        let subject = members::subject(tx, &caller, id).await?;
        let permit = permit(may(caller.actor(), OrganisationAction::Place, subject))?;
        seen.check(store::revision_of(&before))?;
        tree::lock(tx).await?;
        check(tx, id, &body.successors).await?;
        let was = successors(tx, id).await?;
        store::touch(tx, permit, &before, state.clock.now()).await?;
        set_successors(tx, id, &body.successors).await?;
        state.public_cache.invalidate(tx, TOPIC);
        let now = successors(tx, id).await?;
        let entry = Entry::by(caller.actor(), "organisation.successors_replaced");
        let entry = entry.on("organisation", id.0).changed("successors", told(&was), told(&now));
        audit::record(tx, &state.clock, entry.during(&request)).await?;
        Ok((store::find(tx, id).await?, lineage_of(tx, id).await?))
    })
    .await?;
    Ok(current(store::revision_of(&organisation), &lineage))
}

/// Refuses an organisation that is unknown, and one from which a way leads back.
async fn check(tx: &Tx, id: OrganisationId, wanted: &[SuccessorDraft]) -> ApiResult<()> {
    let ids: Vec<OrganisationId> = wanted.iter().map(|one| one.organisation_id).collect();
    let known = store::names(tx, &ids).await?;
    if let Some(place) = ids.iter().position(|one| !known.contains_key(one)) {
        let pointer = format!("/successors/{place}/organisation_id");
        return Err(ApiError::field(pointer, FieldCode::UnknownValue));
    }
    if !tree::lead_to(tx, &ids, id).await? {
        return Ok(());
    }
    let mut violations = Violations::new();
    for (place, one) in ids.iter().enumerate() {
        if tree::lead_to(tx, &[*one], id).await? {
            violations.add(format!("/successors/{place}/organisation_id"), FieldCode::Inconsistent);
        }
    }
    Ok(violations.into_result()?)
}

/// Says what an organisation became without asking: for demonstrations and tests, and after it was permitted.
///
/// # Errors
/// Failures of the database, among them an unknown organisation.
pub async fn set_successors(
    tx: &Tx,
    id: OrganisationId,
    wanted: &[SuccessorDraft],
) -> ApiResult<()> {
    Entity::delete_many().filter(Column::PredecessorId.eq(id)).exec(tx).await?;
    let rows: Vec<ActiveModel> = wanted
        .iter()
        .map(|one| ActiveModel {
            predecessor_id: Set(id),
            successor_id: Set(one.organisation_id),
            happened_on: Set(one.on),
        })
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn successors(db: &impl ConnectionTrait, id: OrganisationId) -> ApiResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::PredecessorId.eq(id))
        .order_by_asc(Column::SuccessorId)
        .all(db)
        .await?)
}

/// As the audit keeps it: the day of each.
fn told(rows: &[Model]) -> Map<String, Value> {
    let day = |row: &Model| (row.successor_id.to_string(), row.happened_on.to_string().into());
    rows.iter().map(day).collect()
}

async fn lineage_of(db: &impl ConnectionTrait, id: OrganisationId) -> ApiResult<Lineage> {
    let above = tree::above(db, &[id]).await?;
    let rows = Entity::find()
        .filter(Condition::any().add(Column::PredecessorId.eq(id)).add(Column::SuccessorId.eq(id)))
        .order_by_asc(Column::HappenedOn)
        .order_by_asc(Column::PredecessorId)
        .order_by_asc(Column::SuccessorId)
        .limit(MOST_SHOWN)
        .all(db)
        .await?;
    let others = rows.iter().flat_map(|row| [row.predecessor_id, row.successor_id]);
    let wanted: Vec<OrganisationId> = above.iter().copied().chain(others).collect();
    let named = store::named(db, &wanted).await?;
    let (mut predecessors, mut successors) = (Vec::new(), Vec::new());
    for row in rows {
        let (other, list) = match row.predecessor_id == id {
            true => (row.successor_id, &mut successors),
            false => (row.predecessor_id, &mut predecessors),
        };
        list.extend(succession(&named, other, row.happened_on));
    }
    let above = above.iter().filter_map(|one| named.get(one).cloned()).collect();
    Ok(Lineage { above, predecessors, successors })
}

fn succession(
    named: &HashMap<OrganisationId, OrganisationName>,
    other: OrganisationId,
    on: NaiveDate,
) -> Option<Succession> {
    named.get(&other).map(|organisation| Succession { organisation: organisation.clone(), on })
}
