//! The bundle with its lints and the budget of its first load, and journeys in a headless Chromium.
//! Refuses a bundle that outgrew what a slow phone is asked to fetch.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Tally, first_line};
use crate::process::TemporaryFolder;
use crate::server::{PrivateServer, Setting};
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{cargo, process, spa};

/// What the first load may weigh, brotli.
const FIRST_LOAD_BUDGET: u64 = 325 * 1024;

/// The bundle as it is shipped.
pub fn bundle(workspace: &Workspace) -> Result<Tally> {
    let bytes = spa::build_linted(workspace)?.first_load_bytes();
    println!("first load: {bytes} bytes of at most {FIRST_LOAD_BUDGET}");
    if bytes > FIRST_LOAD_BUDGET {
        bail!("the first load has {bytes} bytes of at most {FIRST_LOAD_BUDGET}");
    }
    Ok(Tally::ONE)
}

/// All journeys, or those whose file or title has one of the words.
pub fn run(workspace: &Workspace, journeys: &[String]) -> Result<Tally> {
    setup::ensure(&[Need::Compiler, Need::WasmTarget, Need::Node, Need::Chromium])?;
    setup::ensure_e2e_packages(workspace)?;
    let folder = workspace.path("e2e");
    process::run(
        Command::new(folder.join("node_modules/.bin/tsc")).arg("--noEmit").current_dir(&folder),
    )?;
    spa::build_linted(workspace)?;
    let binary = cargo::build_server_beside_tests(workspace)?;
    let data = TemporaryFolder::new("e2e")?;
    let setting = Setting { name: "e2e", data: data.path(), demo: true, variables: &[] };
    let server = PrivateServer::start(workspace, &binary, &setting)?;
    let results = workspace.target().join("e2e.json");
    let _old = std::fs::remove_file(&results);
    let mut command = Command::new(folder.join("node_modules/.bin/playwright"));
    command
        .arg("test")
        .current_dir(&folder)
        .env("NQ57_BASE_URL", &server.origin)
        .env("NQ57_DATA_DIR", data.path())
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &results)
        .stdin(Stdio::null());
    if !journeys.is_empty() {
        command.arg("--grep").arg(journeys.join("|"));
    }
    if let Some(chromium) = setup::chromium() {
        command.env("NQ57_CHROMIUM", chromium);
    }
    let status = process::status(&mut command)?;
    let text = std::fs::read_to_string(&results).context("Playwright left no results")?;
    let mut tally = outcome(&serde_json::from_str(&text)?);
    let has_named_failures = !tally.failures.is_empty();
    if !status.success() && !has_named_failures {
        tally.failures.push(format!("Playwright ended with {status}"));
    }
    if !tally.failures.is_empty() {
        println!("the server's log is {}; its end:\n{}", server.log.display(), server.last_words());
    }
    Ok(tally)
}

/// Reads Playwright's JSON report. What succeeded only on a second try has failed.
fn outcome(report: &Value) -> Tally {
    let passed = report.pointer("/stats/expected").and_then(Value::as_u64).unwrap_or(0);
    let mut failures = Vec::new();
    failed_specs(report, &mut failures);
    Tally { passed, failures }
}

/// Playwright colours its messages whatever it is told.
fn without_colours(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let plain = parts.next().unwrap_or_default();
    let rest = parts.filter_map(|part| part.split_once('m').map(|(_, rest)| rest));
    std::iter::once(plain).chain(rest).collect()
}

/// Suites hold specs and further suites.
fn failed_specs(suite: &Value, failures: &mut Vec<String>) {
    let members = |name: &str| suite.get(name).and_then(Value::as_array).into_iter().flatten();
    for spec in members("specs") {
        let text = |pointer: &str| spec.pointer(pointer).and_then(Value::as_str).unwrap_or("");
        if matches!(text("/tests/0/status"), "unexpected" | "flaky") {
            let trouble = without_colours(text("/tests/0/results/0/error/message"));
            failures.push(first_line(&format!(
                "{} › {}: {}",
                text("/file"),
                text("/title"),
                trouble.split_whitespace().collect::<Vec<_>>().join(" ")
            )));
        }
    }
    for inner in members("suites") {
        failed_specs(inner, failures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn failed_and_flaky_journeys_are_named_with_the_beginning_of_their_trouble() {
        let spec = |title: &str, status: &str| {
            json!({"title": title, "file": "submit.spec.ts", "tests": [{"status": status,
                "results": [{"error": {"message": "\u{1b}[31mTimed out\u{1b}[39m\nat line 3"}}]}]})
        };
        let report = json!({"stats": {"expected": 7, "unexpected": 1, "flaky": 1, "skipped": 3},
            "suites": [{"specs": [spec("it sends", "unexpected"), spec("it keeps", "expected")],
                "suites": [{"specs": [spec("it undoes", "flaky")]}]}]});
        let failures = vec![
            "submit.spec.ts › it sends: Timed out at line 3".to_owned(),
            "submit.spec.ts › it undoes: Timed out at line 3".to_owned(),
        ];
        assert_eq!(outcome(&report), Tally { passed: 7, failures });
    }
}
