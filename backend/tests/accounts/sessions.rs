//! Refresh tokens are replaced by each use; sessions end when they should.

use chrono::Duration;
use nq57_shared::accounts::Session;
use nq57_shared::page::Page;
use reqwest::Method;

use super::{cookie_of, log_in, refresh, with_token_of};
use crate::harness::{Answer, PASSWORD, TestApp, assert_problem};

async fn opened(app: &TestApp) -> (Answer, String) {
    let answer = log_in(app, "lan@test.example", PASSWORD).await.expect(200);
    let cookie = cookie_of(&answer).expect("a cookie");
    (answer, cookie)
}

async fn sessions_of(app: &TestApp, answer: &Answer) -> Vec<Session> {
    let page: Page<Session> = with_token_of(app, answer).get("/me/sessions").await.read_as();
    page.items
}

#[actix_web::test]
async fn a_refresh_replaces_the_token_and_the_session_goes_on() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let (first, cookie) = opened(&app).await;
    app.advance(Duration::minutes(11));
    assert_problem(&with_token_of(&app, &first).get("/me").await, 401, "unauthenticated");

    let second = refresh(&app, &cookie).await.expect(200);
    let next = cookie_of(&second).expect("the next cookie");
    assert_ne!(cookie, next);
    with_token_of(&app, &second).get("/me").await.expect(200);
    let sessions = sessions_of(&app, &second).await;
    assert_eq!(sessions.len(), 1, "the same session");
    assert_eq!(sessions[0].last_used_at - sessions[0].created_at, Duration::minutes(11));
    refresh(&app, &next).await.expect(200);
}

#[actix_web::test]
async fn two_tabs_that_refresh_at_once_both_go_on_with_one_new_token() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let (_, cookie) = opened(&app).await;
    let tabs = [refresh(&app, &cookie), refresh(&app, &cookie), refresh(&app, &cookie)];
    let tabs = futures_util::future::join_all(tabs).await;
    let cookies: Vec<String> = tabs.iter().filter_map(cookie_of).collect();
    assert_eq!(cookies.len(), 1, "only the first gets the next token");
    for tab in &tabs {
        with_token_of(&app, tab).get("/me").await.expect(200);
    }
    app.advance(Duration::seconds(5));
    let late = refresh(&app, &cookie).await.expect(200);
    assert_eq!(cookie_of(&late), None);
    refresh(&app, &cookies[0]).await.expect(200);
}

#[actix_web::test]
async fn a_token_that_comes_back_late_ends_the_session_for_everybody() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let (_, stolen) = opened(&app).await;
    let second = refresh(&app, &stolen).await.expect(200);
    let current = cookie_of(&second).expect("the next cookie");
    let (elsewhere, _) = opened(&app).await;

    app.advance(Duration::seconds(6));
    with_token_of(&app, &second).get("/me").await.expect(200);
    let reused = refresh(&app, &stolen).await;
    assert_problem(&reused, 401, "session_ended");
    assert!(reused.header("set-cookie").contains("Max-Age=0"), "the dead cookie is removed");
    assert_problem(&refresh(&app, &current).await, 401, "session_ended");
    assert_problem(&with_token_of(&app, &second).get("/me").await, 401, "unauthenticated");
    with_token_of(&app, &elsewhere).get("/me").await.expect(200);
}

#[actix_web::test]
async fn also_the_oldest_token_of_a_session_is_recognised() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let (_, oldest) = opened(&app).await;
    let mut current = oldest.clone();
    for _ in 0..3 {
        app.advance(Duration::minutes(9));
        current = cookie_of(&refresh(&app, &current).await.expect(200)).expect("the next cookie");
    }
    assert_problem(&refresh(&app, &oldest).await, 401, "session_ended");
    assert_problem(&refresh(&app, &current).await, 401, "session_ended");
}

