//! Writing transactions. On SQLite they begin immediate and queue in the process, so that a writer
//! neither fails by upgrading a read lock nor keeps a connection while it waits for its turn.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::{ApiError, ApiResult};
use crate::outbox;
use crate::persistence::dialect::Engine;

/// How often a transaction is tried when another one was in its way.
const ATTEMPTS: u32 = 4;

/// Runs `work` in a writing transaction and commits when it returns `Ok`.
///
/// The work may run again after a deadlock, a serialization failure or a busy database; it must do
/// nothing outside of the transaction that cannot be done twice.
///
/// # Errors
/// Whatever `work` returns; nothing is written then. Failures of the database.
pub async fn write<T>(
    db: &DatabaseConnection,
    work: impl AsyncFn(&DatabaseTransaction) -> ApiResult<T>,
) -> ApiResult<T> {
    let before = outbox::mark();
    let mut attempt = 1;
    loop {
        match once(db, &work).await {
            Ok(value) => {
                outbox::wake_since(before);
                return Ok(value);
            }
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                tracing::debug!(attempt, %error, "transaction is tried again");
                tokio::time::sleep(std::time::Duration::from_millis(10 << attempt)).await;
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn once<T>(
    db: &DatabaseConnection,
    work: &impl AsyncFn(&DatabaseTransaction) -> ApiResult<T>,
) -> ApiResult<T> {
    let queue = queue_of(db);
    let _turn: Option<SemaphorePermit<'_>> = match &queue {
        Some(queue) => Some(queue.acquire().await.map_err(ApiError::internal)?),
        None => None,
    };
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    match work(&transaction).await {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(error) => {
            if let Err(rollback) = transaction.rollback().await {
                tracing::warn!(%rollback, "a rollback failed");
            }
            Err(error)
        }
    }
}

/// The queue of writers of one SQLite file within this process; none on PostgreSQL.
fn queue_of(db: &DatabaseConnection) -> Option<Arc<Semaphore>> {
    static QUEUES: LazyLock<Mutex<HashMap<PathBuf, Arc<Semaphore>>>> =
        LazyLock::new(Mutex::default);
    if Engine::of(db) == Engine::Postgres {
        return None;
    }
    let options = db.get_sqlite_connection_pool().connect_options();
    let mut queues = QUEUES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(queue) = queues.get(options.get_filename()) {
        return Some(queue.clone());
    }
    let queue = Arc::new(Semaphore::new(1));
    queues.insert(options.get_filename().to_owned(), queue.clone());
    Some(queue)
}
