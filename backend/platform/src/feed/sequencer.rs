//! Gives the changes their numbers, after the commit: one transaction at a time, under the lock of the head. A number is
//! seen only when all before it are there, whatever transactions committed in which order.

use std::time::{Duration, Instant};

use metrics::gauge;
use nq57_core::time::Timestamp;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult, QueryOrder, QuerySelect,
    Statement, Value,
};

use super::table::inbox;
use super::{generation, head, inbox as waiting};
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::persistence::dialect::Engine;
use crate::persistence::transaction::{self, Tx};
use crate::state::AppState;

/// Changes that get their numbers in one transaction.
const BATCH: i64 = 5_000;
/// How long a batch may take with all tries.
const LIMIT: Duration = Duration::from_secs(60);
/// How long the sequencer rests when nothing wakes it, and how often it tells the metrics.
const POLL: Duration = Duration::from_secs(1);
/// How long it rests after work: what commits meanwhile gets its number together.
const REST: Duration = Duration::from_millis(10);

/// Gives numbers until the server drains, and once more then.
pub async fn run(state: AppState) {
    let mut pace = Pace::default();
    loop {
        let woken = waiting::woken();
        let is_last = state.is_draining();
        let numbered = round(&state, &mut pace).await;
        if let Err(error) = &numbered {
            tracing::error!(%error, "changes wait for their numbers");
        }
        if is_last {
            return;
        }
        if numbered.is_ok_and(|numbered| numbered > 0) {
            tokio::time::sleep(REST).await;
        }
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(POLL) => {}
            () = state.drained() => {}
        }
    }
}

/// How long changes waited, since the metrics were told.
#[derive(Default)]
struct Pace {
    told: Option<Instant>,
    slowest: f64,
}

async fn round(state: &AppState, pace: &mut Pace) -> ApiResult<u64> {
    let is_due = pace.told.is_none_or(|told| told.elapsed() >= POLL);
    if is_due {
        pace.told = Some(Instant::now());
        let waits = observe(state).await?;
        gauge!("nq57_feed_lag_seconds").set(pace.slowest.max(waits));
        pace.slowest = 0.0;
        // Another one may have lost the head that we have seen: the database was restored.
        generation::look(&state.db, &state.clock, &state.feed).await?;
    }
    let numbered = number(state).await?;
    pace.slowest = pace.slowest.max(seconds_since(state, numbered.oldest));
    Ok(numbered.count)
}

fn seconds_since(state: &AppState, at: Option<Timestamp>) -> f64 {
    let waited = at.map_or(0, |at| (state.clock.now() - at).num_milliseconds().max(0));
    f64::from(u32::try_from(waited).unwrap_or(u32::MAX)) / 1000.0
}

/// Tells how much waits; for how many seconds the oldest has.
async fn observe(state: &AppState) -> ApiResult<f64> {
    let oldest: Option<Timestamp> = inbox::Entity::find()
        .select_only()
        .column(inbox::Column::At)
        .order_by_asc(inbox::Column::N)
        .limit(1)
        .into_tuple()
        .one(&state.db)
        .await?;
    let mut waiting = 0;
    if oldest.is_some() {
        // Beyond this it is only much.
        let count = "SELECT count(*) AS waiting FROM (SELECT 1 FROM change_inbox LIMIT 100000) x";
        let count = Statement::from_string(state.db.get_database_backend(), count);
        if let Some(row) = state.db.query_one_raw(count).await? {
            waiting = row.try_get::<i64>("", "waiting")?;
        }
    }
    gauge!("nq57_feed_inbox").set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
    Ok(seconds_since(state, oldest))
}

/// Gives everything that is committed its number; how many changes that were.
///
/// # Errors
/// Failures of the database; what was not numbered is numbered the next time.
pub async fn sequence_all(state: &AppState) -> ApiResult<u64> {
    Ok(number(state).await?.count)
}

async fn number(state: &AppState) -> ApiResult<Numbered> {
    sequence(&state.db, &state.clock, |head| state.feed.announce(head)).await
}