#[actix_web::test]
async fn without_a_cookie_or_with_an_invented_one_there_is_no_session() {
    let app = TestApp::start().await;
    let answer = app.client().call(Method::POST, "/auth/refresh").send().await;
    assert_problem(&answer, 401, "session_ended");
    assert_problem(&refresh(&app, "nq57_refresh=bia-ra").await, 401, "session_ended");
}

#[actix_web::test]
async fn a_session_lives_thirty_days_without_use() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let (_, cookie) = opened(&app).await;
    app.advance(Duration::days(29));
    let next = cookie_of(&refresh(&app, &cookie).await.expect(200)).expect("the next cookie");
    app.advance(Duration::days(31));
    assert_problem(&refresh(&app, &next).await, 401, "session_ended");
}

#[actix_web::test]
async fn a_session_ends_after_ninety_days_however_often_it_is_used() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let (_, mut cookie) = opened(&app).await;
    for _ in 0..4 {
        app.advance(Duration::days(22));
        cookie = cookie_of(&refresh(&app, &cookie).await.expect(200)).expect("the next cookie");
    }
    app.advance(Duration::days(2));
    assert_problem(&refresh(&app, &cookie).await, 401, "session_ended");
}

#[actix_web::test]
async fn logging_out_ends_the_session_at_once_and_can_be_repeated() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let (answer, cookie) = opened(&app).await;
    with_token_of(&app, &answer).get("/me").await.expect(200);
    for _ in 0..2 {
        let call = app.client().call(Method::POST, "/auth/logout").header("Cookie", &cookie);
        let out = call.send().await.expect(204);
        assert!(out.header("set-cookie").contains("Max-Age=0"));
    }
    assert_problem(&with_token_of(&app, &answer).get("/me").await, 401, "unauthenticated");
    assert_problem(&refresh(&app, &cookie).await, 401, "session_ended");
    app.client().call(Method::POST, "/auth/logout").send().await.expect(204);
}

#[actix_web::test]
async fn a_revoked_session_ends_at_once_and_others_cannot_be_touched() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let (phone, phone_cookie) = opened(&app).await;
    app.advance(Duration::minutes(1));
    let (desk, _) = opened(&app).await;
    with_token_of(&app, &phone).get("/me").await.expect(200);

    let sessions = sessions_of(&app, &desk).await;
    assert_eq!(sessions.iter().map(|one| one.is_current).collect::<Vec<_>>(), [true, false]);
    assert_eq!(sessions[1].address, "127.0.0.1");
    let path = format!("/me/sessions/{}", sessions[1].id);

    let stranger = app.signed_in("hung", &[]).await;
    assert_problem(&stranger.delete(&path).await, 404, "not_found");
    assert_problem(&app.client().delete(&path).await, 401, "unauthenticated");

    let other = app.sibling().await;
    with_token_of(&app, &desk).delete(&path).await.expect(204);
    assert_problem(&with_token_of(&app, &phone).get("/me").await, 401, "unauthenticated");
    assert_problem(&with_token_of(&other, &phone).get("/me").await, 401, "unauthenticated");
    assert_problem(&refresh(&app, &phone_cookie).await, 401, "session_ended");
    assert_problem(&with_token_of(&app, &desk).delete(&path).await, 404, "not_found");
    assert_problem(&with_token_of(&app, &desk).delete("/me/sessions/x").await, 404, "not_found");
}

#[actix_web::test]
async fn what_is_long_over_is_deleted_and_what_lives_stays() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    opened(&app).await;
    app.advance(Duration::days(20));
    let (_, cookie) = opened(&app).await;
    let next = cookie_of(&refresh(&app, &cookie).await.expect(200)).expect("the next cookie");
    app.advance(Duration::days(11));
    nq57_backend::identity::accounts::purge(app.state.clone()).await.expect("purged");
    let answer = refresh(&app, &next).await.expect(200);
    assert_eq!(sessions_of(&app, &answer).await.len(), 1);
}
