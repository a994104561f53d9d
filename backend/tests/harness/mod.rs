//! Starts the whole server on a port of its own over a database of its own, with a clock that stands still.
//! Each test asks over HTTP, as everybody else does.

mod answer;
mod client;
mod cutter;
mod database;
mod dice;
mod process;
mod promise;
mod small_disk;

use std::cell::Cell;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use chrono::{DateTime, Utc};
use nq57_backend::identity::accounts::{self, Device, NewAccount, PasswordHash};
use nq57_backend::server;
use nq57_backend::slices::REGISTRY;
use nq57_platform::clock::Clock;
use nq57_platform::config::Config;
use nq57_platform::feed::{self, Difference};
use nq57_platform::persistence::bounded::MOST_PARAMETERS;
use nq57_platform::persistence::{connect, transaction};
use nq57_platform::registry::Registry;
use nq57_platform::state::AppState;
use nq57_shared::access::RoleGrant;
use nq57_shared::ids::AccountId;
use nq57_shared::language::Language;
use sea_orm::Statement;
use tempfile::TempDir;
use tokio::sync::OnceCell;

pub use answer::{Answer, assert_problem};
pub use client::{Call, Client, plain_http};
pub use cutter::{Cut, Cutter};
pub use database::TestDatabase;
use database::aside;
pub use dice::{Dice, say};
pub use process::{Installation, Process, program, until};
pub use small_disk::SmallDisk;

/// The password of every account that tests make.
pub const PASSWORD: &str = "nq57-demo";

/// When every test begins: Monday, 23 November 2026, 09:00 in Vietnam.
pub fn beginning() -> DateTime<Utc> {
    "2026-11-23T02:00:00Z".parse().expect("an instant")
}

/// What the database is asked while somebody listens.
type Statements = Arc<Mutex<Option<Vec<Statement>>>>;

/// A running server.
pub struct TestApp {
    pub state: AppState,
    /// `http://127.0.0.1:port`
    pub address: String,
    handle: ServerHandle,
    statements: Statements,
    /// Whether nothing but the server has written.
    is_honest: Cell<bool>,
    // Dropped last, in this order.
    _database: Option<TestDatabase>,
    _folder: Option<TempDir>,
}

