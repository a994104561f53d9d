//! Compares what stands in the feed with the rows that it is about, and puts right what differs. Every writer puts its
//! changes there itself: what is found here is a defect, and counted; or it is new in the schema of a type.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use metrics::counter;
use nq57_core::feed::Cause;
use nq57_core::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult, QueryFilter,
    Statement, Value,
};

use super::cursor::KEPT_DAYS;
use super::head::HEAD;
use super::kind::{Entry, FeedType, Which, apart};
use super::table::head;
use super::{generation, inbox, sequencer};
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::{self, Tx};
use crate::state::AppState;

/// Objects that are compared at a time.
const PAGE: u64 = 500;
/// How long a comparison is good for.
const EVERY: Duration = Duration::hours(20);
/// Deletions that are forgotten in one transaction.
const FORGOTTEN: u64 = 5_000;

/// An object that does not stand in the feed as its rows say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub kind: &'static str,
    pub id: String,
    pub what: &'static str,
}

/// The nightly look: puts right and counts what differs. Of several servers one does it.
///
/// # Errors
/// Failures of the database; the next run goes on.
pub async fn look(state: AppState) -> ApiResult<()> {
    let Some(before) = take_turn(&state).await? else { return Ok(()) };
    let outcome = compare_all(&state, before.is_none()).await;
    if outcome.is_err() {
        // The next run begins anew.
        note(&state, before).await?;
    }
    outcome
}

async fn compare_all(state: &AppState, is_first: bool) -> ApiResult<()> {
    for kind in state.registry.feed() {
        let found = rebuild(state, kind).await?;
        if is_first {
            tracing::info!(kind = kind.name, objects = found, "the feed was filled");
        } else if found > 0 {
            tracing::error!(
                kind = kind.name,
                objects = found,
                "the feed differed and was put right"
            );
            counter!("nq57_feed_repaired_total", "type" => kind.name).increment(found);
        }
    }
    forget(state).await
}

/// Whether it is this server's turn, and if so when the feed was compared before: one that never was is only filled.
async fn take_turn(state: &AppState) -> ApiResult<Option<Option<Timestamp>>> {
    let now = state.clock.now();
    transaction::write(&state.db, async |tx| {
        let before = super::head::lock(tx).await?.checked_at;
        if before.is_some_and(|before| now - before < EVERY) {
            return Ok(None);
        }
        write_note(tx, Some(now)).await?;
        Ok(Some(before))
    })
    .await
}

async fn note(state: &AppState, at: Option<Timestamp>) -> ApiResult<()> {
    transaction::write(&state.db, async |tx| write_note(tx, at).await).await
}

async fn write_note(tx: &Tx, at: Option<Timestamp>) -> ApiResult<()> {
    head::Entity::update_many()
        .col_expr(head::Column::CheckedAt, Expr::value(at))
        .filter(head::Column::Id.eq(HEAD))
        .exec(tx)
        .await?;
    Ok(())
}

/// Puts what differs of this type into the feed as its rows say; how many objects that were.
///
/// # Errors
/// Failures of the database.
pub async fn rebuild(state: &AppState, kind: &'static FeedType) -> ApiResult<u64> {
    let mut found = 0;
    let mut pages = Pages::default();
    while let Some(ids) = pages.next(&state.db, kind).await? {
        for some in ids.chunks(PAGE_OF_REPAIRS) {
            let now = state.clock.now();
            found +=
                transaction::write(&state.db, async |tx| repair(tx, kind, now, some).await).await?;
        }
        // So that little waits.
        sequencer::sequence_all(state).await?;
    }
    Ok(found)
}

/// Objects whose rows are locked at once.
const PAGE_OF_REPAIRS: usize = 50;

/// What differs, of all types. Changes nothing.
///
/// # Errors
/// Failures of the database.
pub async fn differences(
    db: &DatabaseConnection,
    kinds: impl Iterator<Item = &'static FeedType>,
) -> ApiResult<Vec<Difference>> {
    // By its row and by what stands in the feed, the same is met twice.
    let mut found = BTreeSet::new();
    for kind in kinds {
        let mut pages = Pages::default();
        while let Some(ids) = pages.next(db, kind).await? {
            let sure = transaction::write(db, async |tx| {
                let compared = compare(tx, kind, Which::Locked(&ids)).await?;
                Ok(compared.into_iter().map(|(difference, _)| difference).collect::<Vec<_>>())
            });
            found.extend(sure.await?);
        }
    }
    Ok(found.into_iter().collect())
}

