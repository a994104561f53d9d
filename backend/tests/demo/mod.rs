//! The demo content.

use std::collections::BTreeSet;

use nq57_backend::demo;
use nq57_shared::products::{ProductPage, ProductState, ProductStatistics};
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};

/// The accounts that the documentation names.
const ACCOUNTS: [&str; 17] = [
    "admin",
    "intake",
    "chair",
    "evaluator1",
    "evaluator2",
    "evaluator3",
    "publisher",
    "company",
    "citizen",
    "coordinator",
    "handler",
    "signer",
    "reporter.hanoi",
    "approver.hanoi",
    "verifier",
    "office",
    "leader",
];

async fn log_in(app: &TestApp, name: &str) -> Value {
    let body = json!({"email": format!("{name}@nq57.example"), "password": demo::PASSWORD});
    app.client().post("/auth/login", &body).await.expect(200).json()
}

async fn signed_in(app: &TestApp, name: &str) -> Client {
    let account = log_in(app, name).await["account"]["id"].as_str().expect("an id").to_owned();
    app.sign_in(account.parse().expect("an id")).await
}

#[actix_web::test]
async fn the_demo_shows_every_state_and_seeding_twice_changes_nothing() {
    let app = TestApp::start_with(|config| config.demo = true).await;
    assert!(demo::seed(&app.state).await.expect("seeded"));
    let statistics =
        || async { app.client().get("/products/statistics").await.read_as::<ProductStatistics>() };
    let first = statistics().await;
    assert!(!demo::seed(&app.state).await.expect("not seeded again"));
    assert_eq!(statistics().await, first);
    assert!(first.published >= 71, "{}", first.published);
    let shown: BTreeSet<&str> = first
        .states
        .iter()
        .filter(|state| state.count > 0)
        .map(|state| state.code.as_str())
        .collect();
    // What is being written is counted as what is public meanwhile, or not at all.
    let sent = ProductState::ALL.iter().filter(|state| **state != ProductState::Draft);
    let all: BTreeSet<&str> = sent.map(|state| state.as_str()).collect();
    assert_eq!(shown, all);
    assert_eq!(first.states.iter().map(|state| state.count).sum::<u64>(), first.received);
    assert!(first.provinces.len() >= 30 && first.sectors.len() >= 14);

    for name in ACCOUNTS {
        let session = log_in(&app, name).await;
        assert!(session["access_token"].is_string(), "{name}");
    }
    let company = signed_in(&app, "company").await;
    let own: ProductPage = company.get("/products?mine=true&limit=100").await.read_as();
    let states: BTreeSet<_> = own.items.iter().map(|one| one.state).collect();
    assert!(
        states.contains(&ProductState::Draft) && states.contains(&ProductState::MoreInformation)
    );
    assert!(own.items.len() >= 5, "{states:?}");
    let citizen = signed_in(&app, "citizen").await;
    let own: ProductPage = citizen.get("/products?mine=true").await.read_as();
    assert!(!own.items.is_empty());

    let chair = signed_in(&app, "chair").await;
    assert!(
        !chair.get("/my-work").await.expect(200).json()["items"].as_array().unwrap().is_empty()
    );
    let inbox = signed_in(&app, "intake").await.get("/notifications").await.expect(200).json();
    assert!(!inbox["items"].as_array().unwrap().is_empty());
    let found: ProductPage = app.client().get("/products?q=lua+trung").await.read_as();
    assert!(found.items.iter().any(|one| one.title.contains("Lúa Trũng")));
    let site = app.client().get("/site").await.expect(200).json();
    assert_eq!(site["demo"], json!(true));
    replies_to_officers_stand_in_no_public_text(&app).await;
}

/// What a submitter answers to an officer is read by officers, in the history.
async fn replies_to_officers_stand_in_no_public_text(app: &TestApp) {
    let texts: Value = serde_json::from_str(include_str!("../../demo/reviews.json")).expect("JSON");
    let replies: Vec<&str> = texts["information_answers"]
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(Value::as_str)
        .collect();
    let public = app.client().get("/products?limit=100").await.expect(200).json();
    let officer = signed_in(app, "intake").await;
    let mut is_read = false;
    for product in public["items"].as_array().expect("items") {
        let path = format!("/products/{}", product["id"].as_str().expect("an id"));
        let shown = app.client().get(&path).await.expect(200).text();
        let history = app.client().get(&format!("{path}/history")).await.expect(200).text();
        for reply in &replies {
            assert!(!shown.contains(reply), "{path} says {reply}");
            assert!(!history.contains(reply), "the history of {path} says {reply}");
        }
        if !is_read {
            let seen = officer.get(&format!("{path}/history")).await.expect(200).text();
            is_read = replies.iter().any(|reply| seen.contains(reply));
        }
    }
    assert!(is_read, "officers read none of them");
}

#[actix_web::test]
async fn seeding_leaves_a_used_database_alone() {
    let app = TestApp::start().await;
    app.account("somebody", &[]).await;
    assert!(!demo::seed(&app.state).await.expect("left alone"));
    let page: ProductPage = app.client().get("/products").await.read_as();
    assert!(page.items.is_empty());
}

#[actix_web::test]
async fn the_past_of_the_demo_sends_no_mail() {
    let app = TestApp::start().await;
    demo::seed(&app.state).await.expect("seeded");
    assert_eq!(nq57_platform::outbox::deliver_due(&app.state).await.expect("delivered"), 0);
}
