//! A copy in SQLite or PostgreSQL: a table for each type, and one row about the copy. Lines and place commit together.

use std::collections::{BTreeMap, BTreeSet};

use nq57_platform::feed::Parts;
use nq57_platform::persistence::dialect::Engine;
use nq57_shared::feed::TypeSchema;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement, TransactionTrait, Value,
};

use super::answer::{Pulled, last_of_each};
use super::columns::{self, Columns, quoted, table};
use super::ending::{Ending, OrStop, Outcome};
use super::mirror::State;
use super::opening::{self, Lock, damaged, failed};

/// Rows of one statement.
const ROWS: usize = 200;
/// Rows that are read at a time.
const PAGE: usize = 2_000;

/// The copy.
pub struct Database {
    db: DatabaseConnection,
    engine: Engine,
    /// Of the tables that there are.
    columns: BTreeMap<String, Columns>,
    /// Of the types that the source describes.
    described: BTreeMap<String, Columns>,
    pub state: State,
    _lock: Lock,
}

impl Database {
    pub async fn open(url: &str, anew: bool) -> Outcome<Self> {
        let (db, lock) = opening::alone(url, anew).await?;
        let engine = Engine::of(&db);
        let made =
            "CREATE TABLE IF NOT EXISTS nq57_state (name TEXT PRIMARY KEY, value TEXT NOT NULL)";
        db.execute_unprepared(made).await.map_err(failed)?;
        let (columns, described) = (BTreeMap::new(), BTreeMap::new());
        let state = State::default();
        let mut database = Self { db, engine, columns, described, state, _lock: lock };
        database.state = database.read_state(anew).await?;
        database.find_tables(anew).await?;
        Ok(database)
    }

    async fn read_state(&self, anew: bool) -> Outcome<State> {
        let kept = "SELECT value FROM nq57_state WHERE name = 'state'";
        let damage = match self.one(kept, Vec::new()).await? {
            None => "the table nq57_state is empty".to_owned(),
            Some(row) => {
                let text: String = row.try_get("", "value").map_err(failed)?;
                match serde_json::from_str(&text) {
                    Ok(state) => return Ok(state),
                    Err(error) => format!("the table nq57_state cannot be read: {error}"),
                }
            }
        };
        // Rows and state commit together: rows without it have lost it.
        let found = self.orphaned().await?;
        if found.copy > 0 && !anew { Err(damaged(damage)) } else { Ok(found) }
    }

    /// What the tables say where nothing else is known: a copy that begins anew must have a greater number than their rows.
    async fn orphaned(&self) -> Outcome<State> {
        let sql = match self.engine {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Engine::Postgres => {
                "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()"
            }
        };
        let mut found = State::default();
        for row in self.all(sql, Vec::new()).await? {
            let name: String = row.try_get("", "name").map_err(failed)?;
            let Some(kind) = name.strip_prefix("nq57_").filter(|kind| *kind != "state") else {
                continue;
            };
            let sql = format!("SELECT max(nq57_copy) AS copy FROM {}", quoted(&name));
            let Some(row) = self.one(&sql, Vec::new()).await? else { continue };
            let copy: Option<i64> = row.try_get("", "copy").map_err(failed)?;
            if let Some(copy) = copy {
                found.copy = found.copy.max(copy.unsigned_abs());
                found.types_known.insert(kind.to_owned());
            }
        }
        Ok(found)
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

    /// A table for each type that was asked for by name or has come before, with a column for each of its members: what is
    /// new is added and filled. Other types have theirs when they come.
    pub async fn prepare(&mut self, types: &[TypeSchema], by_name: bool) -> Outcome<()> {
        for one in types {
            let wanted = columns::of_schema(&one.schema);
            if by_name || self.state.types_known.contains(&one.kind) {
                self.make(&one.kind, wanted).await?;
            } else {
                self.described.insert(one.kind.clone(), wanted);
            }
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
                let columns = self.described.remove(*kind).unwrap_or_else(|| {
                    tracing::warn!(
                        kind,
                        "a type that the source does not describe: its table has no columns"
                    );
                    Columns::new()
                });
                self.make(kind, columns).await?;
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
        let (at, json, once) = match self.engine {
            // It remembers what it has just read as JSON.
            Engine::Sqlite => ("column4", "column5", ""),
            // Without this fence the text would be read as JSON once for each column.
            Engine::Postgres => ("column4::timestamptz", "column5::jsonb", " OFFSET 0"),
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
             column3 AS revision, {at} AS at, column5 AS data, {json} AS j FROM (VALUES {rows}) AS v{once}) AS x WHERE true \
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

    pub async fn sums(&self) -> Outcome<BTreeMap<String, Parts>> {
        let mut sums = BTreeMap::new();
        for kind in self.columns.keys() {
            let (mut parts, mut after) = (Parts::default(), String::new());
            loop {
                let sql = format!(
                    "SELECT id, revision, data FROM {} WHERE id > $1 ORDER BY id LIMIT {PAGE}",
                    table(kind)
                );
                let rows = self.all(&sql, vec![after.as_str().into()]).await?;
                for row in &rows {
                    let id: String = row.try_get("", "id").map_err(failed)?;
                    let data: String = row.try_get("", "data").map_err(failed)?;
                    let revision = row.try_get("", "revision").map_err(failed)?;
                    parts.of(&id).add(kind, &id, revision, &data);
                    after = id;
                }
                if rows.len() < PAGE {
                    break;
                }
            }
            sums.insert(kind.clone(), parts);
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