/// Walks a type page by page: first its rows, then what stands in the feed. Answers the ids that seem to differ: nothing
/// is locked, so that somebody may just be changing them.
#[derive(Default)]
struct Pages {
    place: Place,
}

#[derive(Default)]
enum Place {
    #[default]
    Start,
    Rows(String),
    Feed(String),
    End,
}

impl Pages {
    async fn next(
        &mut self,
        db: &DatabaseConnection,
        kind: &'static FeedType,
    ) -> ApiResult<Option<Vec<String>>> {
        let place = std::mem::replace(&mut self.place, Place::End);
        let after = match &place {
            Place::Start => None,
            Place::Rows(last) => Some(last.as_str()),
            Place::Feed(last) => return self.feed(db, kind, last).await.map(Some),
            Place::End => return Ok(None),
        };
        let (found, last, read) = transaction::write(db, async |tx| {
            let rows = (kind.project)(tx, Which::After(after, PAGE)).await?;
            let (last, read) = (rows.last().map(|entry| entry.id.clone()), rows.len());
            let found = compare_with(tx, kind, rows, None).await?;
            Ok((found, last, read))
        })
        .await?;
        self.place = match last {
            Some(last) if u64::try_from(read).unwrap_or_default() >= PAGE => Place::Rows(last),
            _ => Place::Feed(String::new()),
        };
        Ok(Some(found.into_iter().map(|(difference, _)| difference.id).collect()))
    }

    async fn feed(
        &mut self,
        db: &DatabaseConnection,
        kind: &'static FeedType,
        after: &str,
    ) -> ApiResult<Vec<String>> {
        let ids = standing(db, kind, after).await?;
        self.place = match ids.last() {
            Some(last) => Place::Feed(last.clone()),
            None => Place::End,
        };
        let found = transaction::write(db, async |tx| compare(tx, kind, Which::Locked(&ids)).await);
        Ok(found.await?.into_iter().map(|(difference, _)| difference.id).collect())
    }
}

async fn repair(
    tx: &Tx,
    kind: &'static FeedType,
    now: Timestamp,
    ids: &[String],
) -> ApiResult<u64> {
    let found = compare(tx, kind, Which::Locked(ids)).await?;
    let count = u64::try_from(found.len()).unwrap_or_default();
    let entries = found.into_iter().map(|(difference, wanted)| {
        wanted.unwrap_or_else(|| Entry::gone(kind, difference.id, Cause::Removed, (0, now)))
    });
    inbox::put(tx, now, entries).await?;
    Ok(count)
}

type Compared = Vec<(Difference, Option<Entry>)>;

async fn compare(tx: &Tx, kind: &'static FeedType, which: Which<'_>) -> ApiResult<Compared> {
    let Which::Locked(ids) = which else { return Ok(Vec::new()) };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = (kind.project)(tx, which).await?;
    compare_with(tx, kind, rows, Some(ids)).await
}

/// What differs between these entries and the feed; of `ids` also those that have no entry.
async fn compare_with(
    tx: &Tx,
    kind: &'static FeedType,
    wanted: Vec<Entry>,
    ids: Option<&[String]>,
) -> ApiResult<Compared> {
    let wanted: BTreeMap<String, Entry> =
        wanted.into_iter().map(|entry| (entry.id.clone(), entry)).collect();
    let all: BTreeSet<&String> = wanted.keys().chain(ids.into_iter().flatten()).collect();
    let stands = stand(tx, kind, &all).await?;
    let mut found = Vec::new();
    for id in all {
        let entry = wanted.get(id).filter(|entry| !entry.audiences.names().is_empty());
        let what = match (entry, stands.get(id)) {
            (None, None) => continue,
            (Some(_), None) => "is missing in the feed",
            (None, Some(_)) => "stands in the feed and should not",
            (Some(entry), Some((audiences, data))) => {
                let is_same = apart(entry.line.as_deref().unwrap_or_default()).1 == data;
                match (entry.audiences.names() == audiences, is_same) {
                    (true, true) => continue,
                    (false, _) => "stands in the feed for others",
                    (true, false) => "stands in the feed as it was",
                }
            }
        };
        let difference = Difference { kind: kind.name, id: id.clone(), what };
        found.push((difference, entry.cloned()));
    }
    Ok(found)
}

