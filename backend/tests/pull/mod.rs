//! `nq57 pull`, as an agency runs it: a process with a file of settings, and an exit code to act on.

mod copies;
mod endings;
mod faults;
mod signing_in;
mod sources;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use nq57_platform::config::{Config, Secret};
use nq57_platform::persistence::connect;
use nq57_shared::feed::Change;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement};
use serde_json::Value;
use tempfile::TempDir;

use crate::feed::Objects;
use crate::harness::{SmallDisk, TestDatabase, program};

/// Where a copy lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In a database of the engine of this run.
    Database,
    /// In SQLite, whatever the source is.
    Sqlite,
    Folder,
}

/// An agency with its settings.
pub struct Agency {
    pub kind: Kind,
    source: String,
    // Dropped in this order.
    database: TestDatabase,
    folder: TempDir,
    /// Where SQLite and folders lie.
    place: PathBuf,
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
        let place = folder.path().to_owned();
        let agency = Self { kind, source: source.to_owned(), database, folder, place };
        let list = types.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ");
        agency.settle("", &format!("types = [{list}]\npatience_seconds = 2"));
        agency
    }

    /// The same with its mirror on this disk.
    pub fn on(mut self, disk: &SmallDisk) -> Self {
        let settings = std::fs::read_to_string(self.path("pull.toml")).expect("settings");
        let (before, after) = (self.place.display().to_string(), disk.path().display().to_string());
        std::fs::write(self.path("pull.toml"), settings.replace(&before, &after))
            .expect("settings");
        self.place = disk.path();
        self
    }

    /// Settings and secrets lie beside each other, and the mirror in its place.
    pub fn path(&self, name: &str) -> PathBuf {
        match name.starts_with("mirror") {
            true => self.place.join(name),
            false => self.folder.path().join(name),
        }
    }

    /// Writes the settings.
    pub fn settle(&self, source: &str, pull: &str) {
        let mirror = match self.kind {
            Kind::Database | Kind::Sqlite => format!("database = \"{}\"", self.mirror_url()),
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
        match self.kind == Kind::Sqlite || url.starts_with("sqlite:") {
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

    pub fn spawn(&self, words: &[&str]) -> Going {
        Going(self.command(words).spawn().expect("the program"))
    }

    /// Runs to the end.
    pub async fn run(&self, words: &[&str]) -> Ended {
        self.end(self.command(words)).await
    }

    /// The same where no file can be written beyond so many blocks of 512 bytes (or 1,024, as the shell has it).
    pub async fn run_within(&self, blocks: u32, words: &[&str]) -> Ended {
        let command = self.command(words);
        let mut limited = Command::new("sh");
        // The signal that a file grew too large is ignored: the program sees an error of the disk.
        limited.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
        limited.arg(command.get_program()).args(command.get_args());
        limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.end(limited).await
    }

    /// On another thread: the source may be on this one.
    async fn end(&self, mut command: Command) -> Ended {
        let child = command.spawn().expect("the program");
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

    /// What the mirror holds of this type, whatever it is.
    pub async fn objects(&self, kind: &str) -> Objects {
        if self.kind != Kind::Folder {
            let sql = format!("SELECT id, revision, data FROM nq57_{kind}");
            let object = |row: &QueryResult| {
                let id: String = row.try_get("", "id").expect("an id");
                let revision = row.try_get("", "revision").expect("a revision");
                ((kind.to_owned(), id), (revision, row.try_get("", "data").expect("data")))
            };
            return self.rows(&sql).await.iter().map(object).collect();
        }
        let state = self.state();
        let file = format!("{kind}.{}.ndjson", state["shown"]);
        let text = std::fs::read_to_string(self.path("mirror").join(file)).unwrap_or_default();
        let good = state["lengths"][kind].as_u64().unwrap_or_default();
        let mut objects = Objects::new();
        for line in text[..usize::try_from(good).expect("small")].lines() {
            let change: Change = serde_json::from_str(line).expect("a line");
            let key = (kind.to_owned(), change.id);
            match line.split_once(",\"data\":") {
                Some((_, data)) => {
                    let data = data[..data.len() - 1].to_owned();
                    objects.insert(key, (change.revision, data))
                }
                None => objects.remove(&key),
            };
        }
        objects
    }

    /// `state.json` of a folder.
    pub fn state(&self) -> Value {
        let file = self.path("mirror").join("state.json");
        serde_json::from_slice(&std::fs::read(file).expect("a state")).expect("JSON")
    }

    /// Ids of this type, whatever the mirror is.
    pub async fn ids(&self, kind: &str) -> Vec<String> {
        self.objects(kind).await.into_keys().map(|(_, id)| id).collect()
    }

    /// How many objects are shown, without a look at them.
    pub async fn count(&self, kind: &str) -> usize {
        if self.kind != Kind::Folder {
            let sql = format!("SELECT count(*) AS n FROM nq57_{kind}");
            let n: i64 = self.rows(&sql).await.remove(0).try_get("", "n").expect("a number");
            return usize::try_from(n).expect("a number");
        }
        loop {
            let file = format!("{kind}.{}.ndjson", self.state()["shown"]);
            // The next copy may have taken its place meanwhile.
            if let Ok(text) = std::fs::read(self.path("mirror").join(file)) {
                return lines(&text);
            }
        }
    }

    /// How many changes the copy of this number has kept so far.
    pub async fn kept(&self, kind: &str, copy: u32) -> usize {
        let path = self.path("mirror");
        if self.kind == Kind::Folder {
            let file = path.join(format!("{kind}.{copy}.ndjson"));
            return std::fs::read(file).map_or(0, |text| lines(&text));
        }
        // Whoever opens it first would make it.
        let is_there =
            std::fs::metadata(self.path("mirror.sqlite")).is_ok_and(|file| file.len() > 0);
        if self.mirror_url().starts_with("sqlite:") && !is_there {
            return 0;
        }
        let db = self.mirror().await;
        let sql = format!("SELECT count(*) AS n FROM nq57_{kind} WHERE nq57_copy = {copy}");
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
        db.close().await.expect("closed");
        // The table may not be there yet.
        let Ok(Some(row)) = row else { return 0 };
        usize::try_from(row.try_get::<i64>("", "n").expect("a number")).expect("a number")
    }
}

fn lines(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte == b'\n').count()
}

/// A run that goes on, killed when it is dropped.
pub struct Going(pub Child);

impl Going {
    pub fn is_over(&mut self) -> bool {
        self.0.try_wait().expect("a child").is_some()
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
