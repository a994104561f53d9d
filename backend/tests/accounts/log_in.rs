//! Signing in, and what guessing gets.

use chrono::Duration;
use nq57_shared::access::Role;
use nq57_shared::accounts::AccessToken;
use reqwest::Method;
use serde_json::json;

use super::{log_in, with_token_of};
use crate::harness::{PASSWORD, TestApp, assert_problem, role};

#[actix_web::test]
async fn signing_in_answers_a_token_and_hides_the_other_in_a_cookie() {
    let app = TestApp::start().await;
    let account = app.account("lan", &[role(Role::Evaluator)]).await;
    let answer = log_in(&app, "LAN@test.example", PASSWORD).await;
    let token: AccessToken = answer.read_as();
    assert_eq!((token.token_type.as_str(), token.expires_in), ("Bearer", 600));
    assert_eq!(token.account.id, account);
    assert_eq!(token.account.grants, [role(Role::Evaluator)]);

    let cookie = answer.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth", "Max-Age=2592000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain HTTP in this configuration: {cookie}");
    let secret = cookie.split(['=', ';']).nth(1).expect("a value");
    assert_eq!(secret.len(), 43);
    assert!(!answer.text().contains(secret));
    assert_eq!(answer.header("cache-control"), "private, no-store");
    with_token_of(&app, &answer).get("/me").await.expect(200);
}

#[actix_web::test]
async fn cookies_are_secure_where_the_platform_is() {
    let app =
        TestApp::start_with(|config| config.http.public_url = Some("https://cong.example".into()))
            .await;
    app.account("lan", &[]).await;
    let answer = log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    assert!(answer.header("set-cookie").contains("Secure"));
}

#[actix_web::test]
async fn unknown_wrong_and_suspended_look_alike() {
    let app = TestApp::start().await;
    let lan = app.account("lan", &[]).await;
    app.account("hung", &[]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let body = json!({ "is_suspended": true, "reason": "thử" });
    admin.patch(&format!("/accounts/{lan}"), 1, &body).await.expect(200);

    let mut titles = Vec::new();
    for (email, password) in [
        ("lan@test.example", PASSWORD),
        ("hung@test.example", "khong-dung"),
        ("ai-do@test.example", PASSWORD),
    ] {
        let answer = log_in(&app, email, password).await;
        let problem = assert_problem(&answer, 401, "invalid_credentials");
        assert!(answer.header("set-cookie").is_empty());
        titles.push((problem.title, problem.detail, problem.errors));
    }
    assert_eq!(titles[0], titles[1]);
    assert_eq!(titles[1], titles[2]);
}

#[actix_web::test]
async fn after_five_failures_waiting_doubles_for_known_and_unknown_addresses_alike() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    for email in ["lan@test.example", "ai-do@test.example"] {
        for _ in 0..5 {
            assert_problem(&log_in(&app, email, "doan-mo").await, 401, "invalid_credentials");
        }
        // Also the right password has to wait: else waiting would tell which one it is.
        let blocked = log_in(&app, email, PASSWORD).await;
        assert_problem(&blocked, 429, "too_many_requests");
        assert_eq!(blocked.header("retry-after"), "15");
        app.advance(Duration::seconds(15));
        assert_problem(&log_in(&app, email, "doan-mo").await, 401, "invalid_credentials");
        assert_eq!(log_in(&app, email, "doan-mo").await.header("retry-after"), "30");
        app.advance(Duration::seconds(30));
    }
    log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    // Success forgets.
    for _ in 0..4 {
        assert_problem(
            &log_in(&app, "lan@test.example", "doan-mo").await,
            401,
            "invalid_credentials",
        );
    }
    log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn waiting_holds_on_every_server_and_never_exceeds_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        log_in(&app, "lan@test.example", "doan-mo").await.expect(401);
    }
    let other = app.sibling().await;
    assert_problem(&log_in(&other, "lan@test.example", "doan-mo").await, 429, "too_many_requests");
    for _ in 0..10 {
        let wait = log_in(&app, "lan@test.example", "doan-mo").await;
        let seconds: i64 = wait.header("retry-after").parse().expect("seconds");
        assert!(seconds <= 900);
        app.advance(Duration::seconds(seconds));
        log_in(&app, "lan@test.example", "doan-mo").await.expect(401);
    }
    assert_eq!(log_in(&app, "lan@test.example", "doan-mo").await.header("retry-after"), "900");
}

#[actix_web::test]
async fn guessing_at_many_accounts_from_one_address_has_to_wait_too() {
    let app = TestApp::start().await;
    for number in 0..20 {
        let email = format!("nguoi-{number}@test.example");
        assert_problem(&log_in(&app, &email, "doan-mo").await, 401, "invalid_credentials");
    }
    assert_problem(
        &log_in(&app, "nguoi-21@test.example", "doan-mo").await,
        429,
        "too_many_requests",
    );
}

#[actix_web::test]
async fn foreign_pages_cannot_sign_anybody_in_or_refresh() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let credentials = json!({ "email": "lan@test.example", "password": PASSWORD });
    for path in ["/auth/login", "/auth/refresh", "/auth/logout"] {
        let call = app.client().call(Method::POST, path).header("Origin", "https://ke-la.example");
        assert_problem(&call.json(&credentials).send().await, 403, "origin_refused");
    }
    let own = app.client().call(Method::POST, "/auth/login").header("Origin", &app.address);
    own.json(&credentials).send().await.expect(200);
}

#[actix_web::test]
async fn one_address_may_try_only_so_often_in_a_minute() {
    let app = TestApp::start_with(|config| config.limits.sign_ins_per_minute = 3).await;
    app.account("lan", &[]).await;
    for _ in 0..3 {
        log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    }
    let limited = log_in(&app, "lan@test.example", PASSWORD).await;
    assert_problem(&limited, 429, "too_many_requests");
    assert!(!limited.header("retry-after").is_empty());
}
