//! `nq57 pull`: how long the first copy of many products takes, into a database of the engine that is measured.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::report::{Measure, Unit};
use super::{Place, feed};
use crate::process::{TemporaryFolder, capture};
use crate::server::PrivateServer;

/// As many as the target speaks of, whatever else is measured.
const PRODUCTS: u32 = 100_000;

pub fn pull(place: &Place, server: &PrivateServer, binary: &Path) -> Result<Measure> {
    feed::fill_products(place, PRODUCTS)?;
    let folder = TemporaryFolder::new("mirror")?;
    let database = match &place.cluster {
        Some(cluster) => {
            cluster.query("DROP DATABASE IF EXISTS mirror")?;
            cluster.query("CREATE DATABASE mirror")?;
            let url = cluster.url();
            let (server, _) = url.rsplit_once('/').context("an address without a database")?;
            format!("{server}/mirror")
        }
        None => format!("sqlite://{}", folder.path().join("mirror.sqlite").display()),
    };
    let settings = folder.path().join("pull.toml");
    let text = format!(
        "[source]\nurl = \"{}\"\n[mirror]\ndatabase = \"{database}\"\n[pull]\ntypes = [\"product\"]\n",
        server.origin
    );
    std::fs::write(&settings, text)?;
    let began = Instant::now();
    let said = capture(Command::new(binary).args(["pull", "--json", "--settings"]).arg(&settings))?;
    let seconds = began.elapsed().as_secs_f64();
    let report: Value = serde_json::from_str(&said)?;
    let came = report.get("upserts").and_then(Value::as_u64).unwrap_or_default();
    ensure!(came >= u64::from(PRODUCTS), "{came} of {PRODUCTS} came");
    let name = format!("nq57 pull, first copy of {PRODUCTS} products");
    Ok(Measure::alone(&name, Unit::Seconds, seconds).at_most(60.0))
}
