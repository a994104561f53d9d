//! Lighthouse's mobile scores of the start page, by the pinned npm package in a private folder.
//! Refuses to measure through the network: the server is on this machine.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::report::{Measure, Unit};
use crate::process::capture;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// The last one that runs on Node 20.
const PACKAGE: &str = "lighthouse@12.8.2";
const CATEGORIES: [(&str, &str, f64); 3] = [
    ("performance", "Lighthouse mobile, performance", 90.0),
    ("accessibility", "Lighthouse mobile, accessibility", 100.0),
    ("best-practices", "Lighthouse mobile, best practices", 100.0),
];

pub fn scores(workspace: &Workspace, origin: &str) -> Result<Vec<Measure>> {
    setup::ensure(&[Need::Node, Need::Chromium])?;
    let folder = workspace.tools().join("lighthouse");
    let program = folder.join("node_modules/.bin/lighthouse");
    if !program.is_file() {
        std::fs::create_dir_all(&folder)?;
        capture(
            Command::new("npm")
                .args(["install", "--no-audit", "--no-fund", "--prefix"])
                .arg(&folder)
                .arg(PACKAGE),
        )?;
    }
    // A browser that fails once has not been measured; one that fails twice has something to say.
    let text = measured(&program, origin).or_else(|error| {
        println!("xtask: Lighthouse failed and is tried again: {error:#}");
        measured(&program, origin)
    })?;
    let report: Value = serde_json::from_str(&text).context("Lighthouse printed no JSON")?;
    CATEGORIES
        .iter()
        .map(|(category, name, target)| {
            let score =
                report.pointer(&format!("/categories/{category}/score")).and_then(Value::as_f64);
            let score =
                score.with_context(|| format!("Lighthouse gave no score for {category}"))?;
            Ok(Measure::alone(name, Unit::Points, score * 100.0).at_least(*target))
        })
        .collect()
}

fn measured(program: &Path, origin: &str) -> Result<String> {
    let text = capture(
        Command::new(program)
            .arg(origin)
            .args(["--quiet", "--output=json", "--output-path=stdout", "--only-categories"])
            .arg(CATEGORIES.map(|(category, _, _)| category).join(","))
            .arg("--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --no-first-run")
            .env("CHROME_PATH", setup::chromium().context("no Chromium")?)
            .stdin(Stdio::null()),
    )?;
    // It can end with success and without a score.
    let report: Value = serde_json::from_str(&text).context("Lighthouse printed no JSON")?;
    if let Some(trouble) = report.pointer("/runtimeError/message").and_then(Value::as_str) {
        bail!("Lighthouse: {trouble}");
    }
    Ok(text)
}
