//! A database for each test: migrated once as a template, then cloned.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nq57_backend::clock::Clock;
use nq57_backend::config::{Config, Secret};
use nq57_backend::persistence::connect;
use nq57_backend::{migrations, reference};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

use super::beginning;

/// The engine of this run.
enum Template {
    Sqlite { file: PathBuf, _folder: TempDir },
    Postgres { server: String, name: String },
}

/// The clone of one test; gone when it is dropped.
pub struct TestDatabase {
    url: String,
    drop_on: Option<(String, String)>,
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::make);

impl TestDatabase {
    pub fn clone_template(folder: &Path) -> Self {
        match &*TEMPLATE {
            Template::Sqlite { file, .. } => {
                let copy = folder.join("nq57.sqlite");
                std::fs::copy(file, &copy).expect("a copy of the template");
                Self { url: format!("sqlite://{}", copy.display()), drop_on: None }
            }
            Template::Postgres { server, name } => {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let clone = format!("{name}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
                on_server(server, &format!("CREATE DATABASE {clone} TEMPLATE {name}"));
                let url = with_database(server, &clone);
                Self { url, drop_on: Some((server.clone(), clone)) }
            }
        }
    }

    pub fn url(&self) -> Secret<String> {
        Secret::new(self.url.clone())
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.drop_on {
            on_server(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
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
        reference::install(&db, &Clock::fixed(beginning())).await.expect("reference data");
        if db.get_database_backend() == sea_orm::DbBackend::Sqlite {
            db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("one file");
        }
        db.close().await.expect("closed");
    });
}

fn on_server(server: &str, statement: &str) {
    let (server, statement) = (server.to_owned(), statement.to_owned());
    aside(move || async move {
        let db = Database::connect(server).await.expect("the test server");
        db.execute_unprepared(&statement)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
        db.close().await.expect("closed");
    });
}

/// Runs to the end on a thread and runtime of its own, also from inside of another runtime.
fn aside<W: Future<Output = ()>>(work: impl FnOnce() -> W + Send + 'static) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(work());
    })
    .join()
    .expect("done");
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
