//! Opening a database for one run alone: its lock, and whether the file of SQLite is whole.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nq57_platform::config::{Config, Secret};
use nq57_platform::persistence::connect;
use rustix::fs::{FlockOperation, flock};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, Statement, TransactionTrait,
};
use tokio::time::sleep;

use super::ending::{Ending, OrStop, Outcome, Stop};

/// Of the lock that lets one tool write to a PostgreSQL.
const LOCK: i64 = 0x4e51_3537_0070;
/// So often it is asked for, with this pause.
const TRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(250);

/// Free again when this process has ended, however it ends.
pub enum Lock {
    File {
        _file: File,
    },
    /// A transaction that does nothing else.
    Session {
        _session: Box<DatabaseTransaction>,
    },
}

pub fn damaged(what: impl std::fmt::Display) -> Stop {
    Stop::because(Ending::Mirror, format!("the mirror is damaged: {what}; --full mends it"))
}

pub fn failed(error: DbErr) -> Stop {
    Stop::because(Ending::Mirror, format!("the mirror cannot be written or read: {error}"))
}

fn locked() -> Stop {
    Stop::because(Ending::Mirror, "the mirror is locked: another run is at it")
}

/// The lock of a file, for a copy on this machine.
pub fn lock_file(path: &Path) -> Outcome<File> {
    let file = File::options().create(true).append(true).open(path);
    let file = file.or_stop(Ending::Mirror, path.display())?;
    flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| locked())?;
    Ok(file)
}

/// The database, which no other run writes to. `anew` removes a file that is damaged.
pub async fn alone(url: &str, anew: bool) -> Outcome<(DatabaseConnection, Lock)> {
    let Some(path) = file_of(url) else {
        let db = connected(url).await?;
        let lock = Lock::Session { _session: Box::new(locked_session(&db).await?) };
        return Ok((db, lock));
    };
    let with = |end: &str| {
        let mut name = path.clone().into_os_string();
        name.push(end);
        PathBuf::from(name)
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).or_stop(Ending::Mirror, folder.display())?;
    }
    let lock = Lock::File { _file: lock_file(&with(".lock"))? };
    if let Some(what) = damage(url).await? {
        if !anew {
            return Err(damaged(what));
        }
        for end in ["", "-wal", "-shm"] {
            // It may not be there.
            let _ = std::fs::remove_file(with(end));
        }
    }
    Ok((connected(url).await?, lock))
}

/// The file of a SQLite.
fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

async fn connected(url: &str) -> Outcome<DatabaseConnection> {
    let mut config = Config::default();
    config.database.url = Some(Secret::new(url.to_owned()));
    config.database.max_connections = 3;
    connect::connect(&config).await.or_stop(Ending::Mirror, "the mirror cannot be reached")
}

/// What is damaged in the file of SQLite; nothing in one that is not there yet.
async fn damage(url: &str) -> Outcome<Option<String>> {
    let of_error = |stop: Stop| {
        // The codes of SQLite for what is damaged and for what is no database. The file is left alone after others.
        let is_damage = ["(code: 11)", "(code: 26)"].iter().any(|code| stop.reason.contains(code));
        if is_damage { Ok(Some(stop.reason)) } else { Err(stop) }
    };
    let db = match connected(url).await {
        Ok(db) => db,
        Err(stop) => return of_error(stop),
    };
    let check = Statement::from_string(db.get_database_backend(), "PRAGMA quick_check(1)");
    let row = db.query_one_raw(check).await;
    // It is opened anew.
    let _ = db.close().await;
    let said = row.and_then(|row| row.map(|row| row.try_get_by_index::<String>(0)).transpose());
    match said.map_err(failed) {
        Ok(said) => Ok(said.filter(|said| said != "ok")),
        Err(stop) => of_error(stop),
    }
}

/// A session of its own that holds the lock of a PostgreSQL.
async fn locked_session(db: &DatabaseConnection) -> Outcome<DatabaseTransaction> {
    let session = db.begin().await.map_err(failed)?;
    // It rests as long as this tool runs.
    let rests = "SET LOCAL idle_in_transaction_session_timeout = 0";
    session.execute_unprepared(rests).await.map_err(failed)?;
    let lock = format!("SELECT pg_try_advisory_xact_lock({LOCK}) AS is_mine");
    for _ in 0..TRIES {
        let asked = Statement::from_string(session.get_database_backend(), lock.as_str());
        let row = session.query_one_raw(asked).await.map_err(failed)?;
        if row.is_some_and(|row| row.try_get("", "is_mine").unwrap_or(false)) {
            return Ok(session);
        }
        // The session of a run that has just ended may not have.
        sleep(BETWEEN).await;
    }
    Err(locked())
}
