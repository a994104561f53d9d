//! The outbox delivers what was committed: once, also by two servers; again after a crash; and gives up
//! in the open.

use std::path::Path;
use std::time::Duration as Wait;

use chrono::Duration;
use nq57_backend::identity::accounts::notices::PasswordChanged;
use nq57_backend::slices::REGISTRY;
use nq57_platform::config::MailTransport;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::notifications::{self, Address, Notice};
use nq57_platform::outbox;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::language::Language;
use nq57_shared::outbox::DeadLetter;
use nq57_shared::page::Page;
use nq57_shared::problem::ProblemCode;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::harness::{TestApp, assert_problem, role, until};

const LETTERS: &str = "/outbox/dead-letters";

/// Asks for a letter to `email`, under a key of its own.
async fn write_to(state: &AppState, email: &str, key: &str) {
    ask(state, email, key, true).await.expect("committed");
}

async fn ask(state: &AppState, email: &str, key: &str, commit: bool) -> ApiResult<()> {
    transaction::write(&state.db, async |tx| {
        let address = Address { email: email.into(), name: "An".into(), language: Language::En };
        let notice = Notice::new(&PasswordChanged {}).at("/login").once(key).to([address]);
        notifications::notify(tx, &state.clock, notice).await?;
        if commit { Ok(()) } else { Err(ApiError::problem(ProblemCode::NotFound)) }
    })
    .await
}

fn letters(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder.join("mail")).expect("the mail folder");
    files
        .filter(|file| {
            file.as_ref().expect("a file").path().extension().is_some_and(|end| end == "eml")
        })
        .count()
}

async fn deliver_all(state: &AppState) -> usize {
    let mut tried = 0;
    loop {
        match outbox::deliver_due(state).await.expect("delivered") {
            0 => return tried,
            some => tried += some,
        }
    }
}

#[actix_web::test]
async fn two_servers_deliver_every_message_once() {
    let app = TestApp::start().await;
    let other = app.sibling().await;
    for n in 0..60 {
        write_to(&app.state, "an@congty.example", &format!("k{n}")).await;
    }
    let (here, there) = tokio::join!(deliver_all(&app.state), deliver_all(&other.state));
    assert_eq!(here + there, 60, "{here} here, {there} there");
    assert_eq!(letters(&app.state.config.data_dir), 60);
}

#[actix_web::test]
async fn what_was_not_committed_is_not_delivered_and_the_same_key_is_one_message() {
    let app = TestApp::start().await;
    ask(&app.state, "an@congty.example", "rolled back", false).await.expect_err("rolled back");
    assert_eq!(deliver_all(&app.state).await, 0);
    write_to(&app.state, "an@congty.example", "same").await;
    write_to(&app.state, "an@congty.example", "same").await;
    assert_eq!(deliver_all(&app.state).await, 1);
    write_to(&app.state, "an@congty.example", "same").await;
    assert_eq!(deliver_all(&app.state).await, 0, "the key is remembered");
    app.advance(Duration::days(8));
    outbox::purge(app.state.clone()).await.expect("purged");
    write_to(&app.state, "an@congty.example", "same").await;
    assert_eq!(deliver_all(&app.state).await, 1, "a week later it is forgotten");
}

/// A server over the same database whose mail server takes the connection and never says a word.
async fn with_a_silent_mail_server(app: &TestApp) -> (AppState, std::net::TcpListener) {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut config = app.state.config.clone();
    config.mail.transport = MailTransport::Smtp;
    config.mail.smtp.host = "127.0.0.1".into();
    config.mail.smtp.port = silent.local_addr().expect("bound").port();
    config.mail.smtp.security = nq57_platform::config::SmtpSecurity::None;
    let state = AppState::build(config, app.state.clock.clone(), &REGISTRY).await.expect("a state");
    (state, silent)
}

