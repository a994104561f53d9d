//! Signing in, and what guessing gets.

use chrono::Duration;
use nq57_shared::access::Role;
use nq57_shared::accounts::AccessToken;
use reqwest::Method;
use serde_json::json;

use super::{cookie_of, log_in, named_cookie, with_token_of};
use crate::harness::{Answer, PASSWORD, TestApp, assert_problem, role};

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
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain HTTP in this configuration: {cookie}");
    let secret = cookie_of(&answer).expect("a cookie");
    let (_, secret) = secret.split_once('=').expect("a value");
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
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(set.len(), 2);
    for cookie in set {
        let cookie = cookie.to_str().expect("text");
        // The prefix forbids a domain and another path: no sibling domain can plant it.
        assert!(cookie.starts_with("__Host-nq57_") && cookie.contains("Secure"), "{cookie}");
        assert!(cookie.contains("Path=/;") && !cookie.contains("Domain"), "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    }
    let plain = format!(
        "nq57_refresh={}",
        named_cookie(&answer, "__Host-nq57_refresh")
            .expect("one")
            .split_once('=')
            .expect("a pair")
            .1
    );
    let call = app.client().call(Method::POST, "/auth/refresh").header("Cookie", plain);
    assert_problem(&call.send().await, 401, "session_ended");
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
    let port = app.address.rsplit(':').next().expect("a port");
    let other_scheme = [format!("https://127.0.0.1:{port}"), format!("ftp://127.0.0.1:{port}")];
    for origin in other_scheme.iter().map(String::as_str).chain(["https://ke-la.example", "null"]) {
        for path in ["/auth/login", "/auth/refresh", "/auth/logout"] {
            let call = app.client().call(Method::POST, path).header("Origin", origin);
            assert_problem(&call.json(&credentials).send().await, 403, "origin_refused");
        }
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

/// Signs in from this address, as a trusted proxy tells it, in a browser with these cookies.
async fn log_in_from(
    app: &TestApp,
    from: &str,
    cookies: &str,
    email: &str,
    password: &str,
) -> Answer {
    let call = app.client().call(Method::POST, "/auth/login").header("X-Forwarded-For", from);
    let call = if cookies.is_empty() { call } else { call.header("Cookie", cookies) };
    call.json(&json!({ "email": email, "password": password })).send().await
}

async fn behind_a_proxy() -> TestApp {
    let app =
        TestApp::start_with(|config| config.http.trusted_proxies = vec!["127.0.0.1".into()]).await;
    app.account("admin", &[]).await;
    app.account("lan", &[]).await;
    app
}

const ADMIN: &str = "admin@test.example";

#[actix_web::test]
async fn a_stranger_elsewhere_does_not_lock_anybody_out() {
    let app = behind_a_proxy().await;
    for _ in 0..5 {
        log_in_from(&app, "203.0.113.7", "", ADMIN, "doan-mo").await.expect(401);
    }
    log_in_from(&app, "203.0.113.7", "", ADMIN, PASSWORD).await.expect(429);
    let own = log_in_from(&app, "198.51.100.9", "", ADMIN, PASSWORD).await.expect(200);
    let known = named_cookie(&own, "nq57_device").expect("the mark of a known browser");

    // From many networks at once the account itself waits, for browsers that are not known.
    for network in 0..15 {
        for _ in 0..4 {
            log_in_from(&app, &format!("203.0.113.{network}"), "", ADMIN, "doan-mo").await;
        }
    }
    log_in_from(&app, "192.0.2.1", "", ADMIN, PASSWORD).await.expect(429);
    log_in_from(&app, "192.0.2.1", &known, ADMIN, PASSWORD).await.expect(200);
    // The mark is for one account, and no licence to guess.
    let lan = log_in_from(&app, "192.0.2.2", "", "lan@test.example", PASSWORD).await.expect(200);
    let foreign = named_cookie(&lan, "nq57_device").expect("a mark");
    log_in_from(&app, "192.0.2.1", &foreign, ADMIN, PASSWORD).await.expect(429);
    log_in_from(&app, "192.0.2.1", &format!("{known}x"), ADMIN, PASSWORD).await.expect(429);
    for _ in 0..5 {
        log_in_from(&app, "192.0.2.3", &known, ADMIN, "doan-mo").await.expect(401);
    }
    log_in_from(&app, "192.0.2.3", &known, ADMIN, PASSWORD).await.expect(429);
    // The mailbox always leads in.
    app.client().post("/auth/password/forgot", &json!({ "email": ADMIN })).await.expect(202);
    let token = super::mailbox::token(&app, ADMIN).await;
    let reset = json!({ "token": token, "password": "cau-moi-de-nho" });
    app.client().post("/auth/password/reset", &reset).await.expect(204);
    log_in_from(&app, "192.0.2.1", "", ADMIN, "cau-moi-de-nho").await.expect(200);
}

#[actix_web::test]
async fn a_bad_neighbour_slows_a_network_down_and_does_not_lock_it() {
    let app = behind_a_proxy().await;
    let office = "203.0.113.7";
    let known = log_in_from(&app, office, "", "lan@test.example", PASSWORD).await.expect(200);
    let known = named_cookie(&known, "nq57_device").expect("a mark");
    for number in 0..100 {
        let email = format!("nguoi-{number}@test.example");
        let answer = log_in_from(&app, office, "", &email, "doan-mo").await;
        if answer.status == 429 {
            app.advance(Duration::seconds(5));
        }
    }
    log_in_from(&app, office, &known, "lan@test.example", PASSWORD).await.expect(200);
    // Who is not known here waits for seconds, not for minutes.
    let newcomer = log_in_from(&app, office, "", ADMIN, PASSWORD).await;
    if newcomer.status == 429 {
        let seconds: i64 = newcomer.header("retry-after").parse().expect("seconds");
        assert!(seconds <= 15, "{seconds}");
        app.advance(Duration::seconds(seconds));
        log_in_from(&app, office, "", ADMIN, PASSWORD).await.expect(200);
    }
    log_in_from(&app, "198.51.100.1", "", ADMIN, PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn neighbours_in_one_ipv6_network_share_their_failures_and_their_limit() {
    let app = TestApp::start_with(|config| {
        config.http.trusted_proxies = vec!["127.0.0.1".into()];
        config.limits.sign_ins_per_minute = 8;
    })
    .await;
    app.account("lan", &[]).await;
    for host in 0..5 {
        let from = format!("2001:db8:1:2::{host}");
        log_in_from(&app, &from, "", "lan@test.example", "doan-mo").await.expect(401);
    }
    log_in_from(&app, "2001:db8:1:2::ffff", "", "lan@test.example", PASSWORD).await.expect(429);
    for host in 0..20 {
        let from = format!("2001:db8:1:2:9::{host}");
        log_in_from(&app, &from, "", "ai-do@test.example", "doan-mo").await;
    }
    let limited = log_in_from(&app, "2001:db8:1:2:8::1", "", "ai@test.example", "doan-mo").await;
    assert!(limited.header("ratelimit").starts_with("\"sign-in\";r=0"), "{:?}", limited.headers);
    log_in_from(&app, "2001:db8:1:3::1", "", "lan@test.example", PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn the_audit_tells_of_failed_sign_ins_and_cannot_be_filled_with_them() {
    let app = behind_a_proxy().await;
    let admin = app.signed_in("quan-tri", &[role(Role::Administrator)]).await;
    for number in 0..45 {
        let from = format!("203.0.113.{number}");
        log_in_from(&app, &from, "", "lan@test.example", "doan-mo").await;
        if number < 10 {
            log_in_from(&app, &from, "", "khong-co@test.example", "doan-mo").await;
        }
        app.advance(Duration::minutes(6));
    }
    let admin = app.sign_in(admin.account()).await;
    let page = admin.get("/audit?action=account.sign_in_failed").await.expect(200).json();
    let failures: Vec<_> = page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| one["detail"]["failures"].as_u64().expect("a number"))
        .collect();
    assert!(failures.ends_with(&[20, 10, 5]), "{failures:?}");
    assert!(failures.len() <= 6, "{failures:?}");
}
