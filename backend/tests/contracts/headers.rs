//! Headers that every answer carries, and those that decide about caches and other origins.

use nq57_shared::access::Role;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Client, TestApp, assert_problem, role};

const ALWAYS: &[&str] = &[
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cache-control",
    "x-request-id",
];

#[actix_web::test]
async fn every_kind_of_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    let client = app.client();
    let tag = client.get("/site").await.header("etag").to_owned();
    let answers: Vec<(&str, Answer)> = vec![
        ("a cold answer", client.get("/site?").await),
        ("a warm answer", client.get("/site").await),
        (
            "not modified",
            client.call(Method::GET, "/site").header("If-None-Match", tag).send().await,
        ),
        ("not found", client.get("/nothing").await),
        ("wrong method", client.delete("/site").await),
        ("unauthenticated", client.get("/me").await),
        ("bad body", client.post("/auth/login", &1).await),
        ("the document", client.call_root(Method::GET, "/api/openapi.json").send().await),
        ("documentation", client.call_root(Method::GET, "/docs/").send().await),
        ("problem codes", client.call_root(Method::GET, "/docs/problems").send().await),
        ("keys", client.call_root(Method::GET, "/.well-known/jwks.json").send().await),
        ("liveness", client.call_root(Method::GET, "/livez").send().await),
        (
            "a page",
            client.call_root(Method::GET, "/products").header("Accept", "text/html").send().await,
        ),
        ("preflight", preflight(&client, "https://else.example", "GET").await),
    ];
    for (kind, answer) in answers {
        for name in ALWAYS {
            assert!(!answer.header(name).is_empty(), "{kind}: {name} is missing");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{kind}: {policy}");
        assert!(!policy.contains("script-src 'self' 'unsafe-inline'"), "{kind}: {policy}");
    }
}

#[actix_web::test]
async fn the_id_of_a_request_is_ours_whatever_the_caller_calls_it() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let enter = async |name: &str| {
        let call = founder.call(Method::POST, "/organisations").header("X-Request-Id", "order-66");
        let body = json!({"name": name, "kind": "enterprise"});
        call.json(&body).send().await.expect(201).header("x-request-id").to_owned()
    };
    let ids = [enter("Công ty Một").await, enter("Công ty Hai").await];
    assert_ne!(ids[0], ids[1], "new for each request");
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let entries = admin.get("/audit?action=organisation.created").await.expect(200).json();
    let audited: Vec<&str> = entries["items"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| entry["request_id"].as_str().expect("an id"))
        .collect();
    assert_eq!(audited, [ids[1].as_str(), ids[0].as_str()]);
    let warm = app.client().call(Method::GET, "/site").header("X-Request-Id", "order-66");
    assert_ne!(warm.send().await.header("x-request-id"), "order-66");
}

#[actix_web::test]
async fn a_method_that_a_path_lacks_is_405_with_those_that_it_has() {
    let app = TestApp::start().await;
    for (method, path, allow) in [
        (Method::PATCH, "/products/statistics", "GET, HEAD"),
        (Method::DELETE, "/products", "GET, HEAD, POST"),
        (Method::OPTIONS, "/site", "GET, HEAD"),
        (Method::PUT, "/products/01930000-0000-7000-8000-000000000000", "GET, HEAD, PATCH"),
    ] {
        let answer = app.client().call(method, path).send().await;
        assert_problem(&answer, 405, "method_not_allowed");
        assert_eq!(answer.header("allow"), allow, "{path}");
    }
}

#[actix_web::test]
async fn public_answers_are_cached_by_tag_and_private_ones_are_not() {
    let app = TestApp::start().await;
    let first = app.client().get("/site").await.expect(200);
    assert_eq!(first.header("cache-control"), "public, max-age=60, stale-while-revalidate=300");
    assert!(first.header("vary").contains("Authorization"));
    let again =
        app.client().call(Method::GET, "/site").header("If-None-Match", first.header("etag"));
    let again = again.send().await.expect(304);
    assert!(again.body.is_empty());
    assert_eq!(again.header("etag"), first.header("etag"));

    let me = app.signed_in("reader", &[]).await.get("/me").await.expect(200);
    assert_eq!(me.header("cache-control"), "private, no-store");
}