#[actix_web::test]
async fn a_slow_mail_server_holds_no_more_than_is_at_work_and_keeps_nothing_else_waiting() {
    const LETTERS: usize = 7;
    let app = TestApp::start().await;
    let (slow, _silent) = with_a_silent_mail_server(&app).await;
    for n in 0..LETTERS {
        write_to(&slow, "an@congty.example", &format!("slow {n}")).await;
    }
    let worker = actix_web::rt::spawn(outbox::run(slow.clone()));
    let held = "SELECT count(*) AS n FROM outbox WHERE lease IS NOT NULL";
    until("all are at work", async || count(&slow, held).await == LETTERS).await;
    // What comes now needs no mail server, and there is a hand free for it.
    transaction::write(&slow.db, async |tx| {
        let push = outbox::Push::new("files.remove", "quick", &json!({ "key": "2026/11/23/none" }));
        outbox::push(tx, &slow.clock, [push?]).await
    })
    .await
    .expect("pushed");
    let done = "SELECT count(*) AS n FROM outbox WHERE key = 'quick' AND state = 'done'";
    let took = until("it is delivered", async || count(&slow, done).await == 1).await;
    assert!(took < Wait::from_secs(15), "it waited for the slow ones: {took:?}");

    // More than there are hands: the rest belongs to nobody, another server takes it at once.
    for n in 0..20 {
        write_to(&slow, "an@congty.example", &format!("more {n}")).await;
    }
    let waiting = "SELECT count(*) AS n FROM outbox WHERE lease IS NOT NULL AND attempts > 0";
    until("every hand is at work", async || count(&slow, waiting).await > LETTERS).await;
    let held = count(&slow, waiting).await;
    assert_eq!(deliver_all(&app.state).await, 20 + LETTERS - held, "{held} are at work");
    worker.abort();
}

/// Deliveries write, claims write, and writers of SQLite take turns.
#[actix_web::test]
async fn deliveries_and_claims_never_wait_for_each_other() {
    const LETTERS: usize = 60;
    let app = TestApp::start().await;
    for n in 0..LETTERS {
        write_to(&app.state, "an@congty.example", &format!("letter {n}")).await;
    }
    let worker = actix_web::rt::spawn(outbox::run(app.state.clone()));
    let done = "SELECT count(*) AS n FROM outbox WHERE state = 'done'";
    let turn = Wait::from_secs(2 * app.state.config.database.acquire_seconds);
    let took = until("all are delivered", async || count(&app.state, done).await == LETTERS).await;
    worker.abort();
    assert!(took < turn, "a writing transaction met its deadline on the way: {took:?}");
}

async fn count(state: &AppState, sql: &str) -> usize {
    let db = &state.db;
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let n: i64 = row.expect("read").expect("a row").try_get("", "n").expect("a number");
    usize::try_from(n).expect("a number")
}

#[actix_web::test]
async fn the_messages_of_a_killed_worker_come_back() {
    let app = TestApp::start().await;
    let (killed, _silent) = with_a_silent_mail_server(&app).await;
    write_to(&app.state, "an@congty.example", "k").await;
    let work = tokio::time::timeout(Wait::from_secs(2), outbox::deliver_due(&killed)).await;
    assert!(work.is_err(), "the worker was killed at work");

    assert_eq!(deliver_all(&app.state).await, 0, "the lease holds");
    app.advance(Duration::seconds(61));
    assert_eq!(deliver_all(&app.state).await, 1, "the lease has ended");
    assert_eq!(letters(&app.state.config.data_dir), 1);
}

