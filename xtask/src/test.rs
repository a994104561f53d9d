//! `cargo xtask test`: named steps, each with its seconds, all of them run, some beside each other.
//! Refuses to end without the line `N passed, M failed`, and with success when M is not zero.

mod browser;
mod clients;
mod floors;
mod fuzz;
mod licences;
mod tidy;

use std::process::{Command, ExitCode};
use std::thread::ScopedJoinHandle;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::cargo::{self, WASM, cargo};
use crate::openapi;
use crate::postgres::{Cluster, Durability};
use crate::process::{self, capture, tee};
use crate::setup::{self, Need};
use crate::workspace::Workspace;

pub use clients::{NODE as CLIENTS_NODE, PYTHON as CLIENTS_PYTHON};
pub use fuzz::REQUIREMENTS as SCHEMATHESIS;

/// Crates that belong to the server and must not hide in the bundle.
const SERVER_CRATES: [&str; 15] = [
    "actix",
    "argon2",
    "aws-lc",
    "clap",
    "figment",
    "hyper",
    "jsonwebtoken",
    "lettre",
    "object_store",
    "rustls",
    "sea-orm",
    "sea-query",
    "sqlx",
    "tokio",
    "utoipa",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Formatting
    Fmt,
    /// Lints with warnings denied
    Clippy,
    /// Unit tests of every crate
    Unit,
    /// The browser's bundle: lints with warnings denied, size of the first load
    Bundle,
    /// API tests on SQLite
    ApiSqlite,
    /// API tests on a private PostgreSQL
    ApiPostgres,
    /// What the browser's crates may contain
    Wasm,
    /// Drift and lint of the API document
    Openapi,
    /// Paths in documents, slices, locales, lengths
    Tidy,
    /// Which module may import which
    Floors,
    /// Journeys in a headless browser
    E2e,
    /// Public linters, and generated clients at work
    Clients,
    /// The API document thrown at the server
    Schemathesis,
    /// Licences and banned crates
    Licences,
}

/// How many checks of a step passed, and what failed: the name of each with what is known in a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failures: Vec<String>,
}

impl Tally {
    const ONE: Tally = Tally { passed: 1, failures: Vec::new() };

    fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failures.extend(other.failures);
    }
}

