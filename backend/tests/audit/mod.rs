//! The audit grows only, holds together by its hashes, and is read by administrators alone.

mod kept;

use chrono::Duration;
use nq57_platform::audit::{self, Entry, Verification};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::{Actor, Role};
use nq57_shared::audit::{AuditActor, AuditEntry};
use nq57_shared::page::Page;
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{PASSWORD, TestApp, assert_problem, role};

async fn record(state: &AppState, action: &'static str, subject: Uuid) {
    transaction::write(&state.db, async |tx| {
        let entry = Entry::by(&Actor::System, action).on("product", subject).with("from", "draft");
        audit::record(tx, &state.clock, entry).await
    })
    .await
    .expect("recorded");
}

async fn verify(state: &AppState) -> Verification {
    audit::verify(&state.db).await.expect("read")
}

#[actix_web::test]
async fn entries_of_many_writers_on_two_servers_make_one_whole_chain() {
    let app = TestApp::start().await;
    let other = app.sibling().await;
    let subject = app.state.clock.new_id();
    let writes = |state: AppState| async move {
        for n in 0..30 {
            record(&state, "product.submitted", subject).await;
            if n % 7 == 0 {
                audit::seal_all(&state.db).await.expect("sealed");
            }
        }
    };
    tokio::join!(
        writes(app.state.clone()),
        writes(other.state.clone()),
        writes(app.state.clone()),
        writes(other.state.clone())
    );
    assert!(verify(&app.state).await.unsealed > 0, "the last ones wait");
    let (here, there) =
        tokio::join!(audit::seal_all(&app.state.db), audit::seal_all(&other.state.db));
    here.expect("sealed");
    there.expect("sealed");
    let found = verify(&app.state).await;
    assert_eq!((found.rows, found.unsealed, found.first_break), (120, 0, None));
}

#[actix_web::test]
async fn an_entry_can_be_neither_changed_nor_removed() {
    let app = TestApp::start().await;
    record(&app.state, "product.submitted", app.state.clock.new_id()).await;
    for sealed in [false, true] {
        if sealed {
            audit::seal_all(&app.state.db).await.expect("sealed");
        }
        for sql in ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"] {
            let error = app.state.db.execute_unprepared(sql).await.expect_err("refused");
            assert!(error.to_string().contains("append-only"), "{sql}: {error}");
        }
    }
    assert_eq!(verify(&app.state).await.first_break, None);
}

#[actix_web::test]
async fn a_database_that_went_back_in_time_is_found_out_by_a_head_that_was_kept() {
    let app = TestApp::start().await;
    let state = &app.state;
    record(state, "product.submitted", state.clock.new_id()).await;
    audit::seal_all(&state.db).await.expect("sealed");
    let kept = audit::head(&state.db).await.expect("a head");
    assert_eq!(kept.sequence, 1);
    record(state, "product.submitted", state.clock.new_id()).await;
    audit::seal_all(&state.db).await.expect("sealed");
    assert!(audit::leads_through(&state.db, &kept).await.expect("read"), "it goes on from there");
    // A database of yesterday, whole by itself, in which other things then happened.
    let yesterday = TestApp::start().await;
    for _ in 0..3 {
        record(&yesterday.state, "product.submitted", state.clock.new_id()).await;
    }
    audit::seal_all(&yesterday.state.db).await.expect("sealed");
    assert_eq!(verify(&yesterday.state).await.first_break, None);
    assert!(!audit::leads_through(&yesterday.state.db, &kept).await.expect("read"));
}

