//! Making, confirming, changing and stopping clients: who may, what is written down, who is told.

use std::collections::BTreeSet;

use nq57_backend::identity::clients;
use nq57_shared::access::{ClientScope, Role};
use nq57_shared::audit::AuditEntry;
use nq57_shared::clients::{ApiClient, ApiClientEvent, ApiClientSummary};
use nq57_shared::notifications::NotificationPage;
use nq57_shared::page::Page;
use reqwest::Method;
use serde_json::json;

use super::{Agency, of_provinces, reader};
use crate::harness::{Client, TestApp, assert_problem, role};
use crate::organisations::{enter, enterprise};

async fn kinds(who: &Client) -> Vec<String> {
    let page: NotificationPage = who.get("/notifications").await.read_as();
    page.items.into_iter().map(|one| one.kind).collect()
}

#[actix_web::test]
async fn what_goes_beyond_the_organisation_is_in_force_once_it_is_confirmed() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let mut body = of_provinces(&["products:read", "cases:read"], &["92"]);
    body["organisations"] = json!([agency.id]);
    let client = agency.make(&body).await;
    assert!(client.awaits_confirmation);
    assert_eq!(client.in_force.scopes, [ClientScope::ProductsRead]);
    assert!(client.in_force.provinces.is_empty());
    assert_eq!(client.in_force.organisations, [agency.id]);
    assert_eq!(client.allowed_events, [ApiClientEvent::Suspend]);
    assert!(kinds(&agency.admin).await.contains(&"api_client_awaits".to_owned()));
    let caller = agency.caller(&app, &client).await;
    caller.get("/products").await.expect(200);
    assert_problem(&caller.get("/cases").await, 403, "scope_missing");

    assert_problem(&agency.send(&agency.manager, &client, "confirm").await, 403, "forbidden");
    let waiting: Page<ApiClientSummary> =
        agency.admin.get("/api-clients?awaits_confirmation=true").await.read_as();
    assert_eq!(waiting.items.iter().map(|one| one.id).collect::<Vec<_>>(), [client.id]);
    // Confirmed is what was looked at.
    let path = format!("/api-clients/{}/events", client.id);
    let stale = agency.admin.send_event(&path, 1, &json!({"event": "confirm"})).await;
    assert_problem(&stale, 412, "stale_revision");
    let seen: ApiClient = agency.send(&agency.admin, &client, "confirm").await.read_as();
    assert_eq!(seen.in_force, seen.wanted);
    caller.get("/cases").await.expect(200);
    assert!(kinds(&agency.manager).await.contains(&"api_client_confirmed".to_owned()));
    let again = agency.send(&agency.admin, &client, "confirm").await;
    assert_problem(&again, 409, "event_not_possible");

    // More waits, and what there was goes on.
    let more: ApiClient =
        agency.edit(&client, &json!({"provinces": ["92", "01"]})).await.expect(200).read_as();
    assert!(more.awaits_confirmation);
    assert_eq!(more.in_force.provinces, ["92"]);
    caller.get("/cases").await.expect(200);
    // Every access that it ever had is kept by its version.
    let past = async |version| {
        clients::past_access(&app.state.db, client.id, version).await.expect("read")
    };
    assert_eq!(past(1).await.expect("there").scopes, [ClientScope::ProductsRead]);
    assert_eq!(past(2).await.expect("there").provinces, ["92"]);
    assert!(past(3).await.is_none(), "what waits is not in force");
}

