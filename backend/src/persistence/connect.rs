//! Opens the pool: SQLite with write-ahead log and foreign keys, or PostgreSQL.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::config::Config;

/// Opens the configured database; an embedded one is made when it is missing.
///
/// # Errors
/// When it cannot be reached or made. The address is not part of the text: it may hold a password.
pub async fn connect(config: &Config) -> anyhow::Result<DatabaseConnection> {
    open(&config.database_url(), config.database.max_connections, config.database.acquire_seconds)
        .await
}

async fn open(url: &str, connections: u32, acquire_seconds: u64) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections.max(2))
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(acquire_seconds))
        .idle_timeout(Duration::from_secs(600))
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(5))
        .record_stmt_in_spans(false)
        .sqlx_logging(false);
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        options.map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "NORMAL")
                .pragma("cache_size", "-8000")
                .pragma("temp_store", "MEMORY")
                .pragma("mmap_size", "268435456")
        });
    } else {
        options.set_application_name("nq57");
    }
    Database::connect(options).await.context("cannot connect to the database")
}