#[actix_web::test]
async fn whoever_gets_round_the_database_is_found_out() {
    for (damage, place, reason) in [
        ("UPDATE audit_entries SET action = 'x' WHERE sequence = 2", 2, "the entry was changed"),
        ("DELETE FROM audit_entries WHERE sequence = 3", 3, "an entry is missing"),
        ("DELETE FROM audit_entries WHERE sequence = 5", 5, "entries are missing at the end"),
    ] {
        let app = TestApp::start().await;
        for _ in 0..5 {
            record(&app.state, "product.submitted", app.state.clock.new_id()).await;
        }
        audit::seal_all(&app.state.db).await.expect("sealed");
        let db = &app.state.db;
        let postgres = db.get_database_backend() == sea_orm::DbBackend::Postgres;
        for trigger in ["audit_entries_no_change", "audit_entries_no_removal"] {
            let table = if postgres { " ON audit_entries" } else { "" };
            db.execute_unprepared(&format!("DROP TRIGGER {trigger}{table}"))
                .await
                .expect("dropped");
        }
        db.execute_unprepared(damage).await.expect("damaged");
        let found = verify(&app.state).await.first_break.expect("found");
        assert_eq!((found.sequence, found.reason), (place, reason));
    }
}

#[actix_web::test]
async fn who_signed_in_stands_there_by_the_name_of_today() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let lan = app.account("lan", &[]).await;
    let typed = json!({ "email": "lan@test.example", "password": PASSWORD });
    app.client().post("/auth/login", &typed).await.expect(200);
    let opened: Page<AuditEntry> =
        admin.get(&format!("/audit?actor_id={lan}&action=session.opened")).await.read_as();
    assert_eq!(opened.items[0].actor, AuditActor::Account);
    assert_eq!(opened.items[0].actor_name.as_deref(), Some("lan"));
}

#[actix_web::test]
async fn administrators_read_the_latest_first_and_filter() {
    let app = TestApp::start().await;
    let (one, two) = (app.state.clock.new_id::<Uuid>(), app.state.clock.new_id::<Uuid>());
    for n in 0..5 {
        record(&app.state, "product.submitted", if n == 3 { two } else { one }).await;
        app.advance(Duration::seconds(1));
    }
    record(&app.state, "product.accepted", one).await;
    audit::seal_all(&app.state.db).await.expect("sealed");
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;

    let all: Page<AuditEntry> = admin.get("/audit?subject_type=product&count=true").await.read_as();
    assert_eq!(all.total, Some(6));
    assert_eq!(all.items[0].action, "product.accepted");
    assert_eq!(all.items[0].actor, AuditActor::System);
    assert_eq!(all.items[0].detail["from"], "draft");
    assert!(all.items.iter().all(|entry| entry.sequence.is_some() && entry.hash.is_some()));

    let mut seen = Vec::new();
    let mut path = format!("/audit?subject_id={one}&limit=2");
    loop {
        let page: Page<AuditEntry> = admin.get(&path).await.read_as();
        seen.extend(page.items.into_iter().map(|entry| entry.id));
        let Some(cursor) = page.next_cursor else { break };
        path = format!("/audit?subject_id={one}&limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 5);
    let of_two: Page<AuditEntry> = admin.get(&format!("/audit?subject_id={two}")).await.read_as();
    assert_eq!(of_two.items.len(), 1);

    let from = (app.state.clock.now() - Duration::seconds(2))
        .to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let late: Page<AuditEntry> =
        admin.get(&format!("/audit?subject_type=product&from={from}")).await.read_as();
    assert_eq!(late.items.len(), 3);
    let early: Page<AuditEntry> =
        admin.get(&format!("/audit?subject_type=product&to={from}")).await.read_as();
    assert_eq!(early.items.len(), 3);
    let nobody: Page<AuditEntry> = admin.get(&format!("/audit?actor_id={one}")).await.read_as();
    assert!(nobody.items.is_empty());
}

#[actix_web::test]
async fn nobody_else_reads_the_audit() {
    let app = TestApp::start().await;
    assert_problem(&app.client().get("/audit").await, 401, "unauthenticated");
    let officer = app.signed_in("officer", &[role(Role::IntakeOfficer)]).await;
    assert_problem(&officer.get("/audit").await, 403, "forbidden");
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    for (query, code) in [
        ("subject_id=x", "invalid_parameter"),
        ("from=yesterday", "invalid_parameter"),
        ("surprise=1", "invalid_parameter"),
        ("cursor=AAAA", "invalid_cursor"),
    ] {
        assert_problem(&admin.get(&format!("/audit?{query}")).await, 400, code);
    }
}
