//! The change feed: how fast a whole copy is read, against the same rows read from the database without us, and how long
//! a change waits for its number while many commit.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::report::{Measure, Unit};
use super::{Place, tools};
use crate::process::capture;
use crate::server::PrivateServer;

/// Characters of the data of a line: half a kilobyte with the rest.
const DATA: u32 = 380;
/// Writers at once.
const WRITERS: u32 = 16;
/// Changes of one answer.
const PAGE: u32 = 50_000;
/// The rows as they are read, by number.
const ROWS: &str =
    "SELECT seq, line FROM change WHERE audience = 'public' AND type = 'organisation' ORDER BY seq";

/// Puts so many invented objects into the feed.
pub fn fill(place: &Place, rows: u32) -> Result<()> {
    let line = format!(
        "'\"op\":\"upsert\",\"type\":\"organisation\",\"id\":\"' || id || '\",\"revision\":1,\
         \"updated_at\":\"2026-11-27T02:00:00Z\",\"data\":{{\"text\":\"{}\"}}}}'",
        "x".repeat(DATA as usize)
    );
    let source = format!("SELECT n, id, 1 AS revision, {line} AS line FROM numbers");
    insert(place, "organisation", rows, &source)
}

/// The same of products that are like those that are there.
pub fn fill_products(place: &Place, rows: u32) -> Result<()> {
    let source = "SELECT n, id, revision, replace(line, object_id, id) AS line FROM numbers JOIN \
         (SELECT line, revision, object_id, row_number() OVER (ORDER BY object_id) - 1 AS k, count(*) OVER () AS many \
          FROM change WHERE type = 'product' AND audience = 'public' AND NOT gone AND object_id NOT LIKE 'bench-%') p \
         ON n % many = k";
    insert(place, "product", rows, source)
}

/// Inserts what this selects from `numbers`: `n`, `id`, `revision` and `line`.
fn insert(place: &Place, kind: &str, rows: u32, source: &str) -> Result<()> {
    let insert = |numbers: &str, now: &str| {
        format!(
            "INSERT INTO change (type, object_id, audience, seq, first_seq, gone, revision, line, updated_at, sequenced_at) \
             WITH {numbers} SELECT '{kind}', s.id, 'public', h.seq + s.n, h.seq + s.n, false, s.revision, s.line, {now}, {now} \
             FROM change_head h, ({source}) s; \
             UPDATE change_head SET seq = seq + {rows};"
        )
    };
    match &place.cluster {
        Some(cluster) => {
            let numbers = format!(
                "numbers AS (SELECT n, 'bench-' || lpad(n::text, 9, '0') AS id FROM generate_series(1, {rows}) AS n)"
            );
            cluster.query(&insert(&numbers, "now()"))?;
            cluster.query("VACUUM ANALYZE change").map(drop)
        }
        None => {
            let numbers = format!(
                "RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {rows}), \
                 numbers AS (SELECT n, 'bench-' || printf('%09d', n) AS id FROM c)"
            );
            let sql = insert(&numbers, "'2026-11-27T02:00:00+00:00'");
            let file = place.database_file()?;
            let sql = format!(
                "PRAGMA synchronous = OFF; BEGIN; {sql} COMMIT; PRAGMA wal_checkpoint(TRUNCATE);"
            );
            capture(Command::new("sqlite3").arg("-bail").arg(file).arg(sql)).map(drop)
        }
    }
}

/// A whole copy, against the database's own way to read the same rows in the same order.
pub fn copy(place: &Place, server: &PrivateServer, rows: u32) -> Result<Vec<Measure>> {
    let (mut ours, mut floor) = (f64::MAX, f64::MAX);
    let mut memory: f64 = 0.0;
    // By turns; the better of both, so that neither has the quieter machine.
    for _ in 0..2 {
        floor = floor.min(seconds(|| bare(place))?);
        ours = ours.min(seconds(|| pull(server, rows))?);
        memory = memory.max(tools::memory(server.id())?.anonymous);
    }
    let name = format!("change feed, a copy of {rows} objects");
    Ok(vec![
        Measure::rate(&name, f64::from(rows) / ours, f64::from(rows) / floor).at_least_ratio(0.5),
        Measure::alone(&format!("{name}: memory of the server's own"), Unit::Megabytes, memory)
            .at_most(128.0),
    ])
}

fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed().as_secs_f64())
}

fn bare(place: &Place) -> Result<()> {
    let mut command = match &place.cluster {
        Some(cluster) => {
            let mut psql = cluster.tool("psql");
            psql.args(["--no-psqlrc", "--quiet", "--command", &format!("COPY ({ROWS}) TO STDOUT")]);
            psql
        }
        None => {
            let mut sqlite = Command::new("sqlite3");
            sqlite.args(["-bail", "-readonly"]).arg(place.database_file()?).arg(ROWS);
            sqlite
        }
    };
    let output = command.stdout(Stdio::null()).output().context("the floor does not start")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

fn pull(server: &PrivateServer, rows: u32) -> Result<()> {
    let (mut next, mut read) = (None::<String>, 0);
    loop {
        let after = next.map(|next| format!("&after={next}")).unwrap_or_default();
        let path = format!("/api/v1/changes?types=organisation&limit={PAGE}{after}");
        let answer = server.ask("GET", &path, &[], None)?;
        let end = answer.body.trim_ascii_end().rsplit(|byte| *byte == b'\n').next();
        let end: Value = serde_json::from_slice(end.unwrap_or_default())?;
        let trailer = end.get("trailer").context("an answer without a trailer")?;
        read += trailer.get("lines").and_then(Value::as_u64).unwrap_or_default();
        if trailer.get("more") != Some(&Value::Bool(true)) {
            anyhow::ensure!(read >= u64::from(rows), "{read} of {rows} came");
            return Ok(());
        }
        next = trailer.get("next").and_then(Value::as_str).map(str::to_owned);
    }
}

/// How long changes wait for their numbers while many commit, as their rows say.
pub fn lag(place: &Place, server: &PrivateServer, run: Duration) -> Result<Vec<Measure>> {
    let bearer = format!("Bearer {}", server.sign_in("company@nq57.example")?);
    let before = query(place, "SELECT seq FROM change_head")?;
    let (began, end) = (Instant::now(), Instant::now() + run);
    let mut made = 0;
    std::thread::scope(|scope| -> Result<()> {
        let writers: Vec<_> =
            (0..WRITERS).map(|_| scope.spawn(|| write(server, &bearer, end))).collect();
        for writer in writers {
            made += writer.join().map_err(|_| anyhow::anyhow!("a writer panicked"))??;
        }
        Ok(())
    })?;
    let rate = f64::from(made) / began.elapsed().as_secs_f64();
    // The last ones get their numbers.
    std::thread::sleep(Duration::from_secs(2));
    let waited = match place.cluster {
        Some(_) => "extract(epoch FROM sequenced_at - updated_at) * 1000",
        None => "(julianday(sequenced_at) - julianday(updated_at)) * 86400000",
    };
    let rows = format!("FROM change WHERE audience = 'public' AND seq > {}", before.trim());
    let slowest = query(
        place,
        &format!(
            "SELECT {waited} AS waited {rows} ORDER BY waited DESC LIMIT 1 OFFSET (SELECT count(*) / 100 {rows})"
        ),
    )?;
    let name = format!("change feed, wait for a number (p99) at {rate:.0} commits a second");
    let slowest = slowest.trim().parse().context("no row")?;
    Ok(vec![Measure::alone(&name, Unit::Milliseconds, slowest).at_most(250.0)])
}

/// Makes organisations until then; how many.
fn write(server: &PrivateServer, bearer: &str, end: Instant) -> Result<u32> {
    let mut made = 0;
    while Instant::now() < end {
        let body = json!({"name": format!("Công ty {made}"), "kind": "enterprise"});
        server.ask("POST", "/api/v1/organisations", &[("Authorization", bearer)], Some(&body))?;
        made += 1;
    }
    Ok(made)
}

fn query(place: &Place, sql: &str) -> Result<String> {
    match &place.cluster {
        Some(cluster) => cluster.query(sql),
        None => capture(
            Command::new("sqlite3")
                .args(["-bail", "-readonly"])
                .arg(place.database_file()?)
                .arg(sql),
        ),
    }
}