/// The ids that stand in the feed after this one, in the order of the database.
async fn standing(db: &DatabaseConnection, kind: &FeedType, after: &str) -> ApiResult<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Id {
        object_id: String,
    }
    let sql = format!(
        "SELECT object_id FROM change WHERE type = $1 AND object_id > $2 AND NOT gone \
         GROUP BY object_id ORDER BY object_id LIMIT {PAGE}"
    );
    let backend = db.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [kind.name.into(), after.into()]);
    let ids = Id::find_by_statement(statement).all(db).await?;
    Ok(ids.into_iter().map(|row| row.object_id).collect())
}

/// Who reads an object, and its data.
type Stands = BTreeMap<String, (BTreeSet<String>, String)>;

#[derive(FromQueryResult)]
struct Standing {
    object_id: String,
    /// Nothing of what has its number already.
    n: Option<i64>,
    /// One audience, or those of what waits as JSON.
    audience: String,
    line: Option<String>,
}

/// How these objects stand in the feed once everything that waits has its number. One statement: what is moved from the
/// inbox meanwhile is seen on one side of it.
async fn stand(tx: &Tx, kind: &FeedType, ids: &BTreeSet<&String>) -> ApiResult<Stands> {
    let mut stands = Stands::new();
    if ids.is_empty() {
        return Ok(stands);
    }
    let mut values: Vec<Value> = vec![kind.name.into()];
    let mut names = Vec::new();
    for id in ids {
        values.push(id.as_str().into());
        names.push(format!("${}", values.len()));
    }
    let names = names.join(", ");
    let sql = format!(
        "SELECT object_id, CAST(NULL AS BIGINT) AS n, audience, line FROM change \
         WHERE type = $1 AND object_id IN ({names}) AND NOT gone \
         UNION ALL SELECT object_id, n, audiences, line FROM change_inbox \
         WHERE type = $1 AND object_id IN ({names})"
    );
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let mut waiting: BTreeMap<String, Standing> = BTreeMap::new();
    for row in Standing::find_by_statement(statement).all(tx).await? {
        if row.n.is_some() {
            let is_newer = waiting.get(&row.object_id).is_none_or(|other| other.n < row.n);
            if is_newer {
                waiting.insert(row.object_id.clone(), row);
            }
            continue;
        }
        let data = apart(row.line.as_deref().unwrap_or_default()).1.to_owned();
        let stand = stands.entry(row.object_id).or_insert_with(|| (BTreeSet::new(), data));
        stand.0.insert(row.audience);
    }
    for (id, row) in waiting {
        let audiences: BTreeSet<String> =
            serde_json::from_str(&row.audience).map_err(ApiError::internal)?;
        match audiences.is_empty() {
            true => stands.remove(&id),
            false => {
                let data = apart(row.line.as_deref().unwrap_or_default()).1.to_owned();
                stands.insert(id, (audiences, data))
            }
        };
    }
    Ok(stands)
}

/// Forgets deletions that no cursor asks for any more.
async fn forget(state: &AppState) -> ApiResult<()> {
    let before = state.clock.now() - Duration::days(KEPT_DAYS);
    generation::forget(&state.db, before).await?;
    loop {
        let forgotten = transaction::write(&state.db, async |tx| {
            // Nobody gives a number to a row that is being forgotten.
            super::head::lock(tx).await?;
            let sql = format!(
                "DELETE FROM change WHERE (type, object_id, audience) IN (SELECT type, object_id, audience \
                 FROM change WHERE gone AND sequenced_at < $1 LIMIT {FORGOTTEN})"
            );
            let values: [Value; 1] = [before.into()];
            let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
            Ok(tx.execute_raw(statement).await?.rows_affected())
        })
        .await?;
        if forgotten < FORGOTTEN {
            return Ok(());
        }
    }
}