/// What got its number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbered {
    pub count: u64,
    /// Since when the oldest of them had waited.
    pub oldest: Option<Timestamp>,
}

/// The same on a database that no server has opened. `announce` is told of each new head.
///
/// # Errors
/// As [`sequence_all`].
pub async fn sequence(
    db: &DatabaseConnection,
    clock: &Clock,
    announce: impl Fn(i64),
) -> ApiResult<Numbered> {
    let mut numbered = Numbered::default();
    loop {
        let first: Option<Timestamp> = inbox::Entity::find()
            .select_only()
            .column(inbox::Column::At)
            .order_by_asc(inbox::Column::N)
            .limit(1)
            .into_tuple()
            .one(db)
            .await?;
        let Some(first) = first else { return Ok(numbered) };
        numbered.oldest.get_or_insert(first);
        let done =
            transaction::write_within(db, LIMIT, async |tx| batch(tx, clock.now()).await).await?;
        if let Some(head) = done.head {
            numbered.count += done.numbered.unsigned_abs();
            announce(head);
        }
        if done.taken < BATCH {
            return Ok(numbered);
        }
    }
}

/// What became of a batch.
#[derive(Debug, FromQueryResult)]
struct Done {
    /// Rows taken from the inbox.
    taken: i64,
    /// Objects that got a new number.
    numbered: i64,
    /// The head, when it has moved.
    head: Option<i64>,
}

async fn batch(tx: &Tx, now: Timestamp) -> ApiResult<Done> {
    match Engine::of(tx) {
        Engine::Postgres => {
            tx.execute_unprepared(
                "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '30s'; \
                 SET LOCAL idle_in_transaction_session_timeout = '10s'",
            )
            .await?;
            let head = head::lock(tx).await?;
            // One statement: whatever commits beside it is seen as a whole or not at all.
            let values = [head.seq.into(), head.at.max(now).into()];
            let statement =
                Statement::from_sql_and_values(tx.get_database_backend(), POSTGRES, values);
            let done = Done::find_by_statement(statement).one(tx).await?;
            done.ok_or_else(|| ApiError::internal(anyhow::anyhow!("a batch has no outcome")))
        }
        Engine::Sqlite => {
            let head = head::lock(tx).await?;
            in_steps(tx, head.seq, head.at.max(now)).await
        }
    }
}

const POSTGRES: &str = "
WITH b AS MATERIALIZED (
  DELETE FROM change_inbox WHERE n IN (SELECT n FROM change_inbox ORDER BY n LIMIT 5000) RETURNING *),
l AS (SELECT DISTINCT ON (type, object_id) * FROM b ORDER BY type, object_id, n DESC),
d AS (SELECT * FROM l WHERE (
  SELECT count(*) = jsonb_array_length(l.audiences::jsonb)
    AND count(*) FILTER (WHERE c.line = l.line AND l.audiences::jsonb ? c.audience) = count(*)
  FROM change c WHERE c.type = l.type AND c.object_id = l.object_id AND NOT c.gone) IS NOT TRUE),
s AS (SELECT d.*, $1::bigint + row_number() OVER (ORDER BY n) AS seq FROM d),
live AS (
  INSERT INTO change (type, object_id, audience, seq, first_seq, gone, cause, revision, line, updated_at, sequenced_at)
  SELECT s.type, s.object_id, a.audience, s.seq, s.seq, false, NULL, s.revision, s.line, s.updated_at, $2::timestamptz
  FROM s, jsonb_array_elements_text(s.audiences::jsonb) a(audience)
  ON CONFLICT (type, object_id, audience) DO UPDATE SET seq = excluded.seq, gone = false, cause = NULL,
    revision = excluded.revision, line = excluded.line, updated_at = excluded.updated_at,
    sequenced_at = excluded.sequenced_at),
lost AS (
  UPDATE change c SET seq = s.seq, gone = true, line = NULL, revision = s.revision, updated_at = s.updated_at,
    sequenced_at = $2::timestamptz, cause = coalesce(s.cause, 'out_of_scope')
  FROM s WHERE c.type = s.type AND c.object_id = s.object_id AND NOT c.gone AND NOT (s.audiences::jsonb ? c.audience)),
