//! `nq57 pull`, as an agency runs it: a process with a file of settings, and an exit code to act on.

mod copies;
mod endings;
mod sources;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use nq57_platform::config::{Config, Secret};
use nq57_platform::persistence::connect;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{TestDatabase, program};

/// Where a copy lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In a database of the engine of this run.
    Database,
    Folder,
}

/// An agency with its settings.
pub struct Agency {
    pub kind: Kind,
    source: String,
    // Dropped in this order.
    database: TestDatabase,
    folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub said: String,
}

impl Ended {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.said);
        self
    }

    /// What `--json` tells at the end.
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Agency {
    /// One that copies from this address, with these types.
    pub fn new(kind: Kind, source: &str, types: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = TestDatabase::clone_template(folder.path());
        let agency = Self { kind, source: source.to_owned(), database, folder };
        let list = types.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ");
        agency.settle("", &format!("types = [{list}]\npatience_seconds = 2"));
        agency
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the settings.
    pub fn settle(&self, source: &str, pull: &str) {
        let mirror = match self.kind {
            Kind::Database => format!("database = \"{}\"", self.mirror_url()),
            Kind::Folder => format!("folder = \"{}\"", self.path("mirror").display()),
        };
        let text = format!(
            "[source]\nurl = \"{}\"\ntimeout_seconds = 5\n{source}\n[mirror]\n{mirror}\n[pull]\n{pull}\n",
            self.source
        );
        std::fs::write(self.path("pull.toml"), text).expect("settings");
    }

    /// A file that nobody else can read.
    pub fn secret(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a secret");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("closed");
        path
    }

    fn mirror_url(&self) -> String {
        let url = self.database.url().expose().clone();
        match url.starts_with("sqlite:") {
            true => format!("sqlite://{}", self.path("mirror.sqlite").display()),
            false => url,
        }
    }

    pub fn is_sqlite(&self) -> bool {
        self.mirror_url().starts_with("sqlite:")
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(["pull", "--settings"]).arg(self.path("pull.toml")).args(words);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn spawn(&self, words: &[&str]) -> Child {
        self.command(words).spawn().expect("the program")
    }

    /// Runs to the end, on another thread: the source may be on this one.
    pub async fn run(&self, words: &[&str]) -> Ended {
        let child = self.spawn(words);
        let output = tokio::task::spawn_blocking(move || child.wait_with_output());
        let output = output.await.expect("waited").expect("an output");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ended {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            said: text(output.stderr),
        }
    }

    /// The mirror as its readers open it.
    pub async fn mirror(&self) -> DatabaseConnection {
        let mut config = Config::default();
        config.database.url = Some(Secret::new(self.mirror_url()));
        connect::connect(&config).await.expect("the mirror")
    }

    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let db = self.mirror().await;
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        db.close().await.expect("closed");
        rows
    }

    pub async fn execute(&self, sql: &str) {
        let db = self.mirror().await;
        db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        db.close().await.expect("closed");
    }

    /// Ids of this type, whatever the mirror is.
    pub async fn ids(&self, kind: &str) -> Vec<String> {
        if self.kind == Kind::Database {
            let rows = self.rows(&format!("SELECT id FROM nq57_{kind} ORDER BY id")).await;
            return rows.iter().map(|row| row.try_get("", "id").expect("an id")).collect();
        }
        let state: Value = serde_json::from_slice(
            &std::fs::read(self.path("mirror").join("state.json")).expect("a state"),
        )
        .expect("JSON");
        let file = format!("{kind}.{}.ndjson", state["shown"]);
        let text = std::fs::read_to_string(self.path("mirror").join(file)).unwrap_or_default();
        let good = state["lengths"][kind].as_u64().unwrap_or_default();
        let mut ids = std::collections::BTreeSet::new();
        for line in text[..usize::try_from(good).expect("small")].lines() {
            let line: Value = serde_json::from_str(line).expect("a line");
            let id = line["id"].as_str().expect("an id").to_owned();
            match line["op"] == "upsert" {
                true => ids.insert(id),
                false => ids.remove(&id),
            };
        }
        ids.into_iter().collect()
    }
}