#[actix_web::test]
async fn clients_are_for_managers_administrators_and_auditors() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let path = format!("/api-clients/{}", client.id);
    let stranger = app.signed_in("stranger", &[role(Role::IntakeOfficer)]).await;
    let auditor = app.signed_in("auditor", &[role(Role::Auditor)]).await;
    let (requests, secrets) = (format!("{path}/requests"), format!("{path}/secrets"));
    for hidden in [&path, &requests] {
        assert_problem(&stranger.get(hidden).await, 404, "not_found");
        auditor.get(hidden).await.expect(200);
    }
    assert_problem(&stranger.get(&agency.path()).await, 403, "forbidden");
    assert_problem(&stranger.post(&agency.path(), &reader()).await, 403, "forbidden");
    assert_problem(&agency.manager.get("/api-clients").await, 403, "forbidden");
    auditor.get("/api-clients").await.expect(200);
    let seen: ApiClient = auditor.get(&path).await.read_as();
    assert!(!seen.may_edit && seen.allowed_events.is_empty());
    let refused = auditor.post(&agency.path(), &reader()).await;
    assert_problem(&refused, 403, "auditor_reads_only");
    for (who, status, code) in
        [(&stranger, 404, "not_found"), (&auditor, 403, "auditor_reads_only")]
    {
        let seen = client.revision.cast_signed();
        let change = json!({"name": "Của tôi"});
        assert_problem(&who.patch(&path, seen, &change).await, status, code);
        let call = who.call(Method::POST, &secrets).if_match(seen).json(&json!({"kind": "key"}));
        assert_problem(&call.send().await, status, code);
        let call = who.call(Method::DELETE, &path).if_match(seen);
        assert_problem(&call.send().await, status, code);
        assert_problem(&agency.send(who, &client, "suspend").await, status, code);
    }
    // Another manager's organisation is another one.
    let other = app.signed_in("other", &[]).await;
    enter(&other, &enterprise("Công ty Khác")).await;
    assert_problem(&other.get(&path).await, 404, "not_found");
    let page: Page<ApiClientSummary> = agency.manager.get(&agency.path()).await.read_as();
    assert_eq!((page.items.len(), page.items[0].id), (1, client.id));
}

#[actix_web::test]
async fn what_an_administrator_has_suspended_only_an_administrator_resumes() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    agency.send(&agency.admin, &client, "suspend").await.expect(200);
    let seen: ApiClient =
        agency.manager.get(&format!("/api-clients/{}", client.id)).await.read_as();
    assert_eq!(seen.suspension_reason.as_deref(), Some("Lý do của việc này."));
    assert!(seen.allowed_events.is_empty());
    assert_problem(&agency.send(&agency.manager, &client, "resume").await, 403, "forbidden");
    assert!(kinds(&agency.manager).await.contains(&"api_client_suspended".to_owned()));
    let path = format!("/api-clients/{}/events", client.id);
    let silent = json!({"event": "suspend"});
    let silent = agency.admin.send_event(&path, agency.revision(&client).await, &silent).await;
    assert_problem(&silent, 422, "validation_failed");
    agency.send(&agency.admin, &client, "resume").await.expect(200);
    agency.send(&agency.manager, &client, "suspend").await.expect(200);
    agency.send(&agency.manager, &client, "resume").await.expect(200);
    // Suspending it first keeps no administrator from it.
    agency.send(&agency.manager, &client, "suspend").await.expect(200);
    agency.send(&agency.admin, &client, "suspend").await.expect(200);
    assert_problem(&agency.send(&agency.manager, &client, "resume").await, 403, "forbidden");
}

#[actix_web::test]
async fn nothing_is_confirmed_that_was_not_looked_at() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let path = format!("/api-clients/{}/events", client.id);
    let call = agency.admin.call(Method::POST, &path).header("if-match", "*");
    let blind = call.json(&json!({"event": "confirm"})).send().await;
    assert_problem(&blind, 428, "revision_required");
}

#[actix_web::test]
async fn only_a_confirmed_organisation_has_clients_and_only_so_many() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let other = Agency::of(agency.admin.clone(), agency.manager.clone(), "Công ty Mới").await;
    let refused = other.manager.post(&other.path(), &reader()).await;
    assert_problem(&refused, 409, "organisation_unconfirmed");
    for _ in 0..20 {
        agency.make(&reader()).await;
    }
    let refused = agency.manager.post(&agency.path(), &reader()).await;
    assert_problem(&refused, 409, "too_many_clients");
    let first: Page<ApiClientSummary> =
        agency.manager.get(&format!("{}?limit=15&count=true", agency.path())).await.read_as();
    assert_eq!((first.items.len(), first.total), (15, Some(20)));
    let cursor = first.next_cursor.expect("there is more");
    let rest: Page<ApiClientSummary> =
        agency.manager.get(&format!("{}?limit=15&cursor={cursor}", agency.path())).await.read_as();
    let all: BTreeSet<_> = first.items.iter().chain(&rest.items).map(|one| one.id).collect();
    assert_eq!(all.len(), 20);
}

