//! Work that goes on while the server runs. Knows when, not what: the slices bring the work.
//! A failure or a panic ends one run, never the work; metrics say when it last succeeded.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, join_all};
use metrics::{counter, gauge};
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use crate::error::ApiResult;
use crate::state::AppState;

/// Jobs with at least this rest have a thread of their own, so that no sweep delays a deadline.
const RARE: Duration = Duration::from_secs(600);
/// First and longest pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Work that repeats. It must be safe to run on several servers at once.
#[derive(Clone, Copy)]
pub struct Job {
    pub name: &'static str,
    /// Rest between two runs.
    pub every: Duration,
    pub run: fn(AppState) -> LocalBoxFuture<'static, ApiResult<()>>,
}

/// Starts all jobs; they end when the server drains. Frequent and rare ones are on two threads.
///
/// # Errors
/// When the machine gives no more threads.
pub fn start(state: &AppState, jobs: impl IntoIterator<Item = Job>) -> anyhow::Result<()> {
    let (rare, frequent): (Vec<Job>, Vec<Job>) =
        jobs.into_iter().partition(|job| job.every >= RARE);
    for (name, jobs) in [("rare jobs", rare), ("frequent jobs", frequent)] {
        let state = state.clone();
        on_a_thread(name, move || async move {
            join_all(jobs.into_iter().map(|job| repeat(state.clone(), job))).await;
        })?;
    }
    Ok(())
}

async fn repeat(state: AppState, job: Job) {
    let mut failures = 0;
    while !state.is_draining() {
        let rest = if guarded(&state, job.name, (job.run)(state.clone())).await {
            failures = 0;
            job.every
        } else {
            failures += 1;
            job.every.min(pause(failures)).max(FIRST_PAUSE)
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = state.drained() => {}
        }
    }
}

/// Work that should not end before the server drains, on a thread of its own; begun again after a
/// panic. The answer resolves when it has ended.
///
/// # Errors
/// When the machine gives no more threads.
pub fn keep_up<W: Future<Output = ()> + 'static>(
    state: &AppState,
    name: &'static str,
    work: fn(AppState) -> W,
) -> anyhow::Result<oneshot::Receiver<()>> {
    let (ended, end) = oneshot::channel();
    let state = state.clone();
    on_a_thread(name, move || async move {
        let mut failures = 0;
        while !guarded(&state, name, work(state.clone()).map(Ok)).await {
            failures += 1;
            tokio::time::sleep(pause(failures)).await;
        }
        // Nobody may wait for it.
        let _ = ended.send(());
    })?;
    Ok(end)
}

/// The thread outlives its work: connections of the pool that were opened there are read there.
fn on_a_thread<W: Future<Output = ()>>(
    name: &str,
    work: impl FnOnce() -> W + Send + 'static,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        runtime.block_on(LocalSet::new().run_until(async {
            work().await;
            std::future::pending::<()>().await;
        }));
    })?;
    Ok(())
}

/// Whether it ended well; what went wrong is logged and counted.
async fn guarded(
    state: &AppState,
    name: &'static str,
    work: impl Future<Output = ApiResult<()>>,
) -> bool {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => {
            let now = u32::try_from(state.clock.now().timestamp()).unwrap_or_default();
            gauge!("nq57_job_last_success_seconds", "job" => name).set(now);
            return true;
        }
        Ok(Err(error)) => tracing::error!(job = name, %error, "a job failed and will run again"),
        Err(_) => tracing::error!(job = name, "a job panicked and will run again"),
    }
    counter!("nq57_job_failures_total", "job" => name).increment(1);
    false
}

/// Pauses double.
fn pause(failures: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let pauses: Vec<u64> = (1..9).map(|failures| pause(failures).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    }
}
