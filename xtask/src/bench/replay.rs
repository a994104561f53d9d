//! The server's own SQL, taken from PostgreSQL's log and run again by pgbench without the server.
//! Refuses to invent a floor: what cannot be replayed fails.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::postgres::Cluster;
use crate::process::{self, TemporaryFolder};

/// What the server sent to the database while `work` ran, parameters filled in.
pub fn capture(cluster: &Cluster, work: impl FnOnce() -> Result<()>) -> Result<Vec<String>> {
    let mut log = std::fs::File::open(cluster.log())?;
    let set = |value: &str| {
        cluster.query(&format!("ALTER SYSTEM SET log_statement = '{value}'"))?;
        cluster.query("SELECT pg_reload_conf()")?;
        // Sessions take the setting up before their next statement.
        std::thread::sleep(Duration::from_millis(300));
        Ok::<(), anyhow::Error>(())
    };
    set("all")?;
    log.seek(SeekFrom::End(0))?;
    work()?;
    set("none")?;
    let mut text = String::new();
    log.read_to_string(&mut text)?;
    Ok(statements(&text))
}

/// Reads `LOG:  execute …: SELECT … $1` with its `DETAIL:  parameters: $1 = '…'`.
fn statements(log: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in log.lines() {
        if let Some((_, text)) = line.split_once(" LOG:  ") {
            let sql = match text.strip_prefix("statement: ") {
                Some(sql) => Some(sql),
                None => text
                    .strip_prefix("execute ")
                    .and_then(|rest| rest.split_once(": ").map(|(_, sql)| sql)),
            };
            is_open = sql.is_some();
            found.extend(sql.map(str::to_owned));
        } else if let Some((_, text)) = line.split_once(" DETAIL:  parameters: ") {
            is_open = false;
            if let Some(last) = found.last_mut() {
                *last = filled_in(last, &parameters(text));
            }
        } else if is_open && line.starts_with('\t') {
            // A statement of several lines goes on behind a tab.
            if let Some(last) = found.last_mut() {
                last.push(' ');
                last.push_str(line.trim());
            }
        } else {
            is_open = false;
        }
    }
    found.retain(|sql| !sql.contains("pg_reload_conf") && !sql.contains("ALTER SYSTEM"));
    found
}

/// `$1 = 'it''s', $2 = NULL` by number, each as SQL writes it.
fn parameters(text: &str) -> BTreeMap<u32, String> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        let Some((number, value)) = rest.get(start + 1..).and_then(|rest| rest.split_once(" = "))
        else {
            break;
        };
        let end = match value.strip_prefix('\'') {
            Some(inside) => 1 + end_of_string(inside),
            None => value.find(',').unwrap_or(value.len()),
        };
        let (literal, after) = value.split_at(end.min(value.len()));
        if let Ok(number) = number.trim().parse() {
            found.insert(number, literal.to_owned());
        }
        rest = after;
    }
    found
}

/// Bytes up to and with the closing quote; a doubled quote closes nothing.
fn end_of_string(inside: &str) -> usize {
    let mut characters = inside.char_indices().peekable();
    while let Some((index, c)) = characters.next() {
        if c == '\'' && characters.next_if(|(_, next)| *next == '\'').is_none() {
            return index + 1;
        }
    }
    inside.len()
}

fn filled_in(sql: &str, parameters: &BTreeMap<u32, String>) -> String {
    let mut filled = sql.to_owned();
    // From the last to the first, so that $1 is not found inside $12.
    for (number, value) in parameters.iter().rev() {
        filled = filled.replace(&format!("${number}"), value);
    }
    filled
}

/// The reading statements.
pub fn reads(statements: &[String]) -> Vec<String> {
    let is_read = |sql: &&String| {
        let start = sql.trim_start().to_ascii_uppercase();
        start.starts_with("SELECT") || start.starts_with("WITH")
    };
    statements.iter().filter(is_read).map(|sql| format!("{};", on_one_line(sql))).collect()
}

/// The inserting statements as one transaction with new ids each time.
///
/// `again` is the same work done once more: an id that both have was there before and stays, the account
/// for one.
pub fn writes(statements: &[String], again: &[String]) -> Vec<String> {
    let inserts = inserts(statements);
    // Jobs run meanwhile and name what was inserted before: only what is inserted counts.
    let kept: String = self::inserts(again).into_iter().map(String::as_str).collect();
    let mut fresh: Vec<&str> = inserts.iter().flat_map(|sql| uuids(sql)).collect();
    fresh.sort_unstable();
    fresh.dedup();
    fresh.retain(|id| !kept.contains(id));
    let mut script = String::new();
    for index in 0..fresh.len() {
        script.push_str(&format!("\\set id{index} random(1, 9000000000000000000)\n"));
    }
    script.push_str("BEGIN;\n");
    for sql in inserts {
        let mut sql = on_one_line(sql);
        for (index, id) in fresh.iter().enumerate() {
            sql = sql
                .replace(&format!("'{id}'"), &format!("lpad(to_hex(:id{index}), 32, '0')::uuid"));
        }
        script.push_str(&sql);
        script.push_str(";\n");
    }
    script.push_str("COMMIT;\n");
    vec![script]
}

