//! wrk and what it says; memory as the kernel counts it.
//! Refuses a run in which requests failed.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::capture;

fn wrk(connections: u32, run: Duration) -> Command {
    let mut command = Command::new("wrk");
    command.args(["--threads", if connections == 1 { "1" } else { "2" }]);
    command.args(["--connections", &connections.to_string()]);
    command.args(["--duration", &format!("{}s", run.as_secs().max(1))]);
    command
}

/// GETs of one address.
pub fn requests_per_second(
    origin: &str,
    path: &str,
    connections: u32,
    run: Duration,
) -> Result<f64> {
    let url = format!("{origin}{path}");
    capture(wrk(connections, Duration::from_secs(1)).arg(&url))?;
    rate(&capture(wrk(connections, run).arg(&url))?)
}

/// POSTs of the same JSON, each one a new thing.
pub fn posts_per_second(
    origin: &str,
    path: &str,
    bearer: &str,
    body: &Value,
    folder: &Path,
    connections: u32,
    run: Duration,
) -> Result<f64> {
    let script = folder.join("post.lua");
    let body = body.to_string();
    std::fs::write(
        &script,
        format!(
            "wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\n\
             wrk.headers['Authorization'] = '{bearer}'\nwrk.body = [==[{body}]==]\n"
        ),
    )?;
    rate(&capture(
        wrk(connections, run).arg("--script").arg(&script).arg(format!("{origin}{path}")),
    )?)
}

fn rate(output: &str) -> Result<f64> {
    for trouble in ["Non-2xx or 3xx responses", "Socket errors"] {
        if let Some(line) = output.lines().find(|line| line.trim().starts_with(trouble)) {
            bail!("wrk: {}", line.trim());
        }
    }
    let line = output.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    Ok(line.context("wrk told no rate")?.trim().parse()?)
}

/// Megabytes of memory that a process holds now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Memory {
    pub resident: f64,
    /// Of it what is the process's own; the rest are pages of files, which the kernel takes back when it
    /// wants them, and counts once for each mapping.
    pub anonymous: f64,
}

pub fn memory(process: u32) -> Result<Memory> {
    memory_in(&std::fs::read_to_string(format!("/proc/{process}/status"))?)
}

fn memory_in(status: &str) -> Result<Memory> {
    let megabytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let figure = line.and_then(|line| line.split_whitespace().next());
        Ok::<f64, anyhow::Error>(
            figure.with_context(|| format!("no {name}"))?.parse::<f64>()? / 1024.0,
        )
    };
    Ok(Memory { resident: megabytes("VmRSS:")?, anonymous: megabytes("RssAnon:")? })
}

pub fn median<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    let mut sorted: Vec<f64> = values.copied().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_and_failed_requests_are_no_rate() {
        assert_eq!(
            rate("  10 requests in 1s\nRequests/sec:  5123.40\nTransfer/sec: 1MB\n").unwrap(),
            5123.4
        );
        assert!(rate("  Non-2xx or 3xx responses: 7\nRequests/sec:  5123.40\n").is_err());
    }

    #[test]
    fn memory_is_told_apart() {
        let status = "VmRSS:\t   61440 kB\nRssAnon:\t   20480 kB\nRssFile:\t   40960 kB\n";
        assert_eq!(memory_in(status).unwrap(), Memory { resident: 60.0, anonymous: 20.0 });
        assert!(memory_in("VmRSS:\t 1 kB\n").is_err());
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 100.0].iter()), 3.0);
    }
}
