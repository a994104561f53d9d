//! The program itself, in processes of its own over one database: for what only a process shows, such as
//! a kill or two servers that share nothing but the database. Here the time is the machine's.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nq57_backend::identity::accounts::{self, Device, NewAccount};
use nq57_backend::slices::REGISTRY;
use nq57_platform::clock::Clock;
use nq57_platform::config::{Config, Secret};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::RoleGrant;
use nq57_shared::language::Language;
use tempfile::TempDir;

use super::database::TestDatabase;
use super::small_disk::SmallDisk;
use super::{Client, install_crypto, password_hash};

/// Another one, such as a released one, can be named by `NQ57_TEST_PROGRAM`.
pub fn program() -> String {
    #[expect(clippy::disallowed_methods, reason = "which program is tested is the tester's choice")]
    let named = std::env::var("NQ57_TEST_PROGRAM").ok();
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_nq57").to_owned())
}

/// What threads that answer requests are called, as far as the system keeps it.
const ANSWERING: [&str; 2] = ["actix-rt|system", "actix-server wo"];
/// How long a condition may take that a busy machine delays.
const PATIENCE: Duration = Duration::from_secs(60);

/// A database and a data folder, for as many servers as the test starts.
pub struct Installation {
    // Dropped in this order.
    database: TestDatabase,
    folder: TempDir,
}

impl Installation {
    pub fn new() -> Self {
        install_crypto();
        let folder = tempfile::tempdir().expect("a folder");
        Self { database: TestDatabase::clone_template(folder.path()), folder }
    }

    /// The same with its data folder on this disk.
    pub fn on(disk: &SmallDisk) -> Self {
        install_crypto();
        let folder = tempfile::tempdir_in(disk.path()).expect("a folder");
        Self { database: TestDatabase::clone_template(folder.path()), folder }
    }

    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Whether several servers may share the database: not the embedded one.
    pub fn is_for_several_servers(&self) -> bool {
        !self.database.url().expose().starts_with("sqlite:")
    }

    /// The state as a server with this clock has it, without a server. Close its database before one
    /// is killed: nobody but the servers should hold it then.
    pub async fn state(&self, clock: Clock) -> AppState {
        self.state_with(clock, self.database.url()).await
    }

    /// The same over another way to the database.
    pub async fn state_over(&self, url: &str) -> AppState {
        self.state_with(Clock::system(), Secret::new(url.to_owned())).await
    }

    async fn state_with(&self, clock: Clock, url: Secret<String>) -> AppState {
        let mut config = Config { data_dir: self.folder.path().to_owned(), ..Config::default() };
        config.database.url = Some(url);
        config.http.public_url = Some("http://nq57.example".into());
        AppState::build(config, clock, &REGISTRY).await.expect("the state")
    }

    /// People with accounts and sessions, who do not know a server yet: see [`Client::at`].
    pub async fn people(&self, names: &[(String, Vec<RoleGrant>)]) -> Vec<Client> {
        let state = self.state(Clock::system()).await;
        let password = password_hash().await;
        let nobody = Client::new("http://nowhere.invalid", None);
        let sessions = transaction::write(&state.db, async |tx| {
            let mut sessions = Vec::new();
            for (name, roles) in names {
                let new = NewAccount {
                    email: format!("{name}@test.example"),
                    display_name: name.clone(),
                    language: Language::En,
                    password: password.clone(),
                    is_verified: true,
                };
                let account = accounts::create(tx, &state.clock, new).await?;
                for role in roles {
                    accounts::give_role(tx, &state.clock, account, role, None).await?;
                }
                let (config, device) = (&state.config.accounts, Device::default());
                sessions.push(
                    accounts::open_session(tx, &state.clock, config, account, &device).await?,
                );
            }
            Ok(sessions)
        })
        .await
        .expect("accounts and sessions");
        let people = sessions.into_iter().map(|session| {
            let (id, now) = (state.clock.new_id(), state.clock.now());
            let token = state.keys.sign(session.account, session.id, id, now).expect("a token");
            nobody.signed_in_as(session.account, token)
        });
        let people = people.collect();
        state.db.clone().close().await.expect("closed");
        people
    }

    /// What a server that logs as text writes to standard error, which is a file, until it serves.
    pub async fn text_log(&self) -> String {
        let log = self.folder.path().join("text.log");
        let mut command = self.command();
        command.args(["serve", "--port", "0"]).env("NQ57_LOG__FORMAT", "text");
        command.stdout(Stdio::null()).stderr(File::create(&log).expect("a log"));
        let child = command.spawn().expect("the program");
        let _server = Process { child, address: String::new() };
        let said = || std::fs::read_to_string(&log).expect("a log");
        until("it serves", async || said().contains("serving")).await;
        said()
    }

    /// A server on a port that the system chooses.
    pub async fn serve(&self) -> Process {
        self.serve_over(self.database.url().expose()).await
    }

