//! A copy in SQLite or PostgreSQL: a table for each type, and one row about the copy. Lines and place commit together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use nq57_platform::config::{Config, Secret};
use nq57_platform::feed::Sum;
use nq57_platform::persistence::connect;
use nq57_platform::persistence::dialect::Engine;
use nq57_shared::feed::TypeSchema;
use rustix::fs::{FlockOperation, flock};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, Statement, TransactionTrait,
    Value,
};

use super::answer::{Pulled, last_of_each};
use super::columns::{self, Columns, quoted, table};
use super::ending::{Ending, OrStop, Outcome, Stop};
use super::mirror::State;

/// Rows of one statement.
const ROWS: usize = 200;
/// Rows that are read at a time.
const PAGE: usize = 2_000;
/// Of the lock that lets one tool write to a PostgreSQL.
const LOCK: i64 = 0x4e51_3537_0070;

/// The copy.
pub struct Database {
    db: DatabaseConnection,
    engine: Engine,
    columns: BTreeMap<String, Columns>,
    pub state: State,
    /// Free again when this process has ended, however it ends.
    _lock: Lock,
}

enum Lock {
    File {
        _file: File,
    },
    /// A transaction that does nothing else.
    Session {
        _session: Box<DatabaseTransaction>,
    },
}

fn damaged(what: impl std::fmt::Display) -> Stop {
    Stop::because(Ending::Mirror, format!("the mirror is damaged: {what}; --full mends it"))
}

