//! New passwords: by the link of a mail, or by the old one.

use chrono::Duration;
use nq57_shared::accounts::Account;
use serde_json::json;

use super::{cookie_of, log_in, mailbox, refresh, register, with_token_of};
use crate::harness::{PASSWORD, TestApp, assert_problem};

#[actix_web::test]
async fn a_lost_password_is_replaced_by_the_link_of_a_mail_and_all_sessions_end() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let before = log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    let forgotten = json!({ "email": "lan@test.example" });
    app.client().post("/auth/password/forgot", &forgotten).await.expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;

    let short = json!({ "token": token, "password": "ngan" });
    assert_problem(
        &app.client().post("/auth/password/reset", &short).await,
        422,
        "validation_failed",
    );
    let reset = json!({ "token": token, "password": "cau-moi-de-nho" });
    app.client().post("/auth/password/reset", &reset).await.expect(204);

    assert_problem(&with_token_of(&app, &before).get("/me").await, 401, "unauthenticated");
    let cookie = cookie_of(&before).expect("a cookie");
    assert_problem(&refresh(&app, &cookie).await, 401, "session_ended");
    assert_problem(&log_in(&app, "lan@test.example", PASSWORD).await, 401, "invalid_credentials");
    log_in(&app, "lan@test.example", "cau-moi-de-nho").await.expect(200);
    let again = app.client().post("/auth/password/reset", &reset).await;
    assert_problem(&again, 422, "token_invalid");
    let letters = mailbox::letters(&app, "lan@test.example").await;
    assert_eq!(letters.len(), 2, "the link, and the notice that it was used");
}

#[actix_web::test]
async fn asking_for_a_link_answers_alike_for_every_address() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    for email in ["lan@test.example", "ai-do@test.example"] {
        let answer = app.client().post("/auth/password/forgot", &json!({ "email": email })).await;
        assert_eq!((answer.status, answer.text().as_str()), (202, ""));
    }
    assert_eq!(mailbox::letters(&app, "lan@test.example").await.len(), 1);
    assert_eq!(mailbox::letters(&app, "ai-do@test.example").await.len(), 0);
}

#[actix_web::test]
async fn a_link_for_a_new_password_is_dead_after_an_hour_and_is_no_other_link() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    app.client()
        .post("/auth/password/forgot", &json!({ "email": "lan@test.example" }))
        .await
        .expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;
    app.advance(Duration::minutes(61));
    let late = json!({ "token": token, "password": "cau-moi-de-nho" });
    let foreign = app.client().post("/auth/verify", &json!({ "token": token })).await;
    assert_problem(&foreign, 422, "token_invalid");
    assert_problem(&app.client().post("/auth/password/reset", &late).await, 422, "token_invalid");
}

#[actix_web::test]
async fn a_link_for_a_new_password_proves_the_mailbox_and_ends_waiting() {
    let app = TestApp::start().await;
    register(&app, "lan@test.example", "mot-cau-de-nho", "Lan").await.expect(202);
    for _ in 0..5 {
        log_in(&app, "lan@test.example", "doan-mo").await.expect(401);
    }
    app.client()
        .post("/auth/password/forgot", &json!({ "email": "lan@test.example" }))
        .await
        .expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;
    let reset = json!({ "token": token, "password": "cau-moi-de-nho" });
    app.client().post("/auth/password/reset", &reset).await.expect(204);
    let answer = log_in(&app, "lan@test.example", "cau-moi-de-nho").await;
    let me: Account = with_token_of(&app, &answer).get("/me").await.read_as();
    assert!(me.email_verified);
}

#[actix_web::test]
async fn changing_the_password_keeps_this_session_and_ends_the_others() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let other = log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    let here = log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    let here = with_token_of(&app, &here);
    let change =
        |current: &str| json!({ "current_password": current, "new_password": "cau-moi-de-nho" });

    assert_problem(
        &app.client().post("/auth/password", &change(PASSWORD)).await,
        401,
        "unauthenticated",
    );
    assert_problem(
        &here.post("/auth/password", &change("sai-roi")).await,
        401,
        "invalid_credentials",
    );
    with_token_of(&app, &other).get("/me").await.expect(200);

    here.post("/auth/password", &change(PASSWORD)).await.expect(204);
    here.get("/me").await.expect(200);
    assert_problem(&with_token_of(&app, &other).get("/me").await, 401, "unauthenticated");
    log_in(&app, "lan@test.example", "cau-moi-de-nho").await.expect(200);
}

#[actix_web::test]
async fn guessing_the_current_password_has_to_wait_like_signing_in() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let guess = json!({ "current_password": "doan-mo", "new_password": "cau-moi-de-nho" });
    for _ in 0..5 {
        assert_problem(&lan.post("/auth/password", &guess).await, 401, "invalid_credentials");
    }
    assert_problem(&lan.post("/auth/password", &guess).await, 429, "too_many_requests");
    assert_problem(&log_in(&app, "lan@test.example", PASSWORD).await, 429, "too_many_requests");
}

#[actix_web::test]
async fn passwords_that_need_no_guessing_are_no_new_ones() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let ask = json!({ "email": "lan@test.example" });
    app.client().post("/auth/password/forgot", &ask).await.expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;
    for password in ["matkhau123", "lan@test.example", "aaaaaaaaaa"] {
        let change = json!({ "current_password": PASSWORD, "new_password": password });
        assert_problem(&lan.post("/auth/password", &change).await, 422, "validation_failed");
        let reset = json!({ "token": token, "password": password });
        let answer = app.client().post("/auth/password/reset", &reset).await;
        assert_problem(&answer, 422, "validation_failed");
    }
}

#[actix_web::test]
async fn a_session_opened_with_the_old_password_does_not_survive_its_change() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let here = log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    let here = with_token_of(&app, &here);
    let change = json!({ "current_password": PASSWORD, "new_password": "cau-moi-de-nho" });
    let (changed, one, two) = futures_util::join!(
        here.post("/auth/password", &change),
        log_in(&app, "lan@test.example", PASSWORD),
        log_in(&app, "lan@test.example", PASSWORD),
    );
    changed.expect(204);
    for opened in [one, two] {
        if opened.status == 200 {
            let with_it = with_token_of(&app, &opened);
            assert_problem(&with_it.get("/me").await, 401, "unauthenticated");
            let cookie = cookie_of(&opened).expect("a cookie");
            assert_problem(&refresh(&app, &cookie).await, 401, "session_ended");
        }
    }
}

#[actix_web::test]
async fn a_link_that_was_mailed_before_ends_with_the_change_of_the_password() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let here = log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    let forgotten = json!({ "email": "lan@test.example" });
    app.client().post("/auth/password/forgot", &forgotten).await.expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;
    let change = json!({ "current_password": PASSWORD, "new_password": "cau-moi-de-nho" });
    with_token_of(&app, &here).post("/auth/password", &change).await.expect(204);
    let reset = json!({ "token": token, "password": "cua-nguoi-khac" });
    let late = app.client().post("/auth/password/reset", &reset).await;
    assert_problem(&late, 422, "token_invalid");
}

#[actix_web::test]
async fn strangers_who_register_an_address_again_and_again_keep_no_link_from_its_owner() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    for _ in 0..5 {
        register(&app, "lan@test.example", "mot-cau-de-nho", "Ai").await.expect(202);
    }
    let forgotten = json!({ "email": "lan@test.example" });
    app.client().post("/auth/password/forgot", &forgotten).await.expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;
    let reset = json!({ "token": token, "password": "cau-moi-de-nho" });
    app.client().post("/auth/password/reset", &reset).await.expect(204);
}
