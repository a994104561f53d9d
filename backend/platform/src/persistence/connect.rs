//! Opens the pool: SQLite with write-ahead log and foreign keys, or PostgreSQL.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions, Connection, Database};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};

use crate::config::{self, Config, Synchronous};

/// After this rest a connection is tested before it is used.
const RESTED: Duration = Duration::from_secs(2);

/// Opens the configured database; an embedded one is made when it is missing.
///
/// The pool is made here and not by SeaORM, which writes the address with its password into its trace.
///
/// # Errors
/// When it cannot be reached or made. The address is not part of the text: it may hold a password.
pub async fn connect(config: &Config) -> anyhow::Result<DatabaseConnection> {
    let url = config.database_url();
    let failed = "cannot connect to the database";
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let options: PgConnectOptions = url.parse().context("database.url is malformed")?;
        let options = options.application_name("nq57").disable_statement_logging();
        let pool = pool(&config.database).connect_with(options).await.context(failed)?;
        return Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool));
    }
    let Some(path) = url.strip_prefix("sqlite:") else {
        bail!("database.url begins with neither postgres:// nor sqlite://");
    };
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(config.database.acquire_seconds))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match config.database.synchronous {
            Synchronous::Normal => SqliteSynchronous::Normal,
            Synchronous::Full => SqliteSynchronous::Full,
        })
        // Each connection has its own. What is read often lies in the mapped file, which they share.
        .pragma("cache_size", "-2000")
        .pragma("temp_store", "MEMORY")
        .pragma("mmap_size", "268435456")
        .optimize_on_close(true, 400)
        .disable_statement_logging();
    let pool = pool(&config.database).connect_with(options).await.context(failed)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

fn pool<DB: Database>(database: &config::Database) -> PoolOptions<DB> {
    PoolOptions::new()
        // Two at least: a migration on PostgreSQL holds one for its lock.
        .max_connections(database.max_connections.max(2))
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(database.acquire_seconds))
        .idle_timeout(Duration::from_secs(600))
        .test_before_acquire(false)
        .after_release(|connection: &mut DB::Connection, _| Box::pin(is_idle(connection)))
        .before_acquire(|connection: &mut DB::Connection, facts| {
            // A busy connection has just proved itself; a rested one is asked, and replaced if it is dead.
            Box::pin(async move {
                if facts.idle_for > RESTED {
                    connection.ping().await?;
                }
                is_idle(connection).await
            })
        })
}

/// Whether no transaction is open; a connection of which that is not certain is closed.
///
/// SQLite ends a transaction by itself when it cannot write; the driver's rollback then fails and the
/// transaction stays open in its books. What is "committed" within it is lost when the connection ends.
async fn is_idle<C: Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // Waits for the rollback of a transaction that was dropped: it may be on its way.
        connection.ping().await?;
    }
    let is_idle = !connection.is_in_transaction();
    if !is_idle {
        tracing::warn!("a connection whose transaction did not end is closed");
    }
    Ok(is_idle)
}
