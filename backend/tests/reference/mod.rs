//! Reference data is read by everybody from memory; administrators add to it, on all servers.

use nq57_platform::reference;
use nq57_shared::access::Role;
use nq57_shared::reference::{ReferenceList, ReferenceLists};
use serde_json::{Value, json};

use crate::harness::{TestApp, assert_problem, role};

fn sector(name: &str) -> Value {
    json!({ "name": { "vi": name, "en": name }, "source": "Quyết định 1", "sort": 900 })
}

#[actix_web::test]
async fn everybody_reads_the_lists_and_saves_the_body() {
    let app = TestApp::start().await;
    let lists: ReferenceLists = app.client().get("/reference").await.read_as();
    assert!(lists.items.len() >= 11);
    assert!(lists.items.iter().any(|list| list.list == "provinces" && list.entries == 34));

    let first = app.client().get("/reference/provinces").await.expect(200);
    let provinces: ReferenceList = first.read_as();
    assert_eq!(provinces.entries[0].name.vi, "Hà Nội");
    assert!(first.header("cache-control").starts_with("public, max-age=60"));
    let again = app
        .client()
        .call(reqwest::Method::GET, "/reference/provinces")
        .header("If-None-Match", first.header("etag"))
        .send()
        .await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_problem(&app.client().get("/reference/unknown").await, 404, "not_found");
}

#[actix_web::test]
async fn an_administrator_adds_an_entry_and_other_servers_take_it_over() {
    let app = TestApp::start().await;
    let other = app.sibling().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let before = app.client().get("/reference/sectors").await.expect(200);
    let path = "/reference/sectors/space";
    let made = admin.put(path, before.revision(), &sector("Vũ trụ")).await.expect(200);
    assert_eq!(made.json()["name"]["vi"], "Vũ trụ");
    assert_eq!(made.revision(), before.revision() + 1);
    assert_problem(
        &admin.put(path, before.revision(), &sector("Khác")).await,
        412,
        "stale_revision",
    );

    let list: ReferenceList = app.client().get("/reference/sectors").await.read_as();
    assert_eq!(list.entries.last().map(|entry| entry.code.as_str()), Some("space"));
    reference::refresh(other.state.clone()).await.expect("refreshed");
    let there: ReferenceList = other.client().get("/reference/sectors").await.read_as();
    assert!(there.entry("space").is_some());

    // A newer version of the program leaves it alone.
    reference::install(&app.state.db, &app.state.clock).await.expect("installed");
    reference::refresh(app.state.clone()).await.expect("refreshed");
    assert!(app.state.reference.snapshot().sector("space").is_some());
    let audit = admin.get("/audit?action=reference.entry_recorded").await.json();
    assert_eq!(audit["items"][0]["detail"]["code"], "space");
    let changed = &audit["items"][0]["detail"]["changed"]["entry"];
    assert_eq!((&changed[0], &changed[1]["name"]["vi"]), (&Value::Null, &"Vũ trụ".into()));
    let seen = app.client().get("/reference/sectors").await.expect(200).revision();
    admin.put(path, seen, &sector("Không gian vũ trụ")).await.expect(200);
    let audit = admin.get("/audit?action=reference.entry_recorded").await.json();
    let changed = &audit["items"][0]["detail"]["changed"]["entry"];
    assert_eq!(changed[0]["name"]["vi"], "Vũ trụ");
    assert_eq!(changed[1]["name"]["vi"], "Không gian vũ trụ");
}

#[actix_web::test]
async fn a_new_holiday_moves_deadlines_at_once() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let day = "2026-12-01".parse().expect("a day");
    assert!(app.state.reference.snapshot().calendar().is_working_day(day));
    let list = app.client().get("/reference/holidays").await;
    let holiday = json!({
        "name": { "vi": "Nghỉ", "en": "Off" }, "source": "Thông báo", "sort": 1,
        "extra": { "date": "2026-12-01", "kind": "day_off" }
    });
    admin.put("/reference/holidays/2026-12-01", list.revision(), &holiday).await.expect(200);
    assert!(!app.state.reference.snapshot().calendar().is_working_day(day));
    let unreadable =
        json!({ "name": { "vi": "a", "en": "b" }, "source": "c", "extra": { "date": "soon" } });
    let answer = admin.put("/reference/holidays/x", list.revision() + 1, &unreadable).await;
    assert_eq!(assert_problem(&answer, 422, "validation_failed").errors[0].pointer, "/extra");
}

#[actix_web::test]
async fn nobody_else_writes_and_bad_entries_are_named() {
    let app = TestApp::start().await;
    let path = "/reference/sectors/space";
    let body = sector("Vũ trụ");
    assert_problem(&app.client().put(path, 1, &body).await, 401, "unauthenticated");
    let publisher = app.signed_in("publisher", &[role(Role::Publisher)]).await;
    assert_problem(&publisher.put(path, 1, &body).await, 403, "forbidden");
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let without = admin.call(reqwest::Method::PUT, path).json(&body).send().await;
    assert_problem(&without, 428, "revision_required");
    assert_problem(&admin.put("/reference/unknown/x", 1, &body).await, 404, "not_found");
    assert_problem(&admin.put("/reference/sectors/%20x", 1, &body).await, 404, "not_found");
    let bad = json!({
        "name": { "vi": " ", "en": "x" }, "source": "",
        "valid_from": "2026-02-01", "valid_to": "2026-01-01"
    });
    let problem = assert_problem(&admin.put(path, 1, &bad).await, 422, "validation_failed");
    let pointers: Vec<&str> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/name/vi", "/source", "/valid_to"]);
    let unknown = json!({ "name": { "vi": "a", "en": "b" }, "source": "c", "colour": "red" });
    assert_problem(&admin.put(path, 1, &unknown).await, 400, "malformed_body");
    let list: ReferenceList = app.client().get("/reference/sectors").await.read_as();
    assert!(list.entry("space").is_none(), "nothing was written");
}
