//! A database for each test: migrated once as a template, then cloned.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nq57_backend::migrations;
use nq57_platform::clock::Clock;
use nq57_platform::config::{Config, Secret};
use nq57_platform::persistence::connect;
use nq57_platform::{feed, reference};
use sea_orm::{ConnectionTrait, Database, DbErr, Statement};
use tempfile::TempDir;

use super::beginning;
use super::small_disk::SmallDisk;

/// The engine of this run.
enum Template {
    Sqlite { file: PathBuf, _folder: TempDir },
    Postgres { server: String, name: String },
}

/// The clone of one test; gone when it is dropped.
pub struct TestDatabase {
    url: String,
    drop_on: Option<(String, String)>,
    /// Whether it lies in a tablespace of its own name.
    is_moved: Cell<bool>,
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::make);

impl TestDatabase {
    pub fn clone_template(folder: &Path) -> Self {
        match &*TEMPLATE {
            Template::Sqlite { file, .. } => {
                let copy = folder.join("nq57.sqlite");
                std::fs::copy(file, &copy).expect("a copy of the template");
                Self {
                    url: format!("sqlite://{}", copy.display()),
                    drop_on: None,
                    is_moved: Cell::default(),
                }
            }
            Template::Postgres { server, name } => {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let clone = format!("{name}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
                on_server(server, &format!("CREATE DATABASE {clone} TEMPLATE {name}"));
                let url = with_database(server, &clone);
                Self { url, drop_on: Some((server.clone(), clone)), is_moved: Cell::default() }
            }
        }
    }

    pub fn url(&self) -> Secret<String> {
        Secret::new(self.url.clone())
    }

    /// The same database by another way: `host:port` of a proxy.
    pub fn url_through(&self, address: &str) -> String {
        let direct = self.address();
        self.url.replacen(&direct, address, 1)
    }

    /// `host:port` of the PostgreSQL.
    pub fn address(&self) -> String {
        let (_, rest) = self.url.split_once('@').expect("a user");
        rest.split_once('/').expect("a database").0.to_owned()
    }

    /// Keeps it as it is now. Nobody may be connected.
    pub fn save(&self) {
        match &self.drop_on {
            Some((server, name)) => {
                on_server(server, &format!("CREATE DATABASE {name}_saved TEMPLATE {name}"));
            }
            None => self.copy_files("", ".saved"),
        }
    }

    /// Puts what was kept in its place. Nobody may be connected.
    pub fn restore(&self) {
        match &self.drop_on {
            Some((server, name)) => {
                on_server(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
                on_server(server, &format!("CREATE DATABASE {name} TEMPLATE {name}_saved"));
            }
            None => self.copy_files(".saved", ""),
        }
    }

    /// The file of SQLite, with what belongs to it.
    fn copy_files(&self, from: &str, to: &str) {
        let file = self.url.trim_start_matches("sqlite://");
        for part in ["", "-wal", "-shm"] {
            let (from, to) = (format!("{file}{part}{from}"), format!("{file}{part}{to}"));
            if std::fs::copy(from, &to).is_err() {
                // There was none.
                let _ = std::fs::remove_file(to);
            }
        }
    }

    /// Moves it to another folder, of which its PostgreSQL becomes the owner; `false` where that is not
    /// allowed, or the PostgreSQL is on another machine.
    pub fn move_to(&self, disk: &SmallDisk) -> bool {
        let Some((server, name)) = &self.drop_on else { return false };
        let Ok(data) = try_on_server(server, "SHOW data_directory") else { return false };
        if disk.give_to_owner_of(data.unwrap_or_default().as_ref()).is_err() {
            return false;
        }
        let made = format!("CREATE TABLESPACE {name} LOCATION '{}'", disk.path().display());
        self.is_moved.set(try_on_server(server, &made).is_ok());
        let moved = format!("ALTER DATABASE {name} SET TABLESPACE {name}");
        self.is_moved.get() && try_on_server(server, &moved).is_ok()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.drop_on {
            on_server(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
            on_server(server, &format!("DROP DATABASE IF EXISTS {name}_saved"));
            if self.is_moved.get() {
                on_server(server, &format!("DROP TABLESPACE {name}"));
            }
        }
    }
}

impl Template {
    fn make() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the engine of the run is the test runner's choice"
        )]
        let chosen = std::env::var("NQ57_TEST_DATABASE").unwrap_or_default();
        if chosen.is_empty() || chosen == "sqlite" {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("template.sqlite");
            fill(&format!("sqlite://{}", file.display()));
            return Self::Sqlite { file, _folder: folder };
        }
        let name = format!("nq57_test_{}", std::process::id());
        on_server(&chosen, &format!("CREATE DATABASE {name}"));
        fill(&with_database(&chosen, &name));
        Self::Postgres { server: chosen, name }
    }
}

/// Migrates, loads the reference data, and closes, so that the file is whole and nobody is connected.
fn fill(url: &str) {
    let mut config = Config::default();
    config.database.url = Some(Secret::new(url.to_owned()));
    aside(move || async move {
        let db = connect::connect(&config).await.expect("the template database");
        migrations::run(&db).await.expect("migrations");
        let clock = Clock::fixed(beginning());
        reference::install(&db, &clock).await.expect("reference data");
        feed::sequence(&db, &clock, |_| ()).await.expect("numbers");
        if db.get_database_backend() == sea_orm::DbBackend::Sqlite {
            db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("one file");
        }
        db.close().await.expect("closed");
    });
}

fn on_server(server: &str, statement: &str) {
    if let Err(error) = try_on_server(server, statement) {
        panic!("{statement}: {error}");
    }
}

/// The text that it answers, if any.
fn try_on_server(server: &str, statement: &str) -> Result<Option<String>, DbErr> {
    let (server, statement) = (server.to_owned(), statement.to_owned());
    aside(move || async move {
        let db = Database::connect(server).await.expect("the test server");
        let asked = Statement::from_string(db.get_database_backend(), statement);
        let answer = db.query_one_raw(asked).await;
        db.close().await.expect("closed");
        answer?.map(|row| row.try_get_by_index(0)).transpose()
    })
}

/// Runs to the end on a thread and runtime of its own, also from inside of another runtime.
pub fn aside<T: Send + 'static, W: Future<Output = T>>(
    work: impl FnOnce() -> W + Send + 'static,
) -> T {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(work())
    })
    .join()
    .expect("done")
}

/// The address of another database on the same server.
fn with_database(server: &str, name: &str) -> String {
    let (address, options) = match server.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (server, String::new()),
    };
    let (host, _) = address.rsplit_once('/').expect("an address with a database");
    format!("{host}/{name}{options}")
}
