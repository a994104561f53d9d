//! Writing transactions. On SQLite they begin immediate and queue in the process, so that a writer
//! neither fails by upgrading a read lock nor keeps a connection while it waits for its turn.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use nq57_core::problem::ProblemCode;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::error::{ApiError, ApiResult};
use crate::persistence::dialect::Engine;

/// How often a transaction is tried when another one was in its way.
const ATTEMPTS: u32 = 4;
/// How long a COMMIT may take. Nobody knows what became of one that took longer.
const COMMIT_LIMIT: Duration = Duration::from_secs(10);

/// A writing transaction, and what is to be done once it is committed.
pub struct Tx {
    inner: DatabaseTransaction,
    on_commit: Mutex<Vec<Callback>>,
    /// Whether a statement has failed.
    has_failed: AtomicBool,
}

type Callback = Box<dyn FnOnce() + Send>;

impl Tx {
    /// Runs `callback` after the COMMIT, also when it was not answered and may have been done: for what is
    /// kept in memory about the rows written here. A callback neither fails nor waits.
    pub fn on_commit(&self, callback: impl FnOnce() + Send + 'static) {
        let mut callbacks = self.on_commit.lock().unwrap_or_else(PoisonError::into_inner);
        callbacks.push(Box::new(callback));
    }

    fn noted<T>(&self, outcome: Result<T, DbErr>) -> Result<T, DbErr> {
        if outcome.is_err() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        outcome
    }

    /// PostgreSQL answers the COMMIT of a transaction in which a statement failed by rolling back, without
    /// an error; work that overlooked the failure must not pass for done. SQLite undoes the statement alone.
    fn check_alive(&self) -> ApiResult<()> {
        if self.has_failed.load(Ordering::Relaxed) && Engine::of(self) == Engine::Postgres {
            return Err(ApiError::internal(anyhow::anyhow!(
                "a statement failed and was overlooked"
            )));
        }
        Ok(())
    }

    /// Commits in a task of its own, which goes on when the caller gives up: what was committed is
    /// followed by its callbacks.
    async fn commit(self, turn: Option<OwnedSemaphorePermit>) -> ApiResult<()> {
        let Self { inner, on_commit, .. } = self;
        let committing = tokio::spawn(async move {
            let outcome = timeout(COMMIT_LIMIT, inner.commit()).await;
            let callbacks = on_commit.into_inner().unwrap_or_else(PoisonError::into_inner);
            callbacks.into_iter().for_each(|callback| callback());
            drop(turn);
            outcome
        });
        match committing.await.map_err(ApiError::internal)? {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(too_long("the COMMIT was not answered; its outcome is unknown")),
        }
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.noted(self.inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.noted(self.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.noted(self.inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.noted(self.inner.query_all_raw(statement).await)
    }
}

/// Runs `work` in a writing transaction and commits when it returns `Ok`.
///
/// The work may run again after a deadlock, a serialization failure or a busy database; it must do
/// nothing outside of the transaction that cannot be done twice. All tries together have one deadline.
///
/// # Errors
/// Whatever `work` returns; nothing is written then. Failures of the database; when a COMMIT was not
/// answered it may have been written, so that callers repeat under their idempotency key.
pub async fn write<T>(
    db: &DatabaseConnection,
    work: impl AsyncFn(&Tx) -> ApiResult<T>,
) -> ApiResult<T> {
    write_within(db, time_for_all(db), work).await
}

/// The same with another deadline, for work that nobody waits for at a screen.
///
/// # Errors
/// As [`write`].
pub async fn write_within<T>(
    db: &DatabaseConnection,
    limit: Duration,
    work: impl AsyncFn(&Tx) -> ApiResult<T>,
) -> ApiResult<T> {
    let deadline = Instant::now() + limit;
    let mut attempt = 1;
    loop {
        match once(db, &work, deadline).await {
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                tracing::debug!(attempt, %error, "transaction is tried again");
                sleep(Duration::from_millis(10 << attempt)).await;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

async fn once<T>(
    db: &DatabaseConnection,
    work: &impl AsyncFn(&Tx) -> ApiResult<T>,
    deadline: Instant,
) -> ApiResult<T> {
    let until_commit = async {
        let turn = match queue_of(db) {
            Some(queue) => Some(queue.acquire_owned().await.map_err(ApiError::internal)?),
            None => None,
        };
        let tx = Tx {
            inner: begin(db).await?,
            on_commit: Mutex::default(),
            has_failed: AtomicBool::new(false),
        };
        match work(&tx).await {
            Ok(value) => {
                tx.check_alive()?;
                Ok((turn, tx, value))
            }
            Err(error) => {
                if let Err(rollback) = tx.inner.rollback().await {
                    tracing::warn!(%rollback, "a rollback failed");
                }
                Err(error)
            }
        }
    };
    let done: Result<ApiResult<(Option<OwnedSemaphorePermit>, Tx, T)>, _> =
        timeout_at(deadline, until_commit).await;
    let (turn, tx, value) =
        done.map_err(|_| too_long("the writing transaction met its deadline"))??;
    tx.commit(turn).await?;
    Ok(value)
}

fn too_long(what: &'static str) -> ApiError {
    ApiError::problem(ProblemCode::Unavailable).because(anyhow::anyhow!(what))
}

/// Begins in a task of its own, which goes on when the caller gives up: on PostgreSQL the driver
/// forgets a BEGIN that is on its way, and the pool would get a connection within a transaction.
async fn begin(db: &DatabaseConnection) -> ApiResult<DatabaseTransaction> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let db = db.clone();
    let begun = tokio::spawn(async move { db.begin_with_options(options).await });
    match begun.await.map_err(ApiError::internal)? {
        Ok(transaction) => Ok(transaction),
        Err(error @ DbErr::ConnectionAcquire(_)) => Err(error.into()),
        // A connection that was cut while it rested. Nothing was begun: another one may do it.
        Err(error) => {
            let error = ApiError::from(error);
            let is_cut = error.code() == ProblemCode::Unavailable;
            Err(if is_cut { error.transient() } else { error })
        }
    }
}

/// The time that a transaction has, from its wait for a turn to its last statement.
fn time_for_all(db: &DatabaseConnection) -> Duration {
    let acquire = match Engine::of(db) {
        Engine::Postgres => db.get_postgres_connection_pool().options().get_acquire_timeout(),
        Engine::Sqlite => db.get_sqlite_connection_pool().options().get_acquire_timeout(),
    };
    acquire * 2
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