fn inserts(statements: &[String]) -> Vec<&String> {
    let is_insert = |sql: &&String| sql.trim_start().to_ascii_uppercase().starts_with("INSERT");
    statements.iter().filter(is_insert).collect()
}

/// On one line, as pgbench wants it.
fn on_one_line(sql: &str) -> String {
    sql.replace('\n', " ")
}

/// Literals that look like `'0198c5e2-…'`.
fn uuids(sql: &str) -> Vec<&str> {
    sql.split('\'')
        .filter(|part| {
            part.len() == 36
                && part.split('-').map(str::len).eq([8, 4, 4, 4, 12])
                && part.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
        })
        .collect()
}

/// Milliseconds of all statements one after the other, on one connection.
pub fn milliseconds(cluster: &Cluster, statements: &[String]) -> Result<f64> {
    let script = statements.join("\n");
    figure(&pgbench(cluster, &[script], 1, Length::Times(1))?, "latency average = ")
}

/// Scripts a second.
pub fn rate(cluster: &Cluster, scripts: &[String], connections: u32, run: Duration) -> Result<f64> {
    figure(&pgbench(cluster, scripts, connections, Length::Lasting(run))?, "tps = ")
}

enum Length {
    Times(u32),
    Lasting(Duration),
}

fn pgbench(
    cluster: &Cluster,
    scripts: &[String],
    connections: u32,
    length: Length,
) -> Result<String> {
    if scripts.iter().all(String::is_empty) {
        bail!("the server sent no SQL to replay");
    }
    let folder = TemporaryFolder::new("pgbench")?;
    let mut command = cluster.tool("pgbench");
    command.args(["--no-vacuum", "--client", &connections.to_string()]);
    command.args(["--jobs", if connections == 1 { "1" } else { "2" }]);
    match length {
        Length::Times(times) => command.args(["--transactions", &times.to_string()]),
        Length::Lasting(run) => command.args(["--time", &run.as_secs().max(1).to_string()]),
    };
    for (index, script) in scripts.iter().enumerate() {
        let file = folder.path().join(format!("{index}.sql"));
        std::fs::write(&file, script)?;
        command.arg("--file").arg(file);
    }
    let output = process::capture(&mut command)?;
    if let Some(line) = output.lines().find(|line| line.contains("aborted")) {
        bail!("pgbench: {line}");
    }
    Ok(output)
}

fn figure(output: &str, label: &str) -> Result<f64> {
    let text = output.lines().find_map(|line| line.trim().strip_prefix(label));
    let figure = text.and_then(|text| text.split_whitespace().next());
    Ok(figure.with_context(|| format!("pgbench told no `{label}`"))?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "2026-11-22 01:00:00.000 UTC [7] LOG:  execute sqlx_s_1: SELECT \"id\" FROM \"a\"\n\
        \tWHERE \"t\" = $1 AND \"n\" = $2\n\
        2026-11-22 01:00:00.000 UTC [7] DETAIL:  parameters: $1 = 'it''s, $2 = x', $2 = '12'\n\
        2026-11-22 01:00:00.000 UTC [7] LOG:  statement: BEGIN\n\
        2026-11-22 01:00:00.000 UTC [7] LOG:  execute <unnamed>: INSERT INTO a VALUES ($1, $2)\n\
        2026-11-22 01:00:00.000 UTC [7] DETAIL:  parameters: $1 = '0198c5e2-0000-7000-8000-000000000001', $2 = NULL\n";

    #[test]
    fn statements_are_read_with_their_parameters() {
        assert_eq!(
            statements(LOG),
            [
                "SELECT \"id\" FROM \"a\" WHERE \"t\" = 'it''s, $2 = x' AND \"n\" = '12'",
                "BEGIN",
                "INSERT INTO a VALUES ('0198c5e2-0000-7000-8000-000000000001', NULL)",
            ]
        );
    }

    #[test]
    fn inserts_become_one_transaction_with_new_ids() {
        let script = writes(&statements(LOG), &[]).remove(0);
        assert_eq!(
            script,
            "\\set id0 random(1, 9000000000000000000)\nBEGIN;\n\
             INSERT INTO a VALUES (lpad(to_hex(:id0), 32, '0')::uuid, NULL);\nCOMMIT;\n"
        );
        let same = writes(&statements(LOG), &statements(LOG)).remove(0);
        assert!(same.contains("0198c5e2-0000-7000-8000-000000000001"), "{same}");
        assert_eq!(reads(&statements(LOG)).len(), 1);
    }

    #[test]
    fn figures_of_pgbench_are_found() {
        assert_eq!(
            figure("latency average = 0.123 ms\ntps = 8130.1 (without initial)\n", "tps = ")
                .unwrap(),
            8130.1
        );
    }
}