    /// A server that reaches its database by this address.
    pub async fn serve_over(&self, url: &str) -> Process {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let log = self.folder.path().join(format!("{number}.log"));
        let child = self
            .command()
            .env("NQ57_DATABASE__URL", url)
            .args(["serve", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(File::create(&log).expect("a log"))
            .spawn()
            .expect("the program");
        let mut process = Process { child, address: String::new() };
        process.wait_until_ready(&log).await;
        process
    }

    /// The mails that left, each as it stands in its file.
    pub fn letters(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path().join("mail")).expect("the mail folder");
        let paths = files.map(|file| file.expect("a file").path());
        let letters = paths.filter(|path| path.extension().is_some_and(|end| end == "eml"));
        letters.map(|path| std::fs::read_to_string(path).expect("a letter")).collect()
    }

    /// Whether `nq57 audit verify` finds the chain whole, and what it says.
    pub fn audit(&self) -> (bool, String) {
        let output = self.command().args(["audit", "verify"]).output().expect("the program");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    fn command(&self) -> Command {
        let folder = self.folder.path();
        // The signal that a file grew too large is ignored: the program sees an error of the disk.
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", &program()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .arg("--data-dir")
            .arg(folder)
            .env("NQ57_DATABASE__URL", self.database.url().expose())
            .env("NQ57_HTTP__PUBLIC_URL", "http://nq57.example")
            .env("NQ57_HTTP__METRICS_PORT", "0")
            .env("NQ57_OPERATOR__NAME", "Test operator")
            .env("NQ57_OPERATOR__EMAIL", "help@test.example")
            .env("NQ57_LOG__FORMAT", "json")
            .env("NQ57_LOG__FILTER", "warn,nq57_backend::server=info");
        for limit in ["READS", "WRITES", "SIGN_INS", "TRACKINGS"] {
            command.env(format!("NQ57_LIMITS__{limit}_PER_MINUTE"), "0");
        }
        command.env("NQ57_LIMITS__DRAFTS_PER_ACCOUNT", "0");
        command
    }
}

/// A server in a process of its own; killed when it is dropped.
pub struct Process {
    child: Child,
    /// `http://127.0.0.1:port`
    pub address: String,
}

impl Process {
    /// `kill -9`: nothing of it runs when this returns.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "a signal");
    }

    /// Whether it has ended, and well.
    pub fn has_ended_well(&mut self) -> bool {
        let ended = self.child.try_wait().expect("a child");
        ended.is_some_and(|status| status.success())
    }

    /// Bytes of memory of its own, without pages of files.
    pub fn memory(&self) -> u64 {
        let said = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let said = said.expect("a process");
        let line = said.lines().find(|line| line.starts_with("RssAnon:")).expect("its memory");
        let kilobytes: u64 =
            line.split_whitespace().nth(1).expect("a number").parse().expect("one");
        kilobytes * 1024
    }

    /// From now on no file can be written beyond so many bytes; `None` lifts the limit. `false` where the
    /// machine has no `prlimit`.
    pub fn limit_files(&self, bytes: Option<u64>) -> bool {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let id = self.child.id().to_string();
        let limited = Command::new("prlimit")
            // The soft limit alone: the hard one could not be lifted again.
            .args(["--pid", &id, &format!("--fsize={limit}:")])
            .status();
        limited.is_ok_and(|status| status.success())
    }

    /// Processor time that it has used so far: the threads that answer requests, and all of them. A busy
    /// machine does not lengthen it.
    pub fn used(&self) -> (Duration, Duration) {
        let threads = format!("/proc/{}/task", self.child.id());
        let (mut answering, mut all) = (Duration::ZERO, Duration::ZERO);
        for thread in std::fs::read_dir(threads).expect("the threads").flatten() {
            let read = |name| std::fs::read_to_string(thread.path().join(name)).unwrap_or_default();
            let used = read("schedstat").split(' ').next().and_then(|used| used.parse().ok());
            let used = Duration::from_nanos(used.unwrap_or_default());
            all += used;
            if ANSWERING.iter().any(|name| read("comm").starts_with(name)) {
                answering += used;
            }
        }
        assert!(!answering.is_zero(), "no thread answers: have they got other names?");
        (answering, all)
    }

    async fn wait_until_ready(&mut self, log: &Path) {
        let began = Instant::now();
        loop {
            let said = std::fs::read_to_string(log).expect("a log");
            if let Some(address) = listening(&said) {
                let nobody = Client::new(&address, None);
                let ready = nobody.call_root(reqwest::Method::GET, "/readyz").try_send().await;
                if ready.is_some_and(|answer| answer.status == 200) {
                    self.address = address;
                    return;
                }
            }
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "it ended with {ended:?}: {said}");
            assert!(began.elapsed() < PATIENCE, "it is not ready: {said}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Where the server listens, once its log says so.
fn listening(log: &str) -> Option<String> {
    let line = log.lines().find(|line| line.contains("\"serving\""))?;
    let (_, port) = line.split_once("127.0.0.1:")?;
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("http://127.0.0.1:{port}"))
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have been killed before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the condition holds and says how long that took; fails with `what` when it never does.
pub async fn until(what: &str, condition: impl AsyncFn() -> bool) -> Duration {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < PATIENCE, "it never came to this: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}
