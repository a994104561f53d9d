//! A POST that is sent again makes nothing again: shown with entering an organisation.

use chrono::Duration;
use futures_util::future::join_all;
use nq57_shared::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, TestApp, assert_problem, role};

fn draft(name: &str) -> Value {
    json!({ "name": name, "kind": "enterprise" })
}

async fn enter(client: &Client, key: &str, draft: &Value) -> Answer {
    let call = client.call(Method::POST, "/organisations").idempotency_key(key);
    call.json(draft).send().await
}

async fn number_of_organisations(client: &Client) -> usize {
    let me = client.get("/me").await.json();
    me["organisations"].as_array().expect("organisations").len()
}

#[actix_web::test]
async fn the_same_key_and_body_gets_the_first_answer() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let first = enter(&founder, "k-1", &draft("Công ty Một")).await.expect(201);
    let again = enter(&founder, "k-1", &draft("Công ty Một")).await.expect(201);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(number_of_organisations(&founder).await, 1);

    let other = enter(&founder, "k-1", &draft("Công ty Hai")).await;
    assert_problem(&other, 422, "idempotency_key_reused");
    enter(&founder, "k-2", &draft("Công ty Hai")).await.expect(201);
    assert_eq!(number_of_organisations(&founder).await, 2);
}

#[actix_web::test]
async fn the_same_key_with_another_query_is_another_request() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let id = enter(&founder, "k", &draft("Công ty Một")).await.expect(201).json()["id"].clone();
    let id = id.as_str().expect("an id");
    let lan = app.sign_in(founder.account()).await;
    let begin = async |query: &str| {
        let call = lan.call(Method::POST, &format!("/products{query}")).idempotency_key("k");
        call.json(&crate::products::stories::draft()).send().await
    };
    let for_all = begin(&format!("?organisation_id={id}")).await.expect(201);
    assert_eq!(for_all.json()["organisation_id"], json!(id));
    assert_problem(&begin("").await, 422, "idempotency_key_reused");
    let again = begin(&format!("?organisation_id={id}")).await.expect(201);
    assert_eq!(again.json()["id"], for_all.json()["id"]);
}

#[actix_web::test]
async fn who_has_lost_the_role_gets_no_answer_again() {
    let app = TestApp::start().await;
    let [first, second] = [
        app.signed_in("admin1", &[role(Role::Administrator)]).await,
        app.signed_in("admin2", &[role(Role::Administrator)]).await,
    ];
    let officer = app.account("officer", &[]).await;
    let give = async || {
        let call = first.call(Method::POST, &format!("/accounts/{officer}/grants"));
        call.idempotency_key("k").json(&json!({"role": "intake_officer"})).send().await
    };
    let given = give().await.expect(201);
    assert_eq!(give().await.expect(201).json(), given.json());
    let path = format!("/accounts/{}", first.account());
    let grant = second.get(&path).await.json()["grants"][0]["id"].clone();
    let grant = grant.as_str().expect("an id");
    second.delete(&format!("{path}/grants/{grant}")).await.expect(204);
    assert_problem(&give().await, 403, "forbidden");
}

#[actix_web::test]
async fn keys_belong_to_their_caller_and_to_a_day() {
    let app = TestApp::start().await;
    let [one, two] = [app.account("one", &[]).await, app.account("two", &[]).await];
    let first = enter(&app.sign_in(one).await, "k", &draft("Công ty Một")).await.expect(201);
    let theirs = enter(&app.sign_in(two).await, "k", &draft("Công ty Hai")).await.expect(201);
    assert_ne!(first.json()["id"], theirs.json()["id"]);

    app.advance(Duration::hours(23));
    let replayed = enter(&app.sign_in(one).await, "k", &draft("Công ty Một")).await.expect(201);
    assert_eq!(replayed.json()["id"], first.json()["id"]);
    app.advance(Duration::hours(2));
    let renewed = enter(&app.sign_in(one).await, "k", &draft("Công ty Ba")).await.expect(201);
    assert_ne!(renewed.json()["id"], first.json()["id"]);
    nq57_platform::http::idempotency::purge(app.state.clone()).await.expect("purged");
    let kept = enter(&app.sign_in(one).await, "k", &draft("Công ty Ba")).await.expect(201);
    assert_eq!(kept.json()["id"], renewed.json()["id"]);
}

#[actix_web::test]
async fn a_failure_is_not_kept_and_a_key_must_be_sound() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let wrong = json!({ "name": "Công ty", "kind": "enterprise", "province_code": "zz" });
    assert_eq!(enter(&founder, "k", &wrong).await.status, 422);
    enter(&founder, "k", &draft("Công ty")).await.expect(201);
    assert_problem(&enter(&founder, &"x".repeat(256), &draft("C")).await, 400, "invalid_header");
}

#[actix_web::test]
async fn many_at_once_at_two_servers_make_one() {
    let app = TestApp::start().await;
    let second = app.sibling().await;
    let founder = app.signed_in("founder", &[]).await;
    let there = founder.at(&second.address);
    let draft = draft("Công ty Một");
    let calls = (0..20).map(|number| {
        let client = if number % 2 == 0 { &founder } else { &there };
        enter(client, "k", &draft)
    });
    let answers = join_all(calls).await;
    assert!(answers.iter().any(|answer| answer.status == 201));
    for answer in &answers {
        if answer.status != 201 {
            assert_problem(answer, 409, "idempotency_in_flight");
        }
    }
    assert_eq!(number_of_organisations(&founder).await, 1);
    enter(&there, "k", &draft).await.expect(201);
}
