//! Work that repeats while the server runs. Knows when, not what: the slices bring the work.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use crate::app::AppState;
use crate::error::ApiResult;

/// Work that repeats. It must be safe to run on several servers at once.
#[derive(Clone, Copy)]
pub struct Job {
    pub name: &'static str,
    /// Rest between two runs.
    pub every: Duration,
    pub run: fn(AppState) -> LocalBoxFuture<'static, ApiResult<()>>,
}

/// Starts all jobs on the current runtime thread; they end when the server drains.
pub fn start(state: &AppState, jobs: Vec<Job>) {
    for job in jobs {
        let state = state.clone();
        actix_web::rt::spawn(async move {
            while !state.is_draining() {
                if let Err(error) = (job.run)(state.clone()).await {
                    tracing::error!(job = job.name, %error, "a job failed and will run again");
                }
                tokio::select! {
                    () = tokio::time::sleep(job.every) => {}
                    () = state.drained() => {}
                }
            }
        });
    }
}
