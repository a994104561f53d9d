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

/// Mean milliseconds of one connection that never asks for the same twice.
pub fn latency_of_each(
    origin: &str,
    paths: &[String],
    folder: &Path,
    run: Duration,
) -> Result<f64> {
    let list = folder.join("paths.txt");
    std::fs::write(&list, paths.join("\n"))?;
    let script = folder.join("each.lua");
    std::fs::write(
        &script,
        format!(
            "local paths, i = {{}}, 0\nfor line in io.lines({:?}) do paths[#paths + 1] = line end\n\
             request = function() i = i + 1; return wrk.format('GET', paths[(i - 1) % #paths + 1]) end\n",
            list.display().to_string()
        ),
    )?;
    let output = capture(wrk(1, run).arg("--script").arg(&script).arg(origin))?;
    // One connection asks one thing at a time: its rate is its latency, and wrk rounds the other figure.
    Ok(1000.0 / rate(&output)?)
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
pub fn resident_megabytes(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: f64 = line.split_whitespace().next().context("no figure")?.parse()?;
    Ok(kilobytes / 1024.0)
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
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 100.0].iter()), 3.0);
    }
}