impl TestApp {
    /// A server with the configuration of tests.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// A server whose configuration differs.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_on(&REGISTRY, change).await
    }

    /// A server of other slices.
    pub async fn start_on(registry: &'static Registry, change: impl FnOnce(&mut Config)) -> Self {
        install_crypto();
        let folder = tempfile::tempdir().expect("a folder");
        let database = TestDatabase::clone_template(folder.path());
        let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
        config.database.url = Some(database.url());
        config.database.max_connections = 6;
        config.limits.reads_per_minute = 0;
        config.limits.writes_per_minute = 0;
        config.limits.sign_ins_per_minute = 0;
        config.limits.trackings_per_minute = 0;
        config.limits.drafts_per_account = 0;
        change(&mut config);
        let clock = Clock::fixed(beginning());
        Self::run(registry, config, clock, Some(database), Some(folder)).await
    }

    /// A second server over the same database, files and keys, with the same clock.
    pub async fn sibling(&self) -> Self {
        let state = &self.state;
        Self::run(state.registry, state.config.clone(), state.clock.clone(), None, None).await
    }

    async fn run(
        registry: &'static Registry,
        mut config: Config,
        clock: Clock,
        database: Option<TestDatabase>,
        folder: Option<TempDir>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        config.http.public_url.get_or_insert_with(|| address.clone());
        config.http.workers = 1;
        let mut db = connect::connect(&config).await.expect("the database");
        let statements = Statements::default();
        let heard = Arc::clone(&statements);
        db.set_metric_callback(move |info| {
            let parameters = info.statement.values.as_ref().map_or(0, |values| values.0.len());
            assert!(parameters <= MOST_PARAMETERS, "{parameters}: {}", info.statement.sql);
            if let Some(heard) = heard.lock().expect("not poisoned").as_mut() {
                heard.push(info.statement.clone());
            }
        });
        let state = AppState::with_database(config, clock, db, registry).await.expect("the state");
        let server = server::serve_on(&state, listener).expect("the server");
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            state,
            address,
            handle,
            statements,
            is_honest: Cell::new(true),
            _database: database,
            _folder: folder,
        }
    }

    /// Somebody who has not signed in.
    pub fn client(&self) -> Client {
        Client::new(&self.address, None)
    }

    /// Somebody with an account of this name, a verified address `name@test.example`, and these roles.
    pub async fn signed_in(&self, name: &str, roles: &[RoleGrant]) -> Client {
        let account = self.account(name, roles).await;
        self.sign_in(account).await
    }

    /// Makes an account without signing in.
    pub async fn account(&self, name: &str, roles: &[RoleGrant]) -> AccountId {
        let password = password_hash().await;
        let clock = &self.state.clock;
        transaction::write(&self.state.db, async |tx| {
            let new = NewAccount {
                email: format!("{name}@test.example"),
                display_name: name.to_owned(),
                language: Language::En,
                password: password.clone(),
                is_verified: true,
            };
            let account = accounts::create(tx, clock, new).await?;
            for role in roles {
                accounts::give_role(tx, clock, account, role, None).await?;
            }
            Ok(account)
        })
        .await
        .expect("an account")
    }

    /// A new session of this account.
    pub async fn sign_in(&self, account: AccountId) -> Client {
        let (clock, config) = (&self.state.clock, &self.state.config.accounts);
        let session = transaction::write(&self.state.db, async |tx| {
            accounts::open_session(tx, clock, config, account, &Device::default()).await
        })
        .await
        .expect("a session");
        let keys = &self.state.keys;
        let token = keys.sign(account, session.id, clock.new_id(), clock.now()).expect("a token");
        Client::new(&self.address, Some((account, token)))
    }

    /// What the database is asked meanwhile.
    pub async fn statements_of(&self, work: impl Future) -> Vec<Statement> {
        *self.statements.lock().expect("not poisoned") = Some(Vec::new());
        work.await;
        self.statements.lock().expect("not poisoned").take().unwrap_or_default()
    }

    /// Gives every change its number: what jobs do while a server runs.
    pub async fn sequenced(&self) {
        feed::sequence_all(&self.state).await.expect("numbers");
    }

    /// The test writes itself where only the server should: what stands in the feed may differ from the tables.
    pub fn writes_behind_the_server(&self) {
        self.is_honest.set(false);
    }

    /// What stands in the feed otherwise than the tables say.
    pub fn differences(&self) -> Vec<Difference> {
        let (config, registry) = (self.state.config.clone(), self.state.registry);
        aside(move || async move {
            // A test may have left a database that nobody can open.
            let Ok(db) = connect::connect(&config).await else { return Vec::new() };
            let found = feed::differences(&db, registry.feed()).await.unwrap_or_default();
            db.close().await.ok();
            found
        })
    }

    /// Moves the clock. Access tokens live ten minutes: sign in again after more.
    pub fn advance(&self, by: chrono::Duration) {
        self.state.clock.advance(by);
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The command is sent at once; the test need not wait for the end.
        drop(self.handle.stop(false));
        if self._database.is_some() && self.is_honest.get() && !std::thread::panicking() {
            let found = self.differences();
            assert!(
                found.is_empty(),
                "a writer has forgotten `feed::put`, or the test has written itself: then say so by \
                 `writes_behind_the_server`. {found:?}"
            );
        }
    }
}

/// Everywhere, without limits.
pub fn role(role: nq57_shared::access::Role) -> RoleGrant {
    RoleGrant { role, organisation_id: None, province_code: None }
}

async fn password_hash() -> PasswordHash {
    static HASH: OnceCell<PasswordHash> = OnceCell::const_new();
    let config = Config::default().accounts;
    HASH.get_or_init(|| async { accounts::hash_password(&config, PASSWORD).await.expect("a hash") })
        .await
        .clone()
}

fn install_crypto() {
    // Every test asks for it; the first one wins.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