fn failed(error: DbErr) -> Stop {
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

impl Database {
    pub async fn open(url: &str, anew: bool) -> Outcome<Self> {
        let mut lock = None;
        if let Some(path) = file_of(url) {
            let mut beside = path.clone().into_os_string();
            beside.push(".lock");
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).or_stop(Ending::Mirror, folder.display())?;
            }
            lock = Some(Lock::File { _file: lock_file(Path::new(&beside))? });
            if let Some(what) = damage(url).await? {
                if !anew {
                    return Err(damaged(what));
                }
                for end in ["", "-wal", "-shm"] {
                    let mut part = path.clone().into_os_string();
                    part.push(end);
                    // It may not be there.
                    let _ = std::fs::remove_file(part);
                }
            }
        }
        let db = connected(url).await?;
        let engine = Engine::of(&db);
        let lock = match lock {
            Some(lock) => lock,
            None => Lock::Session { _session: Box::new(locked_session(&db).await?) },
        };
        let made =
            "CREATE TABLE IF NOT EXISTS nq57_state (name TEXT PRIMARY KEY, value TEXT NOT NULL)";
        db.execute_unprepared(made).await.map_err(failed)?;
        let mut database =
            Self { db, engine, columns: BTreeMap::new(), state: State::default(), _lock: lock };
        database.state = database.read_state(anew).await?;
        database.find_tables(anew).await?;
        Ok(database)
    }

    async fn read_state(&self, anew: bool) -> Outcome<State> {
        let kept = "SELECT value FROM nq57_state WHERE name = 'state'";
        let Some(row) = self.one(kept, Vec::new()).await? else { return Ok(State::default()) };
        let text: String = row.try_get("", "value").map_err(failed)?;
        match serde_json::from_str(&text) {
            Ok(state) => Ok(state),
            Err(_) if anew => Ok(State::default()),
            Err(error) => Err(damaged(format!("what is known of it cannot be read: {error}"))),
        }
    }

    /// The columns of every table that was made. One that is missing is said.
    async fn find_tables(&mut self, anew: bool) -> Outcome<()> {
        for kind in self.state.types_known.clone() {
            let there = self.columns_of(&table(&kind)).await?;
            if there.is_empty() {
                if !anew {
                    return Err(damaged(format!("the table {} is missing", table(&kind))));
                }
                continue;
            }
            self.columns.insert(kind, Columns::new());
        }
        Ok(())
    }

    async fn columns_of(&self, table: &str) -> Outcome<BTreeSet<String>> {
        let sql = match self.engine {
            Engine::Sqlite => "SELECT name FROM pragma_table_info($1)",
            Engine::Postgres => {
                "SELECT column_name::text AS name FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1"
            }
        };
        let rows = self.all(sql, vec![table.into()]).await?;
        rows.iter().map(|row| row.try_get("", "name").map_err(failed)).collect()
    }

    /// A table for each type, with a column for each of its members: what is new is added and filled.
    pub async fn prepare(&mut self, types: &[TypeSchema]) -> Outcome<()> {
        for one in types {
            let wanted = columns::of_schema(&one.schema);
            self.make(&one.kind, wanted).await?;
        }
        Ok(())
    }

    async fn make(&mut self, kind: &str, wanted: Columns) -> Outcome<()> {
        let name = table(kind);
        let at = match self.engine {
            Engine::Sqlite => "TEXT",
            Engine::Postgres => "TIMESTAMP WITH TIME ZONE",
        };
        let made = format!(
            "CREATE TABLE IF NOT EXISTS {name} (id TEXT PRIMARY KEY, seq BIGINT NOT NULL, revision BIGINT NOT NULL, \
             updated_at {at} NOT NULL, data TEXT NOT NULL, nq57_copy BIGINT NOT NULL)"
        );
        self.run(&self.db, &made, Vec::new()).await?;
        let there = self.columns_of(&name).await?;
        for (column, kind) in wanted.iter().filter(|(column, _)| !there.contains(*column)) {
            let tx = self.db.begin().await.map_err(failed)?;
            let (quoted, sql) = (quoted(column), kind.sql(self.engine));
            let added = format!("ALTER TABLE {name} ADD COLUMN {quoted} {sql}");
            self.run(&tx, &added, Vec::new()).await?;
            let json = match self.engine {
                Engine::Sqlite => "data",
                Engine::Postgres => "data::jsonb",
            };
            let filled =
                format!("UPDATE {name} SET {quoted} = {}", kind.read(self.engine, column, json));
            self.run(&tx, &filled, Vec::new()).await?;
            tx.commit().await.map_err(failed)?;
        }
        self.columns.insert(kind.to_owned(), wanted);
        Ok(())
    }

    pub async fn keep(&mut self, changes: &[Pulled], state: State, ends_copy: bool) -> Outcome<()> {
        let by_type = last_of_each(changes);
        for kind in by_type.keys() {
            if !self.columns.contains_key(*kind) {
                tracing::warn!(
                    kind,
                    "a type that the source does not describe: its table has no columns"
                );
                self.make(kind, Columns::new()).await?;
            }
        }
        let tx = self.db.begin().await.map_err(failed)?;
        for (kind, changes) in by_type {
            let (live, gone): (Vec<&Pulled>, Vec<&Pulled>) =
                changes.into_iter().partition(|change| change.data.is_some());
            for some in live.chunks(ROWS) {
                self.upsert(&tx, kind, some, state.copy).await?;
            }
            for some in gone.chunks(ROWS) {
                let ids = some.iter().map(|change| Value::from(change.id.as_str())).collect();
                let places: Vec<String> = (1..=some.len()).map(|n| format!("${n}")).collect();
                let sql =
                    format!("DELETE FROM {} WHERE id IN ({})", table(kind), places.join(", "));
                self.run(&tx, &sql, ids).await?;
            }
        }
        if ends_copy {
            for kind in self.columns.keys() {
                let sql = format!("DELETE FROM {} WHERE nq57_copy <> $1", table(kind));
                self.run(&tx, &sql, vec![i64::try_from(state.copy).unwrap_or(i64::MAX).into()])
                    .await?;
            }
        }
        let text = serde_json::to_string(&state).or_stop(Ending::Unforeseen, "no JSON")?;
        let kept = "INSERT INTO nq57_state (name, value) VALUES ('state', $1) \
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.run(&tx, kept, vec![text.into()]).await?;
        tx.commit().await.map_err(failed)?;
        self.state = state;
        Ok(())
    }

    async fn upsert(
        &self,
        tx: &DatabaseTransaction,
        kind: &str,
        changes: &[&Pulled],
        copy: u64,
    ) -> Outcome<()> {
        let none = Columns::new();
        let columns = self.columns.get(kind).unwrap_or(&none);
        let (at, json) = match self.engine {
            Engine::Sqlite => ("column4", "column5"),
            Engine::Postgres => ("column4::timestamptz", "column5::jsonb"),
        };
        let mut values: Vec<Value> = Vec::with_capacity(changes.len() * 5);
        let mut rows = Vec::with_capacity(changes.len());
        for change in changes {
            let n = values.len();
            rows.push(format!(
                "(CAST(${} AS TEXT), CAST(${} AS BIGINT), CAST(${} AS BIGINT), CAST(${} AS TEXT), CAST(${} AS TEXT))",
                n + 1, n + 2, n + 3, n + 4, n + 5
            ));
            let data = change.data.as_deref().unwrap_or("null");
            values.extend([
                change.id.as_str().into(),
                change.seq.into(),
                change.revision.into(),
                change.updated_at.as_str().into(),
                data.into(),
            ]);
        }
        let names: Vec<String> = columns.keys().map(|name| quoted(name)).collect();
        let read: Vec<String> =
            columns.iter().map(|(name, kind)| kind.read(self.engine, name, "j")).collect();
        let comma =
            |parts: &[String]| parts.iter().map(|part| format!(", {part}")).collect::<String>();
        let set: Vec<String> =
            names.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        let sql = format!(
            "INSERT INTO {table} (id, seq, revision, updated_at, data, nq57_copy{names}) \
             SELECT id, seq, revision, at, data, {copy}{read} FROM (SELECT column1 AS id, column2 AS seq, \
             column3 AS revision, {at} AS at, column5 AS data, {json} AS j FROM (VALUES {rows}) AS v) AS x WHERE true \
             ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, revision = excluded.revision, \
             updated_at = excluded.updated_at, data = excluded.data, nq57_copy = excluded.nq57_copy{set}",
            table = table(kind),
            names = comma(&names),
            read = comma(&read),
            rows = rows.join(", "),
            set = comma(&set),
        );
        self.run(tx, &sql, values).await
    }

    pub async fn sums(&self) -> Outcome<BTreeMap<String, Sum>> {
        let mut sums = BTreeMap::new();
        for kind in self.columns.keys() {
            let (mut sum, mut after) = (Sum::default(), String::new());
            loop {
                let sql = format!(
                    "SELECT id, revision, data FROM {} WHERE id > $1 ORDER BY id LIMIT {PAGE}",
                    table(kind)
                );
                let rows = self.all(&sql, vec![after.as_str().into()]).await?;
                for row in &rows {
                    let id: String = row.try_get("", "id").map_err(failed)?;
                    let data: String = row.try_get("", "data").map_err(failed)?;
                    sum.add(kind, &id, row.try_get("", "revision").map_err(failed)?, &data);
                    after = id;
                }
                if rows.len() < PAGE {
                    break;
                }
            }
            sums.insert(kind.clone(), sum);
        }
        Ok(sums)
    }

    async fn run(&self, db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Outcome<()> {
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        db.execute_raw(statement).await.map(drop).map_err(failed)
    }

    async fn all(&self, sql: &str, values: Vec<Value>) -> Outcome<Vec<sea_orm::QueryResult>> {
        let backend = self.db.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        self.db.query_all_raw(statement).await.map_err(failed)
    }

    async fn one(&self, sql: &str, values: Vec<Value>) -> Outcome<Option<sea_orm::QueryResult>> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }
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
    let lock = format!("SELECT pg_try_advisory_xact_lock({LOCK}) AS is_mine");
    let row = session.query_one_raw(Statement::from_string(session.get_database_backend(), lock));
    let row = row.await.map_err(failed)?;
    let is_mine = row.is_some_and(|row| row.try_get("", "is_mine").unwrap_or(false));
    if is_mine { Ok(session) } else { Err(locked()) }
}