#[actix_web::test]
async fn a_message_that_keeps_failing_waits_longer_and_ends_as_a_dead_letter() {
    let app = TestApp::start().await;
    write_to(&app.state, "no address", "k").await;
    assert_eq!(deliver_all(&app.state).await, 1);
    assert_eq!(deliver_all(&app.state).await, 0, "it waits");
    app.advance(Duration::seconds(7));
    assert_eq!(deliver_all(&app.state).await, 1, "it is tried again");
    for _ in 2..outbox::MAX_ATTEMPTS {
        app.advance(Duration::hours(2));
        assert_eq!(deliver_all(&app.state).await, 1);
    }
    app.advance(Duration::hours(2));
    assert_eq!(deliver_all(&app.state).await, 0, "it was given up");

    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let page: Page<DeadLetter> = admin.get(&format!("{LETTERS}?count=true")).await.read_as();
    assert_eq!(page.total, Some(1));
    let dead = &page.items[0];
    assert_eq!((dead.topic.as_str(), dead.key.as_str(), dead.attempts), ("mail.send", "0:k", 12));
    assert!(dead.last_error.contains("address is not valid"), "{}", dead.last_error);

    let requeue = format!("{LETTERS}/{}/requeue", dead.id);
    admin.post(&requeue, &json!({})).await.expect(204);
    assert_problem(&admin.post(&requeue, &json!({})).await, 404, "not_found");
    assert_eq!(deliver_all(&app.state).await, 1, "it is tried at once");
    let page: Page<DeadLetter> = admin.get(LETTERS).await.read_as();
    assert!(page.items.is_empty(), "one failure more is not the end");
}

#[actix_web::test]
async fn dead_letters_are_paged_and_discarded() {
    let app = TestApp::start().await;
    for n in 0..3 {
        write_to(&app.state, "no address", &format!("k{n}")).await;
    }
    for _ in 0..outbox::MAX_ATTEMPTS {
        deliver_all(&app.state).await;
        app.advance(Duration::hours(2));
    }
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let first: Page<DeadLetter> = admin.get(&format!("{LETTERS}?limit=2")).await.read_as();
    let cursor = first.next_cursor.expect("there is more");
    let rest: Page<DeadLetter> =
        admin.get(&format!("{LETTERS}?limit=2&cursor={cursor}")).await.read_as();
    assert_eq!((first.items.len(), rest.items.len(), rest.next_cursor), (2, 1, None));

    let path = format!("{LETTERS}/{}", rest.items[0].id);
    admin.delete(&path).await.expect(204);
    assert_problem(&admin.delete(&path).await, 404, "not_found");
    let left: Page<DeadLetter> = admin.get(&format!("{LETTERS}?count=true")).await.read_as();
    assert_eq!(left.total, Some(2));
    let audit = admin.get("/audit?action=outbox.discarded").await.json();
    assert_eq!(audit["items"][0]["subject_id"], json!(rest.items[0].id));
}

#[actix_web::test]
async fn only_administrators_of_everything_see_dead_letters() {
    let app = TestApp::start().await;
    assert_problem(&app.client().get(LETTERS).await, 401, "unauthenticated");
    let publisher = app.signed_in("publisher", &[role(Role::Publisher)]).await;
    assert_problem(&publisher.get(LETTERS).await, 403, "forbidden");
    let one = format!("{LETTERS}/0192d3a0-0000-7000-8000-000000000000");
    assert_problem(&publisher.delete(&one).await, 403, "forbidden");
    assert_problem(&publisher.post(&format!("{one}/requeue"), &json!({})).await, 403, "forbidden");
    assert_problem(&app.client().delete(&one).await, 401, "unauthenticated");
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    assert_problem(&admin.delete(&format!("{LETTERS}/x")).await, 404, "not_found");
    assert_problem(&admin.get(&format!("{LETTERS}?limit=0")).await, 400, "invalid_parameter");
    assert_problem(&admin.get(&format!("{LETTERS}?cursor=x")).await, 400, "invalid_cursor");
    assert_problem(&admin.get(&format!("{LETTERS}?who=me")).await, 400, "invalid_parameter");
}

#[actix_web::test]
async fn a_running_worker_delivers_after_the_commit_and_stops_when_the_server_drains() {
    let app = TestApp::start().await;
    let worker = actix_web::rt::spawn(outbox::run(app.state.clone()));
    write_to(&app.state, "an@congty.example", "k").await;
    for _ in 0..100 {
        if letters(&app.state.config.data_dir) == 1 {
            break;
        }
        tokio::time::sleep(Wait::from_millis(50)).await;
    }
    assert_eq!(letters(&app.state.config.data_dir), 1);
    app.state.drain();
    tokio::time::timeout(Wait::from_secs(5), worker).await.expect("it stopped").expect("in peace");
}