#[actix_web::test]
async fn a_creation_that_is_repeated_makes_one_client() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let create = async |body| {
        let call = agency.manager.call(Method::POST, &agency.path()).idempotency_key("once");
        call.json(&body).send().await
    };
    let (first, again) = (create(reader()).await.expect(201), create(reader()).await.expect(201));
    assert_eq!(first.json(), again.json());
    assert_eq!(first.header("location"), again.header("location"));
    let other = create(of_provinces(&["products:read"], &["92"])).await;
    assert_problem(&other, 422, "idempotency_key_reused");
    let page: Page<ApiClientSummary> = agency.manager.get(&agency.path()).await.read_as();
    assert_eq!(page.items.len(), 1);
}

#[actix_web::test]
async fn every_change_is_in_the_audit_with_old_and_new() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.confirmed(&of_provinces(&["cases:read"], &["92"])).await;
    let key = agency.secret(&client, "key").await;
    agency.edit(&client, &json!({"provinces": ["01"], "name": "Tên khác"})).await.expect(200);
    agency.send(&agency.manager, &client, "suspend").await.expect(200);
    agency.send(&agency.manager, &client, "resume").await.expect(200);
    let path = format!("/api-clients/{}", client.id);
    agency.manager.delete(&format!("{path}/secrets/{}", key.secret_id)).await.expect(204);
    let call = agency.manager.call(Method::DELETE, &path).if_match(agency.revision(&client).await);
    call.send().await.expect(204);
    let entries = format!("/audit?subject_type=api_client&subject_id={}", client.id);
    let entries: Page<AuditEntry> = agency.admin.get(&entries).await.read_as();
    let mut actions: Vec<&str> = entries.items.iter().map(|one| one.action.as_str()).collect();
    actions.reverse();
    assert_eq!(
        actions,
        [
            "api_client.created",
            "api_client.confirmed",
            "api_client.secret_created",
            "api_client.edited",
            "api_client.suspended",
            "api_client.resumed",
            "api_client.secret_revoked",
            "api_client.deleted",
        ]
    );
    let edited = entries.items.iter().find(|one| one.action == "api_client.edited");
    let detail = &edited.expect("there").detail;
    assert_eq!(detail["changed"]["access"][0]["provinces"], json!(["92"]));
    assert_eq!(detail["changed"]["access"][1]["provinces"], json!(["01"]));
    assert_eq!(detail["fields"], json!(["name", "provinces"]));
    assert!(!serde_json::to_string(&entries.items).expect("JSON").contains(&key.secret[14..]));
}

#[actix_web::test]
async fn whatever_is_wrong_is_told_with_its_place() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let bad = json!({
        "name": "x",
        "purpose": "",
        "scopes": ["products:read", "products:read"],
        "networks": [],
    });
    let refused = agency.manager.post(&agency.path(), &bad).await;
    let problem = assert_problem(&refused, 422, "validation_failed");
    let places: Vec<&str> = problem.errors.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(places, ["/name", "/purpose", "/scopes/1"]);
    let mut bad = reader();
    bad["provinces"] = json!(["92", "zz"]);
    bad["organisations"] = json!([agency.id, "01930000-0000-7000-8000-00000000dead"]);
    bad["networks"] = json!(["203.0.113.0/24", "nowhere", "10.0.0.0/33"]);
    bad["expires_at"] = json!("2026-11-23T02:00:00Z");
    let refused = agency.manager.post(&agency.path(), &bad).await;
    let problem = assert_problem(&refused, 422, "validation_failed");
    let places: Vec<&str> = problem.errors.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(
        places,
        ["/provinces/1", "/organisations/1", "/networks/1", "/networks/2", "/expires_at"]
    );
    let mut bad = reader();
    bad["scopes"] = json!(["everything"]);
    let refused = agency.manager.post(&agency.path(), &bad).await;
    assert_problem(&refused, 422, "validation_failed");
    let client = agency.make(&reader()).await;
    let over = json!({"kind": "key", "expires_at": "2026-11-23T02:00:00Z"});
    let refused = agency.make_secret(&client, &over).await;
    assert_problem(&refused, 422, "validation_failed");
}
