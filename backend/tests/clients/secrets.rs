//! Keys and secrets: two of a kind, shown once, ended at once, and never in an address.

use std::time::{Duration, Instant};

use nq57_backend::identity::clients;
use nq57_shared::access::Role;
use nq57_shared::audit::AuditEntry;
use nq57_shared::clients::{ApiClient, ApiClientState};
use nq57_shared::notifications::NotificationPage;
use nq57_shared::page::Page;
use reqwest::Method;
use serde_json::json;

use super::{Agency, reader, with};
use crate::contracts::secrets::everything;
use crate::harness::{Client, TestApp, assert_problem, role};

async fn revoke(agency: &Agency, client: &ApiClient, which: usize) {
    let secret = agency.read(client).await.secrets[which].id;
    let path = format!("/api-clients/{}/secrets/{secret}", client.id);
    agency.manager.delete(&path).await.expect(204);
}

#[actix_web::test]
async fn two_of_a_kind_are_live_so_that_one_takes_the_place_of_the_other() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let old = agency.caller(&app, &client).await;
    old.get("/products").await.expect(200);
    let new = agency.caller(&app, &client).await;
    new.get("/products").await.expect(200);
    let third = agency.make_secret(&client, &json!({"kind": "key"})).await;
    assert_problem(&third, 409, "too_many_secrets");
    agency.secret(&client, "client_secret").await;

    // The page shows which one was used last; the latest comes first.
    app.advance(chrono::Duration::minutes(6));
    let again = new.get("/products").await;
    again.expect(200);
    clients::write_requests(app.state.clone()).await.expect("written");
    let agency = Agency { manager: app.sign_in(agency.manager.account()).await, ..agency };
    let agency = Agency { admin: app.sign_in(agency.admin.account()).await, ..agency };
    let keys = agency.read(&client).await.secrets;
    assert!(keys[1].last_used_at <= keys[2].last_used_at || keys[2].last_used_at.is_some());
    assert_eq!(keys[1].last_used_address.as_deref(), Some("127.0.0.1"));
    revoke(&agency, &client, 2).await;
    assert_problem(&old.get("/products").await, 401, "secret_revoked");
    new.get("/products").await.expect(200);
    agency.secret(&client, "key").await;
    // Revoking again changes nothing.
    let seen = agency.revision(&client).await;
    revoke(&agency, &client, 3).await;
    assert_eq!(agency.revision(&client).await, seen);
}

#[actix_web::test]
async fn a_secret_is_answered_once_and_kept_as_a_digest() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let path = format!("/api-clients/{}/secrets", client.id);
    let seen = agency.revision(&client).await;
    let ask = async || {
        let call = agency.manager.call(Method::POST, &path).if_match(seen);
        call.idempotency_key("once").json(&json!({"kind": "key"})).send().await
    };
    let made = ask().await.expect(201);
    assert_eq!(made.header("cache-control"), "private, no-store");
    let secret = made.json()["secret"].as_str().expect("a secret").to_owned();
    assert_problem(&ask().await, 412, "stale_revision");
    let read = agency.manager.get(&format!("/api-clients/{}", client.id)).await.text();
    let tail = &secret[14..];
    assert!(!read.contains(tail) && !everything(&app).await.contains(tail));
    assert!(read.contains(&secret[..13]), "it is told from others by its beginning");
}

#[actix_web::test]
async fn a_mistyped_key_is_refused_without_asking_the_database() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let key = agency.secret(&agency.make(&reader()).await, "key").await.secret;
    let wrong = if key.ends_with('0') { "1" } else { "0" };
    let mistyped = with(&app, &format!("{}{wrong}", &key[..key.len() - 1]));
    let asked = app
        .statements_of(async {
            assert_problem(&mistyped.get("/products").await, 401, "unauthenticated");
            assert_problem(&with(&app, "nq57_").get("/cases").await, 401, "unauthenticated");
        })
        .await;
    assert!(asked.is_empty(), "{asked:?}");
    // One that is well typed and nobody's looks the same.
    let unknown = nq57_platform::http::api_key::NewKey::new().expect("random");
    let unknown = with(&app, unknown.text()).get("/products").await;
    assert_problem(&unknown, 401, "unauthenticated");
}

#[actix_web::test]
async fn a_burst_of_requests_asks_the_database_once_who_it_is() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let caller = agency.caller(&app, &agency.make(&reader()).await).await;
    caller.get("/reference").await.expect(200);
    let asked = app.statements_of(async { drop(caller.get("/reference").await.expect(200)) }).await;
    assert!(asked.is_empty(), "{asked:?}");
}

