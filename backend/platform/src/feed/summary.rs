//! What there is, as sums: with them a mirror shows that it is equal, or where it is not.

use std::collections::BTreeSet;

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::access::ClientScope;
use nq57_core::feed::{ChangeSummary, TypeSummary};
use nq57_core::problem::ProblemCode;
use nq57_core::validate::Violations;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, FromQueryResult, IsolationLevel, Statement,
    TransactionTrait, Value,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::access::{Access, Types, audiences_of};
use super::cursor::{self, Cursor};
use super::kind::{FeedType, apart};
use super::pull::{provinces, reusable, values};
use super::rows::Part;
use super::sum::Parts;
use super::{generation, head};
use crate::error::{ApiError, ApiResult};
use crate::http::{Caller, Query, conditional};
use crate::persistence::dialect::Engine;
use crate::state::AppState;

/// Rows that are read at a time.
const STRIDE: u64 = 2_000;

/// Which objects are summed up.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SummedUp {
    /// Types of objects, separated by commas; all that the caller may read when absent.
    #[serde(default)]
    #[param(style = Form, explode = false, example = json!(["product"]))]
    types: Vec<String>,
    /// Codes of the reference list `provinces`, separated by commas: only objects of these provinces, and of types that
    /// have none.
    #[serde(default)]
    #[param(style = Form, explode = false, example = json!(["92"]))]
    province: Vec<String>,
    /// Whether each type also comes in 256 parts: a difference is found in few objects.
    #[serde(default)]
    #[param(example = false)]
    parts: bool,
}

/// Read a summary of the changes.
///
/// How many objects of each type the caller sees, with a digest over all of them, and `next`: the place in the feed of
/// which this is true, with the same `types` and `province`. Who has a copy of that place has the same figures, or an error.
#[utoipa::path(
    tag = "changes",
    extensions(("x-required-scope" = json!(ClientScope::ChangesRead))),
    params(SummedUp),
    responses(
        (status = 200, description = "The figures", body = ChangeSummary,
            headers(("ETag" = String, description = "Of the figures"))),
        (status = 403, description = "`forbidden`, of a client `scope_missing`: a type of which the caller may read nothing"),
    ),
)]
#[get("/changes/summary")]
pub async fn read_change_summary(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    sought: Query<SummedUp>,
) -> ApiResult<HttpResponse> {
    let mut violations = Violations::new();
    let names = values(&mut violations, "#query/types", &sought.types);
    let provinces = provinces(&state, &mut violations, &sought.province);
    if !violations.is_empty() {
        return Err(ApiError::problem(ProblemCode::InvalidParameter).errors(violations));
    }
    let access = audiences_of(&state, &caller).await?;
    let types = Types::choose(&state, &access, &names)?;
    let _turn = state.feed.read(caller.scope())?;
    let mut summary = summary(&state, &access, (&names, &types), &provinces).await?;
    if !sought.parts {
        summary.types.iter_mut().for_each(|one| one.parts = Vec::new());
    }
    let bytes = serde_json::to_vec(&summary).map_err(ApiError::internal)?;
    let tag = conditional::tag_of_content(&bytes);
    let is_known = conditional::is_known(&request, &tag);
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag));
    reusable(&caller, &mut answer);
    Ok(match is_known {
        true => answer.finish(),
        false => answer.content_type("application/json").body(bytes),
    })
}

/// Sums up what this access shows, in one snapshot. Of several that ask for the same one makes it.
///
/// # Errors
/// Failures of the database.
pub(super) async fn summary(
    state: &AppState,
    access: &Access,
    (names, types): (&BTreeSet<String>, &Types),
    provinces: &BTreeSet<String>,
) -> ApiResult<ChangeSummary> {
    let filter = cursor::digest(&(&access.who, names, provinces));
    let turn = state.feed.summaries().acquire().await.map_err(ApiError::internal)?;
    let seen = generation::look(&state.db, &state.clock, &state.feed).await?;
    let nonce = generation::covering(&state.db, seen).await?;
    let key = format!("{filter} {} {nonce} {seen}", access.version);
    if let Some(kept) = state.feed.kept(&key) {
        return Ok(kept);
    }
    let snapshot = snapshot(state).await?;
    let head = head::seq(&snapshot).await?;
    let nonce = generation::covering(&snapshot, head).await?;
    let mut sums = Vec::new();
    for kind in types.read() {
        let parts = access.offices.parts(&types.only(kind), provinces)?;
        sums.push(sum(&snapshot, kind, &parts).await?);
    }
    snapshot.commit().await?;
    drop(turn);
    let now = state.clock.now();
    let mut next = Cursor::start(&filter, &access.version, nonce.clone(), head, now);
    next.finish(now);
    let summary = ChangeSummary { types: sums, next: next.write(&access.seal) };
    let key = format!("{filter} {} {nonce} {head}", access.version);
    state.feed.keep(key, summary.clone());
    Ok(summary)
}

/// All that is read in it is of one moment. On SQLite every transaction is so.
async fn snapshot(state: &AppState) -> ApiResult<DatabaseTransaction> {
    let begun = match Engine::of(&state.db) {
        Engine::Sqlite => state.db.begin().await?,
        Engine::Postgres => {
            let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
            state.db.begin_with_config(Some(isolation), Some(access)).await?
        }
    };
    Ok(begun)
}

#[derive(FromQueryResult)]
struct Live {
    object_id: String,
    revision: i64,
    line: String,
}

async fn sum(
    snapshot: &DatabaseTransaction,
    kind: &FeedType,
    parts: &BTreeSet<Part>,
) -> ApiResult<TypeSummary> {
    let (mut sums, mut after) = (Parts::default(), String::new());
    while !parts.is_empty() {
        let rows = some(snapshot, kind, parts, &after).await?;
        let is_last = u64::try_from(rows.len()).unwrap_or_default() < STRIDE;
        for row in rows {
            let part = sums.of(&row.object_id);
            part.add(kind.name, &row.object_id, row.revision, apart(&row.line).1);
            after = row.object_id;
        }
        if is_last {
            break;
        }
    }
    Ok(sums.summary(kind.name))
}

/// The next objects by id, each once: all its live rows hold the same line.
async fn some(
    snapshot: &DatabaseTransaction,
    kind: &FeedType,
    parts: &BTreeSet<Part>,
    after: &str,
) -> ApiResult<Vec<Live>> {
    let mut values: Vec<Value> = vec![kind.name.into(), after.into()];
    let mut audiences = Vec::new();
    for part in parts {
        values.push(part.audience.as_str().into());
        audiences.push(format!("${}", values.len()));
    }
    let sql = format!(
        "SELECT object_id, max(revision) AS revision, max(line) AS line FROM change \
         WHERE type = $1 AND object_id > $2 AND NOT gone AND audience IN ({}) \
         GROUP BY object_id ORDER BY object_id LIMIT {STRIDE}",
        audiences.join(", ")
    );
    let backend = snapshot.get_database_backend();
    Ok(Live::find_by_statement(Statement::from_sql_and_values(backend, sql, values))
        .all(snapshot)
        .await?)
}