/// Runs the chosen steps, or all of them, and reports.
pub fn run(workspace: &Workspace, only: &[Step], journeys: &[String]) -> Result<ExitCode> {
    let steps = Step::value_variants().iter().filter(|step| only.is_empty() || only.contains(step));
    let steps: Vec<Step> = steps.copied().collect();
    let report = std::thread::scope(|scope| {
        let mut report = Vec::new();
        let mut aside = Vec::new();
        for step in &steps {
            // What needs the bundle waits until it is there.
            if *step == Step::E2e {
                report.extend(aside.drain(..).map(ended));
            }
            // One thread links the bundle, and leaves the tests over HTTP room; the other two wait for one
            // program after the other.
            let is_aside = match step {
                Step::Bundle => steps.contains(&Step::ApiSqlite),
                Step::Clients => steps.contains(&Step::Schemathesis),
                _ => false,
            };
            if is_aside {
                aside.push(scope.spawn(|| step.judged(workspace, journeys)));
            } else {
                report.push(step.judged(workspace, journeys));
            }
        }
        report.extend(aside.into_iter().map(ended));
        report
    });
    println!();
    for (name, tally, seconds) in &report {
        let mark = if tally.failures.is_empty() { "ok    " } else { "FAILED" };
        println!(
            "{mark} {name:<13} {:>5} passed {:>4} failed {seconds:>8.1} s",
            tally.passed,
            tally.failures.len()
        );
    }
    let mut total = Tally::default();
    for (name, tally, _) in report {
        for failure in &tally.failures {
            println!("{name}: {failure}");
        }
        total.add(tally);
    }
    println!("{} passed, {} failed", total.passed, total.failures.len());
    Ok(if total.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a thread brings back, its panic included.
fn ended<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What a summary repeats of a longer text.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(300).collect()
}

impl Step {
    /// Runs it and judges: name, checks, seconds.
    fn judged(self, workspace: &Workspace, journeys: &[String]) -> (String, Tally, f64) {
        println!("\n== {}", self.name());
        let began = Instant::now();
        let outcome = self.run(workspace, journeys);
        process::halt_if_interrupted();
        let tally = outcome.unwrap_or_else(|error| {
            println!("{}: {error:#}", self.name());
            Tally { passed: 0, failures: vec![first_line(&format!("{error:#}"))] }
        });
        (self.name(), tally, began.elapsed().as_secs_f64())
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn run(self, workspace: &Workspace, journeys: &[String]) -> Result<Tally> {
        match self {
            Step::Fmt => {
                setup::ensure(&[Need::Linters])?;
                process::run(cargo(workspace).args(["fmt", "--all", "--check"]))?;
                Ok(Tally::ONE)
            }
            Step::Clippy => clippy(workspace),
            Step::Unit => unit(workspace),
            Step::ApiSqlite => api(workspace, "sqlite"),
            Step::ApiPostgres => {
                let cluster = Cluster::start(workspace, Durability::Waived)?;
                api(workspace, &cluster.url())
            }
            Step::Wasm => wasm(workspace),
            Step::Openapi => {
                openapi::check(workspace, &cargo::build_server_beside_tests(workspace)?)?;
                openapi::breaking::check(workspace, &workspace.path(openapi::RELEASED))?;
                Ok(Tally::ONE)
            }
            Step::Tidy => tidy::check(workspace),
            Step::Floors => floors::check(workspace),
            Step::Bundle => browser::bundle(workspace),
            Step::E2e => browser::run(workspace, journeys),
            Step::Clients => clients::run(workspace),
            Step::Schemathesis => fuzz::run(workspace),
            Step::Licences => licences::check(workspace),
        }
    }
}

/// Builds all tests, which the steps after this one run. The browser's crates are read for their own target
/// by the step `bundle`.
fn clippy(workspace: &Workspace) -> Result<Tally> {
    setup::ensure(&[Need::Linters, Need::Compiler])?;
    let found = cargo::lint(cargo::cargo_test(workspace).arg("--no-run"))?
        + cargo::lint(cargo::cargo_test_xtask(workspace).arg("--no-run"))?;
    if found > 0 {
        bail!("{found} warnings");
    }
    Ok(Tally::ONE)
}

fn unit(workspace: &Workspace) -> Result<Tally> {
    setup::ensure(&[Need::Linters, Need::Compiler])?;
    let mut ours = cargo::cargo_test(workspace);
    ours.args(["--no-fail-fast", "--lib"]);
    for entry in std::fs::read_dir(workspace.path("shared/tests")).into_iter().flatten().flatten() {
        let path = entry.path();
        if let (Some(stem), Some("rs")) =
            (path.file_stem(), path.extension().and_then(|end| end.to_str()))
        {
            ours.arg("--test").arg(stem);
        }
    }
    let mut total = tests(&mut ours)?;
    total.add(tests(cargo::cargo_test_xtask(workspace).arg("--no-fail-fast"))?);
    Ok(total)
}

fn api(workspace: &Workspace, database: &str) -> Result<Tally> {
    setup::ensure(&[Need::Linters, Need::Compiler])?;
    tests(
        cargo::cargo_test(workspace)
            .args(["--no-fail-fast", "--test", "api"])
            .env("NQ57_TEST_DATABASE", database),
    )
}

/// Runs `cargo test` and adds up what its test binaries say.
fn tests(command: &mut Command) -> Result<Tally> {
    let (status, output) = tee(command)?;
    let mut tally = totals(&output);
    if !status.success() && tally.failures.is_empty() {
        tally.failures.push("the tests did not build or did not finish".to_owned());
    }
    Ok(tally)
}

/// Adds the lines `test result: ok. 12 passed; 0 failed; …` and names those of `test name ... FAILED`.
fn totals(output: &str) -> Tally {
    let passed = output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: ")?.split_once(". "))
        .filter_map(|(_, counts)| counts.split_once(" passed")?.0.parse::<u64>().ok())
        .sum();
    let failures = output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test ")?.strip_suffix(" ... FAILED"))
        .map(str::to_owned)
        .collect();
    Tally { passed, failures }
}

fn wasm(workspace: &Workspace) -> Result<Tally> {
    let tree = capture(cargo(workspace).args([
        "tree",
        "--package",
        "nq57-frontend",
        "--target",
        WASM,
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]))?;
    let strangers = server_crates_in(&tree);
    if !strangers.is_empty() {
        bail!("crates of the server hide in the bundle: {}", strangers.join(", "));
    }
    Ok(Tally::ONE)
}

fn server_crates_in(tree: &str) -> Vec<&str> {
    let mut found: Vec<&str> = tree
        .lines()
        .filter(|line| !line.contains("(proc-macro)"))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| {
            SERVER_CRATES.iter().any(|family| {
                name.strip_prefix(family)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_test_binaries_are_added_and_what_failed_is_named() {
        let output = "running 2 tests\ntest a ... ok\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.31s\n\
            test files::b ... FAILED\ntest c ... FAILED\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n";
        let failures = vec!["files::b".to_owned(), "c".to_owned()];
        assert_eq!(totals(output), Tally { passed: 15, failures });
        assert_eq!(totals("error: could not compile"), Tally::default());
    }

    #[test]
    fn crates_of_the_server_are_found_by_family_and_proc_macros_passed_over() {
        let tree = "nq57-frontend v0.1.0\nsea-orm v2.0.4\ntokio-util v0.7\nutoipa-gen v6.0.0 (proc-macro)\nregexy v1\n";
        assert_eq!(server_crates_in(tree), ["sea-orm", "tokio-util"]);
    }

    #[test]
    fn steps_are_called_as_the_readme_calls_them() {
        assert_eq!(Step::ApiSqlite.name(), "api-sqlite");
        assert_eq!(Step::E2e.name(), "e2e");
    }
}