#[actix_web::test]
async fn a_key_in_an_address_is_refused_and_revoked_and_its_owner_is_told() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let key = agency.secret(&client, "key").await;
    let secret = agency.secret(&client, "client_secret").await.secret;
    let stranger = app.client();
    // Whoever sends it, wherever: also where nothing is, and where a page is.
    let refused = stranger.get(&format!("/products?key={}", key.secret)).await;
    assert_problem(&refused, 400, "secret_in_address");
    assert_problem(&with(&app, &key.secret).get("/products").await, 401, "secret_revoked");
    let page = format!("/ung-dung?x={}", secret.replace('_', "%5F"));
    let refused = stranger.call_root(Method::GET, &page).send().await;
    assert_problem(&refused, 400, "secret_in_address");
    assert!(agency.read(&client).await.secrets.iter().all(|secret| !secret.is_live));
    let told: NotificationPage = agency.manager.get("/notifications").await.read_as();
    let of_kind = told.items.iter().filter(|one| one.kind == "api_secret_exposed");
    assert_eq!(of_kind.count(), 2);
    // Again, and one that nobody has: refused, and nobody is told anything.
    for key in [key.secret, nq57_platform::http::api_key::NewKey::new().unwrap().text().into()] {
        let refused = stranger.get(&format!("/products?key={key}")).await;
        assert_problem(&refused, 400, "secret_in_address");
    }
    let told: NotificationPage = agency.manager.get("/notifications").await.read_as();
    assert_eq!(told.items.len(), 2);
    let entries: Page<AuditEntry> =
        agency.admin.get("/audit?action=api_client.secret_exposed").await.read_as();
    assert_eq!(entries.items.len(), 2);
}

#[actix_web::test]
async fn whatever_ends_a_client_ends_it_at_once_and_says_why_to_whoever_has_the_key() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let mut body = reader();
    body["expires_at"] = json!("2026-11-23T03:00:00Z");
    let client = agency.make(&body).await;
    let soon = json!({"kind": "key", "expires_at": "2026-11-23T02:05:00Z"});
    let short = agency.make_secret(&client, &soon).await.expect(201).json();
    let short = with(&app, short["secret"].as_str().expect("a secret"));
    let caller = agency.caller(&app, &client).await;
    caller.get("/products").await.expect(200);

    agency.send(&agency.manager, &client, "suspend").await.expect(200);
    assert_problem(&caller.get("/products").await, 401, "client_suspended");
    assert_eq!(agency.read(&client).await.state, ApiClientState::Suspended);
    agency.send(&agency.manager, &client, "resume").await.expect(200);
    caller.get("/products").await.expect(200);

    // The organisation is changed, and has to be confirmed again.
    let path = format!("/organisations/{}", agency.id);
    let seen = agency.manager.get(&path).await.revision();
    agency.manager.patch(&path, seen, &json!({"name": "Sở Mới"})).await.expect(200);
    assert_problem(&caller.get("/products").await, 401, "client_suspended");
    assert_eq!(agency.read(&client).await.state, ApiClientState::OrganisationUnconfirmed);
    agency.verify().await;
    caller.get("/products").await.expect(200);

    short.get("/products").await.expect(200);
    app.advance(chrono::Duration::minutes(5));
    assert_problem(&short.get("/products").await, 401, "secret_expired");
    caller.get("/products").await.expect(200);
    let deleted = agency.make(&reader()).await;
    let ended = agency.caller(&app, &deleted).await;
    ended.get("/products").await.expect(200);
    let call = agency.manager.call(Method::DELETE, &format!("/api-clients/{}", deleted.id));
    call.if_match(agency.revision(&deleted).await).send().await.expect(204);
    assert_problem(&ended.get("/products").await, 401, "secret_revoked");
    let gone = agency.manager.get(&format!("/api-clients/{}", deleted.id)).await;
    assert_problem(&gone, 404, "not_found");
    app.advance(chrono::Duration::minutes(55));
    assert_problem(&caller.get("/products").await, 401, "client_expired");
}

#[actix_web::test]
async fn a_client_comes_from_its_networks_or_not_at_all() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let mut body = reader();
    body["networks"] = json!(["203.0.113.0/24"]);
    let client = agency.make(&body).await;
    let caller = agency.caller(&app, &client).await;
    for path in ["/products", "/reference", "/cases"] {
        assert_problem(&caller.get(path).await, 403, "network_not_allowed");
    }
    // Whoever is no trusted proxy is not believed.
    let claimed = caller.call(Method::GET, "/products").header("X-Forwarded-For", "203.0.113.7");
    assert_problem(&claimed.send().await, 403, "network_not_allowed");
    agency.edit(&client, &json!({"networks": ["127.0.0.1", "2001:db8::1/32"]})).await.expect(200);
    caller.get("/products").await.expect(200);
    assert_eq!(agency.read(&client).await.networks, ["127.0.0.1/32", "2001:db8::/32"]);
}

#[actix_web::test]
async fn what_one_server_ends_the_other_ends_within_seconds() {
    let app = TestApp::start().await;
    let second = app.sibling().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let here = agency.caller(&app, &client).await;
    let there: Client = here.at(&second.address);
    here.get("/products").await.expect(200);
    there.get("/products").await.expect(200);
    agency.send(&agency.manager, &client, "suspend").await.expect(200);
    assert_problem(&here.get("/products").await, 401, "client_suspended");
    let suspended = Instant::now();
    while there.get("/products").await.status != 401 {
        assert!(suspended.elapsed() < Duration::from_secs(8), "the other server still lets it in");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[actix_web::test]
async fn a_key_is_no_secret_and_a_secret_is_no_key() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let secret = agency.secret(&client, "client_secret").await.secret;
    assert_problem(&with(&app, &secret).get("/products").await, 401, "unauthenticated");
    // Nor does an official's role help somebody who has the key of a client.
    let intake = app.signed_in("intake", &[role(Role::IntakeOfficer)]).await;
    intake.get("/cases").await.expect(200);
    assert_problem(&agency.caller(&app, &client).await.get("/cases").await, 403, "scope_missing");
}
