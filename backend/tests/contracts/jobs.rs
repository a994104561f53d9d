//! Work that repeats survives its own failures, and operators see them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nq57_platform::http::observability;
use nq57_platform::jobs::{self, Job};
use nq57_platform::state::AppState;
use nq57_shared::problem::ProblemCode;

use crate::harness::{TestApp, until};

static PANICS: AtomicU32 = AtomicU32::new(0);
static FAILURES: AtomicU32 = AtomicU32::new(0);
static KEPT_UP: AtomicU32 = AtomicU32::new(0);

async fn panics_once(_: AppState) {
    assert_ne!(KEPT_UP.fetch_add(1, Ordering::AcqRel), 0, "the first run panics");
}

#[actix_web::test]
async fn a_job_that_panics_or_fails_runs_again_and_is_counted() {
    let app = TestApp::start().await;
    let metrics = observability::metrics().expect("a recorder");
    let every = Duration::from_millis(10);
    let jobs = vec![
        Job {
            name: "panics",
            every,
            run: |_| {
                Box::pin(async {
                    assert_ne!(PANICS.fetch_add(1, Ordering::AcqRel), 0, "the first run panics");
                    Ok(())
                })
            },
        },
        Job {
            name: "fails",
            every,
            run: |_| {
                Box::pin(async {
                    match FAILURES.fetch_add(1, Ordering::AcqRel) {
                        0 => Err(ProblemCode::Internal.into()),
                        _ => Ok(()),
                    }
                })
            },
        },
    ];
    jobs::start(&app.state, jobs).expect("threads");
    let kept_up = jobs::keep_up(&app.state, "kept up", panics_once).expect("a thread");
    until("both ran again", async || {
        PANICS.load(Ordering::Acquire) > 2 && FAILURES.load(Ordering::Acquire) > 2
    })
    .await;
    kept_up.await.expect("it was begun again and ended");
    let said = metrics.render();
    for job in ["panics", "fails", "kept up"] {
        let failed = format!("nq57_job_failures_total{{job=\"{job}\"}} 1");
        assert!(said.contains(&failed), "{failed}: {said}");
        let succeeded = format!("nq57_job_last_success_seconds{{job=\"{job}\"}} 1");
        assert!(said.contains(&succeeded), "{succeeded}…: {said}");
    }
    app.state.drain();
}
