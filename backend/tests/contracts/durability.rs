//! What is answered with success is there, whatever became of the storage meanwhile; nothing else is
//! answered with success, and readiness says when nothing can be written.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::{connect, transaction};
use reqwest::Method;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Row, SqliteConnection};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::harness::{Answer, Client, TestApp, assert_problem, until};
use crate::products::stories::draft;

fn is_sqlite(app: &TestApp) -> bool {
    app.state.db.get_database_backend() == DbBackend::Sqlite
}

async fn create(client: &Client) -> Answer {
    client.post("/products", &draft()).await
}

fn id(created: &Answer) -> String {
    created.json()["id"].as_str().expect("an id").to_owned()
}

async fn readiness(app: &TestApp) -> Answer {
    app.client().call_root(Method::GET, "/readyz").send().await
}

/// Lets the file of SQLite have so many pages, for all connections of the pool, also future ones.
async fn limit_pages(db: &DatabaseConnection, pages: &'static str) {
    let pool = db.get_sqlite_connection_pool();
    let options = pool.connect_options().as_ref().clone();
    pool.set_connect_options(options.pragma("max_page_count", pages));
    let all = (0..pool.options().get_max_connections()).map(|_| pool.acquire());
    for connection in join_all(all).await {
        let mut connection = connection.expect("a connection");
        let limit = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(limit).execute(&mut *connection).await.expect("done");
    }
}

/// The products as another process sees them.
async fn committed(app: &TestApp) -> Vec<String> {
    let url = app.state.config.database_url();
    let mut other = SqliteConnection::connect(&url).await.expect("the file");
    let rows = sqlx::query("SELECT lower(hex(id)) AS id FROM products").fetch_all(&mut other);
    rows.await.expect("read").iter().map(|row| row.get("id")).collect()
}

#[actix_web::test]
async fn a_full_database_loses_nothing_that_was_acknowledged() {
    let app = TestApp::start().await;
    if !is_sqlite(&app) {
        return;
    }
    let client = app.signed_in("company", &[]).await;
    let mut acknowledged = vec![id(&create(&client).await.expect(201))];

    // SQLite cannot go below the pages that it has: it is full at once.
    limit_pages(&app.state.db, "1").await;
    let mut refused = 0;
    for _ in 0..60 {
        // Several at once, so that they meet several connections.
        let answers = join_all((0..3).map(|_| create(&client))).await;
        for answer in answers {
            if answer.status == 201 {
                acknowledged.push(id(&answer));
            } else {
                let problem = assert_problem(&answer, 507, "storage_unavailable");
                assert!(problem.title.contains("giữ lại nội dung"), "{}", problem.title);
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "it was never full: {refused}");

    limit_pages(&app.state.db, "1000000").await;
    for _ in 0..20 {
        acknowledged.push(id(&create(&client).await.expect(201)));
    }
    let there = committed(&app).await;
    let lost: Vec<_> =
        acknowledged.iter().filter(|id| !there.contains(&id.replace('-', ""))).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), acknowledged.len());
    assert_eq!(there.len(), acknowledged.len(), "nothing that was refused is there");
}

#[actix_web::test]
async fn a_transaction_that_the_database_ended_by_itself_spoils_no_later_one() {
    let app = TestApp::start().await;
    let db = &app.state.db;
    db.execute_unprepared("CREATE TABLE notes (n BIGINT NOT NULL)").await.expect("a table");
    // As SQLite does on a full or failing disk, under the feet of the driver.
    for n in 0..12 {
        let failed: ApiResult<()> = transaction::write(db, async |tx| {
            tx.execute_unprepared("INSERT INTO notes VALUES (0)").await?;
            if n % 2 == 0 {
                tx.execute_unprepared("ROLLBACK").await?;
            }
            Err(ApiError::not_found())
        })
        .await;
        assert!(failed.is_err());
    }
    for _ in 0..12 {
        let done = transaction::write(db, async |tx| {
            tx.execute_unprepared("INSERT INTO notes VALUES (1)").await?;
            Ok(())
        });
        done.await.expect("written");
    }
    // As seen by whoever comes after the end of this process.
    let other = connect::connect(&app.state.config).await.expect("the database");
    assert_eq!(count(&other, "SELECT count(*) AS n FROM notes").await, 12);
    assert_eq!(count(&other, "SELECT count(*) AS n FROM notes WHERE n = 0").await, 0);
}

#[actix_web::test]
async fn work_that_overlooks_a_failed_statement_is_done_or_refused_never_half() {
    let app = TestApp::start().await;
    let db = &app.state.db;
    db.execute_unprepared("CREATE TABLE notes (n BIGINT NOT NULL)").await.expect("a table");
    let outcome: ApiResult<()> = transaction::write(db, async |tx| {
        tx.execute_unprepared("INSERT INTO notes VALUES (1)").await?;
        let _overlooked = tx.execute_unprepared("INSERT INTO notes VALUES (NULL)").await;
        Ok(())
    })
    .await;
    let rows = count(db, "SELECT count(*) AS n FROM notes").await;
    assert_eq!(rows, i64::from(outcome.is_ok()), "{outcome:?}");
    assert_eq!(outcome.is_ok(), is_sqlite(&app), "PostgreSQL ends the whole transaction");
}

