//! Licences of everything that is built in, against the allow list of `deny.toml`; crates banned there.
//! Refuses a crate without a licence expression and a second cryptography provider.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::Tally;
use crate::cargo::{WASM, cargo};
use crate::process::capture;
use crate::workspace::Workspace;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// None for the crates of this workspace.
    source: Option<String>,
}

pub fn check(workspace: &Workspace) -> Result<Tally> {
    let deny: Deny = toml::from_str(&std::fs::read_to_string(workspace.path("deny.toml"))?)
        .context("deny.toml")?;
    let host = host_triple()?;
    let metadata = capture(cargo(workspace).args([
        "metadata",
        "--locked",
        "--format-version=1",
        "--filter-platform",
        &host,
        "--filter-platform",
        WASM,
    ]))?;
    let metadata: Metadata = serde_json::from_str(&metadata)?;
    let mut findings = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.source.is_some()) {
        let name = format!("{} {}", package.name, package.version);
        match &package.license {
            None => findings.push(format!("{name}: no licence expression")),
            Some(expression) if !satisfies(expression, &deny.licenses.allow) => {
                findings.push(format!("{name}: {expression} is not allowed"));
            }
            Some(_) => {}
        }
    }
    let tree = capture(cargo(workspace).args([
        "tree",
        "--locked",
        "--package",
        "nq57-backend",
        "--target",
        &host,
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]))?;
    let built_in: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for ban in deny.bans.deny.iter().filter(|ban| built_in.contains(ban.name.as_str())) {
        findings.push(format!("{} is in the server, deny.toml bans it", ban.name));
    }
    if !findings.is_empty() {
        bail!("{}", findings.join("\n"));
    }
    println!("{} packages, all allowed", metadata.packages.len());
    Ok(Tally::ONE)
}

fn host_triple() -> Result<String> {
    let version = capture(std::process::Command::new("rustc").arg("-vV"))?;
    let line = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc names no host")?.to_owned())
}

/// Whether the SPDX expression can be met by allowed licences alone. The old `/` means `OR`.
fn satisfies(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    let met = reader.any();
    met && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a BTreeSet<String>,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> bool {
        let mut met = self.all();
        while self.take("OR") {
            met |= self.all();
        }
        met
    }

    fn all(&mut self) -> bool {
        let mut met = self.one();
        while self.take("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let met = self.any();
            return self.take(")") && met;
        }
        let Some((licence, rest)) = self.words.split_first() else {
            return false;
        };
        self.words = rest;
        let mut licence = (*licence).to_owned();
        if self.take("WITH")
            && let Some((exception, rest)) = self.words.split_first()
        {
            self.words = rest;
            licence = format!("{licence} WITH {exception}");
        }
        self.allowed.contains(&licence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_as_spdx_says() {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"];
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        for met in [
            "MIT",
            "MIT/GPL-3.0",
            "GPL-3.0-only OR MIT",
            "(MIT OR GPL-3.0-only) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0-only",
            "MIT OR GPL-3.0-only AND GPL-2.0-only",
        ] {
            assert!(satisfies(met, &allowed), "{met}");
        }
        for unmet in [
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "",
            "(MIT",
            "MIT WITH Some-exception",
            "MIT Apache-2.0",
        ] {
            assert!(!satisfies(unmet, &allowed), "{unmet}");
        }
    }
}
