//! What operators see: the log, health, metrics.

use std::io::IsTerminal;
use std::sync::OnceLock;

use actix_web::{HttpResponse, get, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use nq57_core::problem::ProblemCode;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};
use crate::error::{ApiError, ApiResult};
use crate::http::request::Served;
use crate::state::AppState;

/// Upper bounds of the histogram, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Starts logging to standard error.
///
/// # Errors
/// When the filter is malformed.
pub fn start_logging(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let started = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("cannot start logging: {error}"))
}

/// The registry of metrics of this process.
///
/// # Errors
/// When another recorder was installed before.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("http_request_duration_seconds".into()), BUCKETS)?
        .install_recorder()?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}

/// Writes the log line and counts the request.
pub fn record(served: &Served<'_>) {
    let labels = [
        ("method", served.method.as_str().to_owned()),
        ("route", served.route.to_owned()),
        ("status", served.status.as_str().to_owned()),
    ];
    metrics::histogram!("http_request_duration_seconds", &labels)
        .record(served.taken.as_secs_f64());
    tracing::info!(
        method = %served.method,
        route = served.route,
        path = served.path,
        status = served.status.as_u16(),
        ms = u64::try_from(served.taken.as_millis()).unwrap_or(u64::MAX),
        request_id = served.request_id,
        given_id = served.given_id,
        trace_id = served.trace_id,
        "request"
    );
}

/// Counts an answer that was served from memory; it gets no log line.
pub fn count_warm() {
    static WARM: OnceLock<metrics::Counter> = OnceLock::new();
    WARM.get_or_init(|| metrics::counter!("http_warm_answers_total")).increment(1);
}

/// Whether the process is alive.
#[get("/livez")]
pub async fn livez() -> &'static str {
    "alive"
}

/// Whether requests should be sent here: not while draining, not while nothing can be written.
#[get("/readyz")]
pub async fn readyz(state: AppState) -> ApiResult<&'static str> {
    if state.is_draining() {
        return Err(ApiError::problem(ProblemCode::Unavailable).detail("The server is stopping."));
    }
    match state.write_probe.check(&state.db, state.clock.now()).await {
        Ok(()) => Ok("ready"),
        // Whatever it is: send nothing here.
        Err(error) => Err(ApiError::problem(ProblemCode::Unavailable).because(error)),
    }
}

/// The metrics as Prometheus reads them; on a port of its own.
pub async fn read_metrics(handle: web::Data<PrometheusHandle>) -> HttpResponse {
    handle.run_upkeep();
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(handle.render())
}
