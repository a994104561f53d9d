//! Whatever goes wrong, the answer is a problem document, also where the framework refuses by itself.

use std::io::{Read, Write};
use std::net::TcpStream;

use nq57_platform::http::frame::Frame;
use reqwest::Method;
use serde_json::json;

use crate::harness::{TestApp, assert_problem};

#[actix_web::test]
async fn unknown_paths_and_wrong_methods() {
    let app = TestApp::start().await;
    let client = app.client();
    assert_problem(&client.get("/nothing-here").await, 404, "not_found");
    assert_problem(&client.get("/").await, 404, "not_found");
    let outside = client.call_root(Method::GET, "/nothing-here.js").send().await;
    assert_problem(&outside, 404, "not_found");
    let posted = client.call_root(Method::POST, "/").send().await;
    assert_problem(&posted, 404, "not_found");

    // One that only the router reads as ours would pass by what stands before every operation.
    let written = client.call_root(Method::GET, "/%61pi/v1/products/statistics").send().await;
    assert_problem(&written, 404, "not_found");

    let wrong = client.call(Method::DELETE, "/site").send().await;
    assert_problem(&wrong, 405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "GET, HEAD");
}

#[actix_web::test]
async fn bodies_that_cannot_be_read() {
    let app = TestApp::start().await;
    let log_in = || app.client().call(Method::POST, "/auth/login");
    let json = |body: &'static str| log_in().header("Content-Type", "application/json").body(body);

    let problem = assert_problem(&json("{").send().await, 400, "malformed_body");
    assert_eq!(problem.detail.as_deref(), Some("Not JSON at line 1, column 1."));
    assert_problem(&json("").send().await, 400, "malformed_body");
    assert_problem(&json("{}{}").send().await, 422, "validation_failed");

    let wrong_type = json(r#"{"email": 1, "password": "x"}"#).send().await;
    let problem = assert_problem(&wrong_type, 400, "malformed_body");
    assert_eq!(problem.errors[0].pointer, "/email");

    let unknown = json(r#"{"email": "a@b.example", "password": "x", "admin": true}"#).send().await;
    let problem = assert_problem(&unknown, 400, "malformed_body");
    assert_eq!(problem.errors[0].pointer, "/admin");

    let missing = json(r#"{"email": "a@b.example"}"#).send().await;
    let problem = assert_problem(&missing, 422, "validation_failed");
    assert_eq!(problem.errors[0].pointer, "/password");

    assert_problem(&log_in().body("x=1").send().await, 415, "unsupported_media_type");
    let form = log_in().header("Content-Type", "application/x-www-form-urlencoded").body("x=1");
    assert_problem(&form.send().await, 415, "unsupported_media_type");
}

#[actix_web::test]
async fn bodies_that_are_too_large_announced_or_not() {
    let app = TestApp::start_with(|config| config.http.body_limit = 2_000).await;
    let large = json!({ "email": "x".repeat(4_000), "password": "x" });
    let announced = app.client().post("/auth/login", &large).await;
    assert_problem(&announced, 413, "body_too_large");

    let address = app.address.clone();
    let text = aside(move || {
        let mut stream = connect(&address);
        let head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                    Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).expect("written");
        let chunk = format!("3e8\r\n{}\r\n", "x".repeat(1000));
        for _ in 0..4 {
            // The server may have answered and closed before the end.
            let _ = stream.write_all(chunk.as_bytes());
        }
        let _ = stream.write_all(b"0\r\n\r\n");
        answer(&mut stream)
    })
    .await;
    assert!(text.starts_with("HTTP/1.1 413"), "{text}");
    assert!(text.contains("\"body_too_large\""), "{text}");
}

#[actix_web::test]
async fn a_body_that_comes_too_slowly() {
    let app = TestApp::start_with(|config| config.http.body_seconds = 1).await;
    let address = app.address.clone();
    let text = aside(move || {
        let mut stream = connect(&address);
        let head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                    Content-Length: 100\r\n\r\n{\"email\"";
        stream.write_all(head.as_bytes()).expect("written");
        answer(&mut stream)
    })
    .await;
    assert!(text.starts_with("HTTP/1.1 408"), "{text}");
    assert!(text.contains("\"request_timeout\""), "{text}");
}

#[actix_web::test]
async fn heads_that_are_too_large() {
    let app = TestApp::start().await;
    let long = app.client().get(&format!("/site?{}", "x".repeat(9_000))).await;
    assert_problem(&long, 414, "uri_too_long");
    let mut call = app.client().call(Method::GET, "/site?x=1");
    for number in 0..40 {
        call = call.header(&format!("x-filler-{number}"), "x".repeat(1_000));
    }
    assert_problem(&call.send().await, 431, "headers_too_large");
}

#[actix_web::test]
async fn tokens_that_are_not_ours() {
    let app = TestApp::start().await;
    for value in ["Bearer x", "Bearer a.b.c", "Basic eDp5", "Bearer"] {
        let call = app.client().call(Method::GET, "/me").header("Authorization", value);
        let refused = call.send().await;
        assert_problem(&refused, 401, "unauthenticated");
        assert_eq!(refused.header("www-authenticate"), "Bearer");
    }
    let expired = app.signed_in("late", &[]).await;
    expired.get("/me").await.expect(200);
    app.advance(chrono::Duration::minutes(11));
    assert_problem(&expired.get("/me").await, 401, "unauthenticated");
}

#[actix_web::test]
async fn the_title_speaks_the_language_of_the_request() {
    let app = TestApp::start().await;
    for (language, title) in
        [("vi-VN,vi;q=0.9", "Không tìm thấy"), ("en", "Not found"), ("fr", "Không tìm thấy")]
    {
        let call = app.client().call(Method::GET, "/nothing").header("Accept-Language", language);
        assert_eq!(assert_problem(&call.send().await, 404, "not_found").title, title);
    }
}

#[actix_web::test]
async fn a_server_that_stops_is_not_ready() {
    let app = TestApp::start().await;
    let ready = |app: &TestApp| app.client().call_root(Method::GET, "/readyz");
    assert_eq!(ready(&app).send().await.expect(200).text(), "ready");
    app.state.drain();
    assert_problem(&ready(&app).send().await, 503, "unavailable");
    app.client().call_root(Method::GET, "/livez").send().await.expect(200);
}

#[actix_web::test]
async fn the_database_away_is_503() {
    let app = TestApp::start_with(|config| config.database.acquire_seconds = 1).await;
    let signed_in = app.signed_in("reader", &[]).await;
    app.state.db.clone().close().await.expect("closed");
    assert_problem(&signed_in.get("/me").await, 503, "unavailable");
    let ready = app.client().call_root(Method::GET, "/readyz").send().await;
    assert_problem(&ready, 503, "unavailable");
}

#[actix_web::test]
async fn a_handler_that_panics_is_500_and_tells_nothing() {
    async fn panics() -> &'static str {
        panic!("a secret of the inside")
    }
    let app = TestApp::start().await;
    let service = actix_web::test::init_service(
        actix_web::App::new()
            .route("/panics", actix_web::web::get().to(panics))
            .wrap(Frame(app.state.clone())),
    )
    .await;
    let request = actix_web::test::TestRequest::get().uri("/panics?x=1").to_request();
    let error = actix_web::test::try_call_service(&service, request).await.expect_err("a failure");
    let response = error.as_response_error().error_response();
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers().get("content-type").expect("a type"), "application/problem+json");
    assert!(response.headers().contains_key("x-request-id"));
    let body = actix_web::body::to_bytes(response.into_body()).await.expect("a body");
    let text = String::from_utf8_lossy(&body);
    assert!(text.contains("\"internal\"") && text.contains("\"/panics\""), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

fn connect(address: &str) -> TcpStream {
    TcpStream::connect(address.trim_start_matches("http://")).expect("connected")
}

/// Reads until the server closes or has said everything.
fn answer(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).expect("a timeout");
    let mut text = Vec::new();
    let mut buffer = [0_u8; 4096];
    while let Ok(read) = stream.read(&mut buffer) {
        text.extend_from_slice(&buffer[..read]);
        if read == 0 || text.ends_with(b"}") {
            break;
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("done")
}
