//! Journeys in a headless Chromium against a demo server, and the budget of the first load.
//! Refuses a bundle that outgrew what a slow phone is asked to fetch.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tally;
use crate::process::TemporaryFolder;
use crate::server::{PrivateServer, Setting};
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{cargo, process, spa};

/// What the first load may weigh, brotli.
const FIRST_LOAD_BUDGET: u64 = 350 * 1024;

pub fn run(workspace: &Workspace) -> Result<Tally> {
    setup::ensure(&[Need::Compiler, Need::WasmTarget, Need::Node, Need::Chromium])?;
    setup::ensure_e2e_packages(workspace)?;
    let folder = workspace.path("e2e");
    process::run(
        Command::new(folder.join("node_modules/.bin/tsc")).arg("--noEmit").current_dir(&folder),
    )?;
    let bundle = spa::build(workspace, true)?;
    let bytes = bundle.first_load_bytes();
    println!("first load: {bytes} bytes of at most {FIRST_LOAD_BUDGET}");
    let is_within = bytes <= FIRST_LOAD_BUDGET;
    let mut tally = Tally { passed: u64::from(is_within), failed: u64::from(!is_within) };

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
    if let Some(chromium) = setup::chromium() {
        command.env("NQ57_CHROMIUM", chromium);
    }
    let status = process::status(&mut command)?;
    let text = std::fs::read_to_string(&results).context("Playwright left no results")?;
    let journeys = stats(&serde_json::from_str(&text)?);
    tally.add(journeys);
    if !status.success() && journeys.failed == 0 {
        tally.failed += 1;
    }
    if tally.failed > 0 {
        println!("the server's log is {}; its end:\n{}", server.log.display(), server.last_words());
    }
    Ok(tally)
}

/// Reads Playwright's JSON report. What succeeded only on a second try has failed.
fn stats(report: &Value) -> Tally {
    let count =
        |name: &str| report.pointer(&format!("/stats/{name}")).and_then(Value::as_u64).unwrap_or(0);
    Tally { passed: count("expected"), failed: count("unexpected") + count("flaky") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn flaky_journeys_count_as_failed() {
        let report = json!({"stats": {"expected": 7, "unexpected": 1, "flaky": 2, "skipped": 3}});
        assert_eq!(stats(&report), Tally { passed: 7, failed: 3 });
    }
}
