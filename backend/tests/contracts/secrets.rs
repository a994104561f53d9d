//! What is said once is not kept: links that were mailed, secrets that were answered.

use nq57_platform::outbox;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::accounts::mailbox;
use crate::harness::TestApp;
use crate::products::stories::Portal;

/// The values of one text column.
async fn column(app: &TestApp, table: &str, column: &str) -> Vec<String> {
    let db = &app.state.db;
    let sql = format!("SELECT {column} AS v FROM {table}");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let text = |row: &sea_orm::QueryResult| row.try_get("", "v").expect("a text");
    rows.expect("read").iter().map(text).collect()
}

/// Every text of every table that a secret could have slipped into.
pub async fn everything(app: &TestApp) -> String {
    let mut all = String::new();
    for (table, names) in [
        ("idempotency_keys", &["answer"] as &[_]),
        ("outbox", &["payload"]),
        ("notifications", &["args"]),
        ("audit_entries", &["action", "detail"]),
        ("products", &["content"]),
        ("case_codes", &["secret_hash"]),
        ("case_transitions", &["event"]),
        ("api_secrets", &["lookup", "digest"]),
        ("api_requests", &["route"]),
    ] {
        for name in names {
            all.push_str(&column(app, table, &format!("COALESCE({name}, '')")).await.join("\n"));
        }
    }
    all
}

#[actix_web::test]
async fn a_letter_that_was_delivered_leaves_no_link_behind() {
    let app = TestApp::start().await;
    let new = json!({
        "email": "lan@test.example", "display_name": "Lan", "password": "mat-khau-rat-dai-57",
    });
    app.client().post("/auth/register", &new).await.expect(202);
    let forgotten = json!({"email": "lan@test.example"});
    app.client().post("/auth/password/forgot", &forgotten).await.expect(202);
    // What was asked for becomes a letter, which waits.
    outbox::deliver_due(&app.state).await.expect("delivered");
    let waiting = column(&app, "outbox", "payload").await;
    assert!(waiting.iter().any(|payload| payload.contains("token=")), "a link waits: {waiting:?}");
    while outbox::deliver_due(&app.state).await.expect("delivered") > 0 {}
    assert!(!mailbox::letters(&app, "lan@test.example").await.is_empty());
    let kept = column(&app, "outbox", "payload").await;
    assert!(kept.len() >= 2 && kept.iter().all(|payload| payload == "{}"), "{kept:?}");
}

#[actix_web::test]
async fn an_answer_with_a_secret_is_not_kept_to_be_repeated() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let path = format!("/products/{}/events", draft.id);
    let call = portal.company.call(reqwest::Method::POST, &path).idempotency_key("once");
    let call = call.if_match(draft.revision.cast_signed()).json(&json!({"event": "submit"}));
    let submitted = call.send().await.expect(200).json();
    let secret = submitted["secret"].as_str().expect("a secret");
    for (table, name) in [
        ("idempotency_keys", "answer"),
        ("outbox", "payload"),
        ("notifications", "args"),
        ("audit_entries", "detail"),
        ("products", "content"),
    ] {
        let kept = column(&portal.app, table, name).await;
        assert!(!kept.iter().any(|text| text.contains(secret)), "{table}.{name} has it");
    }
}