#[actix_web::test]
async fn warm_answers_come_packed_as_the_caller_takes_them() {
    let app = TestApp::start().await;
    let path = "/api/openapi.json";
    for (accepted, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", "")] {
        let call = app.client().call_root(Method::GET, path).header("Accept-Encoding", accepted);
        assert_eq!(call.send().await.expect(200).header("content-encoding"), coding);
    }
}

#[actix_web::test]
async fn head_answers_like_get_without_a_body() {
    let app = TestApp::start().await;
    for path in ["/site", "/site?"] {
        let head = app.client().call(Method::HEAD, path).send().await.expect(200);
        assert!(head.body.is_empty());
        assert_eq!(head.header("etag"), app.client().get(path).await.header("etag"));
    }
}

#[actix_web::test]
async fn anybody_may_read_what_is_public_and_only_configured_origins_the_rest() {
    let ours = "https://partner.example";
    let app = TestApp::start_with(|config| config.http.allowed_origins = vec![ours.into()]).await;
    let client = app.client();
    let read = async |path: &str, origin: &str| {
        client.call(Method::GET, path).header("Origin", origin).send().await
    };
    let origin_of = |answer: &Answer| answer.header("access-control-allow-origin").to_owned();
    assert_eq!(origin_of(&read("/site", "https://else.example").await), "*");
    assert_eq!(origin_of(&read("/site", "https://else.example").await), "*", "warm as well");
    assert_eq!(origin_of(&read("/me", "https://else.example").await), "");
    let mine = read("/me", ours).await;
    assert_eq!(origin_of(&mine), ours);
    // A cache between must not give one origin what another got.
    for path in ["/site", "/site?", "/me", "/products", "/nothing"] {
        for answer in [read(path, ours).await, client.get(path).await] {
            let vary = answer.headers.get_all("vary").iter();
            let vary: Vec<_> = vary.map(|value| value.to_str().expect("text")).collect();
            assert_eq!(vary.join(", ").matches("Origin").count(), 1, "{path}: {vary:?}");
        }
    }
    assert_eq!(mine.header("access-control-allow-credentials"), "");

    let foreign = preflight(&client, "https://else.example", "GET").await.expect(204);
    assert_eq!(origin_of(&foreign), "*");
    assert!(!foreign.header("access-control-allow-headers").contains("Authorization"));
    let foreign = preflight(&client, "https://else.example", "POST").await.expect(204);
    assert_eq!(origin_of(&foreign), "");
    let partner = preflight(&client, ours, "PATCH").await.expect(204);
    assert_eq!(origin_of(&partner), ours);
    assert!(partner.header("access-control-allow-headers").contains("If-Match"));
}

async fn preflight(client: &Client, origin: &str, method: &str) -> Answer {
    client
        .call(Method::OPTIONS, "/site")
        .header("Origin", origin)
        .header("Access-Control-Request-Method", method)
        .send()
        .await
}

#[actix_web::test]
async fn limits_tell_what_is_left_and_when_to_come_back() {
    let app = TestApp::start_with(|config| config.limits.reads_per_minute = 3).await;
    let reader = app.signed_in("reader", &[]).await;
    let first = reader.get("/me").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"read\";q=3;w=60");
    assert!(
        first.header("ratelimit").starts_with("\"read\";r=2;"),
        "{}",
        first.header("ratelimit")
    );
    reader.get("/me").await.expect(200);
    reader.get("/me").await.expect(200);
    let refused = reader.get("/me").await;
    crate::harness::assert_problem(&refused, 429, "too_many_requests");
    assert!(
        refused
            .header("retry-after")
            .parse::<u32>()
            .is_ok_and(|seconds| (1..=60).contains(&seconds))
    );
    let other = app.signed_in("other", &[]).await;
    other.get("/me").await.expect(200);
}

#[actix_web::test]
async fn behind_https_the_server_alone_asks_for_https() {
    const HEADER: &str = "strict-transport-security";
    let plain = TestApp::start().await;
    assert_eq!(plain.client().get("/site").await.header(HEADER), "");
    let app = TestApp::start_with(|config| {
        config.http.public_url = Some("https://nq57.example".to_owned());
    });
    let answer = app.await.client().get("/site").await;
    assert_eq!(answer.headers.get_all(HEADER).iter().count(), 1);
    let proxy = include_str!("../../../deploy/nginx.conf").to_lowercase();
    assert!(!proxy.contains(&format!("add_header {HEADER}")), "browsers read the first of two");
}
