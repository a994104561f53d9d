//! What is kept of the requests of clients, and who is told before something ends.

use nq57_backend::identity::clients;
use nq57_shared::clients::ApiRequestPage;
use nq57_shared::notifications::NotificationPage;
use serde_json::json;

use super::{Agency, reader};
use crate::harness::{TestApp, assert_problem};

async fn again(app: &TestApp, agency: Agency) -> Agency {
    Agency {
        id: agency.id,
        admin: app.sign_in(agency.admin.account()).await,
        manager: app.sign_in(agency.manager.account()).await,
    }
}

#[actix_web::test]
async fn requests_are_kept_thirty_days_without_what_they_asked() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let caller = agency.caller(&app, &client).await;
    caller.get("/products?q=bi+mat").await.expect(200);
    caller.get("/products/01930000-0000-7000-8000-00000000dead").await.expect(404);
    let refused = caller.get("/cases").await;
    assert_problem(&refused, 403, "scope_missing");
    app.client().get("/products").await.expect(200);
    clients::write_requests(app.state.clone()).await.expect("written");

    let path = format!("/api-clients/{}/requests", client.id);
    let page: ApiRequestPage = agency.manager.get(&format!("{path}?count=true")).await.read_as();
    let seen: Vec<_> = page.items.iter().map(|one| (one.route.as_str(), one.status)).collect();
    assert_eq!(
        seen,
        [("/api/v1/cases", 403), ("/api/v1/products/{id}", 404), ("/api/v1/products", 200),]
    );
    assert_eq!((page.total, page.failed, page.at_least), (Some(3), Some(2), false));
    assert_eq!(page.items[0].request_id, refused.header("x-request-id"));
    assert_eq!(page.items[0].address, "127.0.0.1");
    let first: ApiRequestPage = agency.manager.get(&format!("{path}?limit=2")).await.read_as();
    let cursor = first.next_cursor.expect("there is more");
    let rest: ApiRequestPage =
        agency.manager.get(&format!("{path}?limit=2&cursor={cursor}")).await.read_as();
    assert_eq!((first.items.len(), rest.items.len(), rest.total), (2, 1, None));

    app.advance(chrono::Duration::days(29));
    clients::purge_requests(app.state.clone()).await.expect("purged");
    let agency = again(&app, agency).await;
    let page: ApiRequestPage = agency.manager.get(&path).await.read_as();
    assert_eq!(page.items.len(), 3);
    app.advance(chrono::Duration::days(2));
    clients::purge_requests(app.state.clone()).await.expect("purged");
    let agency = again(&app, agency).await;
    let page: ApiRequestPage = agency.manager.get(&path).await.read_as();
    assert!(page.items.is_empty());
}

#[actix_web::test]
async fn the_last_use_is_noted_every_five_minutes() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let caller = agency.caller(&app, &client).await;
    let began = app.state.clock.now();
    let used = async |agency: &Agency| agency.read(&client).await.secrets[0].last_used_at;
    assert_eq!(used(&agency).await, None);
    let mut noted = Vec::new();
    for minutes in [0, 4, 2] {
        app.advance(chrono::Duration::minutes(minutes));
        // Whoever changes a client lets it be read again.
        agency.edit(&client, &json!({"purpose": format!("Lần {minutes} phút.")})).await.expect(200);
        caller.get("/products").await.expect(200);
        clients::write_requests(app.state.clone()).await.expect("written");
        noted.push((used(&agency).await.expect("noted") - began).num_minutes());
    }
    assert_eq!(noted, [0, 0, 6]);
}

#[actix_web::test]
async fn the_end_is_told_thirty_seven_and_one_day_before_and_once_each() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let mut body = reader();
    body["expires_at"] = json!("2027-01-22T02:00:00Z");
    let client = agency.make(&body).await;
    let end = json!({"kind": "key", "expires_at": "2027-01-02T02:00:00Z"});
    agency.make_secret(&client, &end).await.expect(201);
    agency.secret(&client, "key").await;
    let mut told = Vec::new();
    let mut agency = agency;
    for days in [5, 5, 10, 14, 4, 10, 5, 6] {
        app.advance(chrono::Duration::days(days));
        for _ in 0..2 {
            clients::remind(app.state.clone()).await.expect("looked at");
        }
        agency = again(&app, agency).await;
        let page: NotificationPage = agency.manager.get("/notifications").await.read_as();
        let count = |kind: &str| page.items.iter().filter(|one| one.kind == kind).count();
        told.push((count("api_secret_ends"), count("api_client_ends")));
    }
    // Days since the beginning: 5, 10, 20, 34, 38, 48, 53, 59; the key ends after 40, the client after 60.
    let expected = [(0, 0), (1, 0), (1, 0), (2, 1), (2, 1), (2, 1), (2, 2), (2, 3)];
    assert_eq!(told, expected);
}