x AS (
  UPDATE change_head SET seq = seq + (SELECT count(*) FROM s), at = $2::timestamptz
  WHERE id = 1 AND EXISTS (SELECT 1 FROM s) RETURNING seq)
SELECT (SELECT count(*) FROM b) AS taken, (SELECT count(*) FROM s) AS numbered, (SELECT seq FROM x) AS head";

/// The same in several statements: on SQLite no writer comes between them.
async fn in_steps(tx: &Tx, seq: i64, at: Timestamp) -> ApiResult<Done> {
    let last: Option<Option<i64>> = tx
        .query_one_raw(Statement::from_sql_and_values(
            tx.get_database_backend(),
            "SELECT max(n) AS last FROM (SELECT n FROM change_inbox ORDER BY n LIMIT $1)",
            [BATCH.into()],
        ))
        .await?
        .map(|row| row.try_get("", "last"))
        .transpose()?;
    let Some(last) = last.flatten() else {
        return Ok(Done { taken: 0, numbered: 0, head: None });
    };
    let run = async |sql: &str, values: Vec<Value>| -> ApiResult<i64> {
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        let done = tx.execute_raw(statement).await?.rows_affected();
        Ok(i64::try_from(done).unwrap_or(i64::MAX))
    };
    // What follows would change what the later of two statements sees.
    run(
        &format!("CREATE TEMP TABLE IF NOT EXISTS feed_batch AS {CHOSEN}"),
        vec![0.into(), 0.into()],
    )
    .await?;
    run("DELETE FROM feed_batch", Vec::new()).await?;
    let numbered =
        run(&format!("INSERT INTO feed_batch {CHOSEN}"), vec![last.into(), seq.into()]).await?;
    run(LIVE, vec![at.into()]).await?;
    run(LOST, vec![at.into()]).await?;
    let head = (numbered > 0).then_some(seq + numbered);
    if let Some(head) = head {
        let moved = "UPDATE change_head SET seq = $1, at = $2 WHERE id = 1";
        run(moved, vec![head.into(), at.into()]).await?;
    }
    run("DELETE FROM feed_batch", Vec::new()).await?;
    let taken = run("DELETE FROM change_inbox WHERE n <= $1", vec![last.into()]).await?;
    Ok(Done { taken, numbered, head })
}

/// The last change of each object up to `n = $1` that says something new, numbered from `$2` on.
const CHOSEN: &str = "
SELECT i.*, $2 + row_number() OVER (ORDER BY i.n) AS seq
FROM (SELECT *, max(n) OVER (PARTITION BY type, object_id) AS last FROM change_inbox WHERE n <= $1) i
WHERE i.n = i.last AND (
  SELECT count(*) = json_array_length(i.audiences)
    AND coalesce(sum(c.line = i.line AND c.audience IN (SELECT value FROM json_each(i.audiences))), 0) = count(*)
  FROM change c WHERE c.type = i.type AND c.object_id = i.object_id AND NOT c.gone) IS NOT TRUE";

const LIVE: &str = "
INSERT INTO change (type, object_id, audience, seq, first_seq, gone, cause, revision, line, updated_at, sequenced_at)
SELECT s.type, s.object_id, a.value, s.seq, s.seq, false, NULL, s.revision, s.line, s.updated_at, $1
FROM feed_batch s, json_each(s.audiences) a WHERE true
ON CONFLICT (type, object_id, audience) DO UPDATE SET seq = excluded.seq, gone = false, cause = NULL,
  revision = excluded.revision, line = excluded.line, updated_at = excluded.updated_at,
  sequenced_at = excluded.sequenced_at";

const LOST: &str = "
UPDATE change SET seq = s.seq, gone = true, line = NULL, revision = s.revision, updated_at = s.updated_at,
  sequenced_at = $1, cause = coalesce(s.cause, 'out_of_scope')
FROM feed_batch s WHERE change.type = s.type AND change.object_id = s.object_id AND NOT change.gone
  AND change.audience NOT IN (SELECT value FROM json_each(s.audiences))";
