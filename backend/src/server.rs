//! The server: listening, the second port for metrics, and a stop that lets running requests end.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::Compress;
use actix_web::{App, HttpServer, web};
use anyhow::Context;
use nq57_platform::http::frame::Frame;
use nq57_platform::http::{observability, signal_listener};
use nq57_platform::state::AppState;
use nq57_platform::{feed, jobs, outbox};
use tokio::signal::unix::{SignalKind, signal};

use crate::app;

/// Serves on a listener that is already bound; the caller awaits the server.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve_on(state: &AppState, listener: TcpListener) -> anyhow::Result<Server> {
    let http = &state.config.http;
    let factory = {
        let state = state.clone();
        move || {
            App::new()
                .configure(|services| app::configure(services, &state))
                .wrap(Compress::default())
                .wrap(Frame(state.clone()))
        }
    };
    let mut server = HttpServer::new(factory)
        .disable_signals()
        .client_request_timeout(Duration::from_secs(http.head_seconds))
        .client_disconnect_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(http.shutdown_seconds);
    if http.workers > 0 {
        server = server.workers(http.workers);
    }
    Ok(server.listen(listener)?.run())
}

/// Runs until SIGTERM or Ctrl-C: migrated database, jobs, metrics, the application.
///
/// # Errors
/// When a port is taken or the server fails.
pub async fn run(state: AppState) -> anyhow::Result<()> {
    let http = &state.config.http;
    let listener = TcpListener::bind((http.bind.as_str(), http.port))
        .with_context(|| format!("cannot listen on {}:{}", http.bind, http.port))?;
    let address = listener.local_addr()?;
    feed::begin(&state).await.context("the feed cannot begin")?;
    let server = serve_on(&state, listener)?;
    let metrics = start_metrics(&state)?;
    jobs::start(&state, state.registry.jobs())?;
    jobs::keep_up(&state, "tell other servers", signal_listener::run)?;
    let numbers = jobs::keep_up(&state, "number changes", feed::run)?;
    let deliveries = jobs::keep_up(&state, "deliver the outbox", outbox::run)?;
    tracing::info!(%address, url = state.config.public_url(), "serving");

    let handle = server.handle();
    let stop = {
        let state = state.clone();
        async move {
            wait_for_signal().await?;
            tracing::info!("stopping: running requests may end");
            state.drain();
            tokio::time::sleep(Duration::from_secs(state.config.http.drain_seconds)).await;
            handle.stop(true).await;
            anyhow::Ok(())
        }
    };
    let (served, stopped) = tokio::join!(server, async {
        let outcome = stop.await;
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        outcome
    });
    served?;
    stopped?;
    deliveries.await?;
    numbers.await?;
    state.db.clone().close().await?;
    Ok(())
}

fn start_metrics(state: &AppState) -> anyhow::Result<Option<actix_web::dev::ServerHandle>> {
    let Some(port) = state.config.http.metrics_port() else { return Ok(None) };
    let recorder = web::Data::new(observability::metrics()?);
    let bind = state.config.http.metrics_bind.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(recorder.clone())
            .route("/metrics", web::get().to(observability::read_metrics))
    })
    .workers(1)
    .disable_signals()
    .bind((bind.as_str(), port))
    .with_context(|| format!("cannot listen on {bind}:{port} for metrics"))?
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Ok(Some(handle))
}

async fn wait_for_signal() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
