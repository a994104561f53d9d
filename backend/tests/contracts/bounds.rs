//! What fits into a request must not keep the server busy: nothing here grows with the square of its size.
//! The bound of time is far above what a slow machine needs and far below what a square would.

use std::time::{Duration, Instant};

use nq57_shared::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::document::{Operation, operations};
use crate::harness::{TestApp, assert_problem, role};
use crate::products::stories::draft_with;

const AT_ONCE: Duration = Duration::from_secs(8);

#[actix_web::test]
async fn a_body_full_of_little_things_is_refused_at_once_and_shortly() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    // Nearly as much as a body may have.
    let distinct: Value = (0..60_000).map(|n| format!("{n:x}")).collect();
    let empty: Value = (0..150_000).map(|_| "").collect();
    let deployments: Value = (0..15_000).map(|_| json!({"customer": "", "place": "x"})).collect();
    for (field, value) in [
        ("sectors", distinct),
        ("links", json!(vec!["x"; 110_000])),
        ("links", empty),
        ("deployments", deployments),
    ] {
        let began = Instant::now();
        let answer = lan.post("/products", &draft_with(&[(field, value)])).await;
        assert!(began.elapsed() < AT_ONCE, "{field}: {:?}", began.elapsed());
        assert!(answer.body.len() < 64 * 1024, "{field}: {} bytes", answer.body.len());
        assert!(matches!(answer.status, 201 | 422), "{field}: {}", answer.text());
    }
    let nested = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let call = lan.call(Method::POST, "/products").header("Content-Type", "application/json");
    assert_problem(&call.body(nested).send().await, 400, "malformed_body");
}

#[actix_web::test]
async fn a_head_full_of_little_things_is_answered_at_once() {
    let app = TestApp::start().await;
    let client = app.client();
    let began = Instant::now();
    let sectors = "sector=a&".repeat(880);
    let many = client.get(&format!("/products?{sectors}facets=true")).await;
    assert_eq!(many.status, 200, "{}", many.text());
    let unknown = "x=1&".repeat(2000);
    assert_problem(&client.get(&format!("/products?{unknown}")).await, 400, "invalid_parameter");
    let list = |one: &str| vec![one; 30_000 / (one.len() + 1)].join(",");
    for (name, one) in [
        ("If-None-Match", "\"1-x\""),
        ("Accept-Language", "xx"),
        ("Accept-Encoding", "x;q=0.1"),
        ("Cookie", "a=b;"),
        ("X-Forwarded-For", "127.0.0.1"),
    ] {
        for path in ["/site", "/site?", "/me"] {
            let answer = client.call(Method::GET, path).header(name, list(one)).send().await;
            assert!(matches!(answer.status, 200 | 401), "{name}: {}", answer.status);
        }
    }
    let too_long = client.call(Method::GET, "/me").header("If-None-Match", list("\"1\"").repeat(2));
    assert_problem(&too_long.send().await, 431, "headers_too_large");
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
}

/// Each word is a condition of its own: a thousand of them overflowed the stack of the server.
#[actix_web::test]
async fn more_words_than_anybody_looks_for_are_refused_by_every_list_that_takes_words() {
    let app = TestApp::start().await;
    let roles = [Role::Administrator, Role::PanelChair].map(role);
    let admin = app.signed_in("admin", &roles).await;
    let takes_words = |operation: &Operation| {
        let parameters = operation.value["parameters"].as_array().cloned().unwrap_or_default();
        parameters.iter().any(|parameter| parameter["name"] == "q")
    };
    let lists: Vec<Operation> = operations().into_iter().filter(takes_words).collect();
    assert!(lists.len() >= 5, "only {} lists", lists.len());
    for list in lists {
        let words = vec!["a"; 1500].join("+");
        for q in [words.as_str(), &"a".repeat(201)] {
            let answer = admin.get(&format!("{}?q={q}", list.path)).await;
            assert_problem(&answer, 400, "invalid_parameter");
        }
        let most = vec!["a"; 100].join("+");
        admin.get(&format!("{}?q={most}", list.path)).await.expect(200);
    }
}