async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.expect("read").expect("a row").try_get("", "n").expect("a number")
}

/// Holds what every writer needs, as another process would, until it is dropped.
async fn hold_the_lock(app: &TestApp) -> Holder {
    let url = app.state.config.database_url();
    if is_sqlite(app) {
        let mut other = SqliteConnection::connect(&url).await.expect("the file");
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.expect("the lock");
        return Holder { _sqlite: Some(other), _postgres: None };
    }
    let mut other = sqlx::PgConnection::connect(&url).await.expect("the database");
    sqlx::raw_sql("BEGIN; LOCK TABLE products, write_probe").execute(&mut other).await.expect("it");
    Holder { _sqlite: None, _postgres: Some(other) }
}

struct Holder {
    _sqlite: Option<SqliteConnection>,
    _postgres: Option<sqlx::PgConnection>,
}

#[actix_web::test]
async fn a_lock_that_nobody_releases_is_told_within_the_deadline_of_all_tries() {
    let app = TestApp::start_with(|config| config.database.acquire_seconds = 1).await;
    let client = app.signed_in("company", &[]).await;
    readiness(&app).await.expect(200);
    let lock = hold_the_lock(&app).await;
    let began = Instant::now();
    // One waits for the lock, the others for their turn behind it.
    for answer in join_all((0..3).map(|_| create(&client))).await {
        let problem = assert_problem(&answer, 503, "unavailable");
        assert!(problem.title.contains("xem lại"), "{}", problem.title);
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(4), "the deadline is two seconds, it took {took:?}");
    assert_problem(&readiness(&app).await, 503, "unavailable");

    drop(lock);
    until("it is ready again", async || readiness(&app).await.status == 200).await;
    create(&client).await.expect(201);
}

#[actix_web::test]
async fn a_commit_that_fails_is_told_and_leaves_nothing() {
    let app = TestApp::start().await;
    if is_sqlite(&app) {
        return;
    }
    let client = app.signed_in("company", &[]).await;
    // As a full tablespace, found out when the transaction ends.
    let full = "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$; \
        CREATE CONSTRAINT TRIGGER full_up AFTER INSERT OR UPDATE ON products \
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION full_up(); \
        CREATE CONSTRAINT TRIGGER full_up AFTER INSERT OR UPDATE ON write_probe \
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION full_up()";
    app.state.db.execute_unprepared(full).await.expect("it is full");
    for _ in 0..12 {
        assert_problem(&create(&client).await, 507, "storage_unavailable");
    }
    assert_problem(&readiness(&app).await, 503, "unavailable");
    assert_eq!(count(&app.state.db, "SELECT count(*) AS n FROM products").await, 0);

    app.state.db.execute_unprepared("DROP FUNCTION full_up CASCADE").await.expect("room again");
    let created = id(&create(&client).await.expect(201));
    client.get(&format!("/products/{created}")).await.expect(200);
    until("it is ready again", async || readiness(&app).await.status == 200).await;
}

#[actix_web::test]
async fn a_caller_who_goes_away_at_any_moment_leaves_no_transaction_open() {
    let app = TestApp::start().await;
    let db = &app.state.db;
    db.execute_unprepared("CREATE TABLE notes (n BIGINT NOT NULL)").await.expect("a table");
    let mut finished = 0;
    for microseconds in (0..3000).step_by(25) {
        let work = transaction::write(db, async |tx| {
            tx.execute_unprepared("INSERT INTO notes VALUES (1)").await?;
            Ok(())
        });
        let outcome = tokio::time::timeout(Duration::from_micros(microseconds), work).await;
        finished += i64::from(outcome.is_ok());
    }
    let written = count(db, "SELECT count(*) AS n FROM notes").await;
    assert!(written >= finished, "{written} of {finished}");
    if is_sqlite(&app) {
        let url = app.state.config.database_url();
        let mut other = SqliteConnection::connect(&url).await.expect("the file");
        let lock = sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await;
        lock.expect("nobody holds the lock");
    } else {
        let open = "SELECT count(*) AS n FROM pg_stat_activity \
            WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        until("no transaction is open", async || count(db, open).await == 0).await;
    }
}

#[actix_web::test]
async fn readiness_asked_all_the_time_writes_once_a_second() {
    let app = TestApp::start().await;
    let prober = app.client();
    let (began, mut written) = (Instant::now(), HashSet::new());
    for _ in 0..50 {
        let asked = (0..4).map(|_| prober.call_root(Method::GET, "/readyz").send());
        join_all(asked).await.into_iter().for_each(|answer| {
            answer.expect(200);
        });
        let sql = "SELECT filler FROM write_probe";
        let sql = Statement::from_string(app.state.db.get_database_backend(), sql);
        let row = app.state.db.query_one_raw(sql).await.expect("read").expect("a row");
        written.insert(row.try_get::<String>("", "filler").expect("a text"));
    }
    let most = usize::try_from(began.elapsed().as_secs()).expect("a number") + 2;
    assert!((1..=most).contains(&written.len()), "{} writes, at most {most}", written.len());
}
