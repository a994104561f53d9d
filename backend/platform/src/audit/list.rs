//! Administrators and auditors read the audit, the latest first: but for cases from which they are kept.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use nq57_core::access::AccountActor;
use nq57_core::access::policy::{self, PlatformAction};
use nq57_core::audit::AuditEntry;
use nq57_core::ids::AccountId;
use nq57_core::page::Page;
use nq57_core::problem::ProblemCode;
use nq57_core::validate::Violations;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryTrait, Select};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::table::entry::{Column, Entity, Model};
use crate::access::allow;
use crate::error::{ApiError, ApiResult};
use crate::http::{PageQuery, Paged, SignedIn, link};
use crate::persistence::keyset::Keyset;
use crate::registry::EntryColumns;
use crate::state::AppState;

/// Which entries are looked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SoughtEntries {
    /// Only what was done to a thing of this kind.
    #[param(example = "product")]
    subject_type: Option<String>,
    /// Only what was done to this thing.
    subject_id: Option<Uuid>,
    /// Only what this account did.
    actor_id: Option<AccountId>,
    /// Only this deed.
    #[param(example = "product.published")]
    action: Option<String>,
    /// Not before this instant.
    from: Option<DateTime<Utc>>,
    /// Before this instant.
    to: Option<DateTime<Utc>>,
}

impl SoughtEntries {
    fn check(&self) -> ApiResult<()> {
        let mut violations = Violations::new();
        violations.instant("#query/from", self.from);
        violations.instant("#query/to", self.to);
        match violations.is_empty() {
            true => Ok(()),
            false => Err(ApiError::problem(ProblemCode::InvalidParameter).errors(violations)),
        }
    }
}

/// List audit entries.
///
/// Who did what to what, and when; the latest first. Entries name things by id and carry no personal
/// data, the actor's name of today apart; they are chained by hash, which `nq57 audit verify` checks. Administrators
/// and auditors only. What happened in cases that are the reader's own, or that the reader may not judge, is left out:
/// a gap in `sequence` says that something stands there.
#[utoipa::path(
    tag = "platform",
    params(SoughtEntries, PageQuery),
    responses((status = 200, description = "A page of entries", body = Page<AuditEntry>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
    security(("bearer" = []))
)]
#[get("/audit")]
pub async fn list_audit_entries(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    sought: Paged<SoughtEntries>,
) -> ApiResult<HttpResponse> {
    allow(policy::may(caller.actor(), PlatformAction::ReadAudit, None))?;
    sought.check()?;
    let account = caller.account();
    let filter = (
        account.id,
        &sought.subject_type,
        sought.subject_id,
        sought.actor_id,
        &sought.action,
        sought.from,
        sought.to,
    );
    let order = Keyset::new(&filter)?
        .descending(Expr::col((Entity, Column::At)))
        .descending(Expr::col((Entity, Column::Id)));
    let paging = sought.page.of(&state, order)?;
    let wanted = matching(&sought).filter(open_to(&state, account));
    let total = paging.total(&state.db, wanted.as_query()).await?;
    let rows = paging.apply(wanted).all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| vec![row.at.into(), row.id.into()])?;
    let actors: Vec<AccountId> = rows.iter().filter_map(|row| row.actor_id).collect();
    let names = state.registry.directory().names(&state.db, &actors).await?;
    let items: ApiResult<Vec<AuditEntry>> =
        rows.into_iter().map(|row| shown(row, &names)).collect();
    Ok(link::page(&request, &Page { items: items?, next_cursor, total }))
}

/// The entries about no case from which the reader is kept, and about nothing that was not sent. They are not even
/// counted: that there was a deed, by whom and when, is what other doors hide.
fn open_to(state: &AppState, reader: &AccountActor) -> Condition {
    let column = |column| Expr::col((Entity, column));
    let case = column(Column::CaseId).if_null(column(Column::SubjectId));
    let entry =
        EntryColumns { id: column(Column::Id), action: column(Column::Action), case: case.clone() };
    let kept = state.registry.kept_from(reader).map(|kept| case.clone().not_in_subquery(kept));
    let sent = state.registry.unsent(&entry).map(ExprTrait::not);
    let open = kept.chain(sent).fold(Condition::all(), Condition::add);
    Condition::any().add(case.is_null()).add(open)
}

fn matching(sought: &SoughtEntries) -> Select<Entity> {
    let mut query = Entity::find();
    if let Some(kind) = &sought.subject_type {
        query = query.filter(Column::SubjectType.eq(kind));
    }
    if let Some(id) = sought.subject_id {
        query = query.filter(Column::SubjectId.eq(id));
    }
    if let Some(id) = sought.actor_id {
        query = query.filter(Column::ActorId.eq(id));
    }
    if let Some(action) = &sought.action {
        query = query.filter(Column::Action.eq(action));
    }
    if let Some(from) = sought.from {
        query = query.filter(Column::At.gte(from));
    }
    if let Some(to) = sought.to {
        query = query.filter(Column::At.lt(to));
    }
    query
}

fn shown(row: Model, names: &HashMap<AccountId, String>) -> ApiResult<AuditEntry> {
    Ok(AuditEntry {
        id: row.id,
        at: row.at,
        actor: row.actor,
        actor_id: row.actor_id,
        actor_name: row.actor_id.and_then(|id| names.get(&id).cloned()),
        action: row.action,
        subject_type: row.subject_type,
        subject_id: row.subject_id,
        detail: serde_json::from_str(&row.detail).map_err(ApiError::internal)?,
        request_id: row.request_id,
        sequence: row.sequence,
        hash: row.hash,
    })
}
