//! Opening an account and proving to own its address.

use chrono::Duration;
use nq57_shared::accounts::Account;
use nq57_shared::problem::FieldCode;
use serde_json::json;

use super::{log_in, mailbox, refresh, register, with_token_of};
use crate::harness::{TestApp, assert_problem};

#[actix_web::test]
async fn a_registered_person_signs_in_and_verifies_by_mail() {
    let app = TestApp::start().await;
    register(&app, " Lan@Cong-Ty.example ", "mot-cau-de-nho", "  Nguyễn   Thị Lan ")
        .await
        .expect(202);

    let before = log_in(&app, "lan@cong-ty.example", "mot-cau-de-nho").await;
    let me: Account = with_token_of(&app, &before).get("/me").await.read_as();
    assert_eq!((me.display_name.as_str(), me.email_verified), ("Nguyễn Thị Lan", false));

    let token = mailbox::token(&app, "lan@cong-ty.example").await;
    let verified = app.client().post("/auth/verify", &json!({ "token": token })).await.expect(204);
    assert!(verified.body.is_empty());

    // The session from before goes on, and knows at once.
    let me: Account = with_token_of(&app, &before).get("/me").await.read_as();
    assert!(me.email_verified);
}

#[actix_web::test]
async fn a_known_address_is_answered_like_a_new_one_and_its_owner_is_told() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let known = register(&app, "lan@test.example", "doan-bua-1", "Kẻ tò mò").await;
    let new = register(&app, "moi@test.example", "doan-bua-1", "Người mới").await;
    assert_eq!((known.status, &known.body), (202, &new.body));
    assert_eq!(known.status, new.status);
    let names = |answer: &crate::harness::Answer| {
        let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&known), names(&new));

    let letters = mailbox::letters(&app, "lan@test.example").await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("/dang-nhap") && !letters[0].contains("token="), "{}", letters[0]);
    // The stranger's password opens nothing.
    assert_problem(
        &log_in(&app, "lan@test.example", "doan-bua-1").await,
        401,
        "invalid_credentials",
    );
}

#[actix_web::test]
async fn whoever_opens_the_link_gets_the_password_that_was_typed_with_it() {
    let app = TestApp::start().await;
    register(&app, "lan@test.example", "cua-ke-den-truoc", "Kẻ đến trước").await.expect(202);
    let stranger = log_in(&app, "lan@test.example", "cua-ke-den-truoc").await.expect(200);
    let stranger_cookie = super::cookie_of(&stranger).expect("a cookie");

    register(&app, "lan@test.example", "cua-chinh-chu", "Lan").await.expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;
    app.client().post("/auth/verify", &json!({ "token": token })).await.expect(204);

    let owner = log_in(&app, "lan@test.example", "cua-chinh-chu").await;
    let me: Account = with_token_of(&app, &owner).get("/me").await.read_as();
    assert_eq!((me.display_name.as_str(), me.email_verified), ("Lan", true));
    assert_problem(
        &log_in(&app, "lan@test.example", "cua-ke-den-truoc").await,
        401,
        "invalid_credentials",
    );
    assert_problem(&with_token_of(&app, &stranger).get("/me").await, 401, "unauthenticated");
    assert_problem(&refresh(&app, &stranger_cookie).await, 401, "session_ended");
}

#[actix_web::test]
async fn a_second_registration_changes_nothing_until_its_link_is_opened() {
    let app = TestApp::start().await;
    register(&app, "lan@test.example", "cua-chinh-chu", "Lan").await.expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;
    register(&app, "lan@test.example", "cua-ke-den-sau", "Kẻ đến sau").await.expect(202);
    log_in(&app, "lan@test.example", "cua-chinh-chu").await.expect(200);
    assert_problem(
        &log_in(&app, "lan@test.example", "cua-ke-den-sau").await,
        401,
        "invalid_credentials",
    );

    app.client().post("/auth/verify", &json!({ "token": token })).await.expect(204);
    let later = mailbox::token(&app, "lan@test.example").await;
    let late = app.client().post("/auth/verify", &json!({ "token": later })).await;
    assert_problem(&late, 422, "token_invalid");
    log_in(&app, "lan@test.example", "cua-chinh-chu").await.expect(200);
}

#[actix_web::test]
async fn a_verification_link_works_once_and_for_a_day() {
    let app = TestApp::start().await;
    register(&app, "lan@test.example", "mot-cau-de-nho", "Lan").await.expect(202);
    let first = mailbox::token(&app, "lan@test.example").await;
    app.advance(Duration::hours(25));
    let late = app.client().post("/auth/verify", &json!({ "token": first })).await;
    assert_problem(&late, 422, "token_invalid");

    let resend = json!({ "email": "lan@test.example" });
    app.client().post("/auth/verify/resend", &resend).await.expect(202);
    let second = mailbox::token(&app, "lan@test.example").await;
    assert_ne!(first, second);
    app.client().post("/auth/verify", &json!({ "token": second })).await.expect(204);
    let again = app.client().post("/auth/verify", &json!({ "token": second })).await;
    assert_problem(&again, 422, "token_invalid");
}

#[actix_web::test]
async fn asking_for_another_link_answers_alike_and_mails_only_where_it_helps() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    register(&app, "moi@test.example", "mot-cau-de-nho", "Mới").await.expect(202);
    app.advance(Duration::minutes(2));
    for email in ["lan@test.example", "moi@test.example", "ai-do@test.example"] {
        for _ in 0..6 {
            let answer = app.client().post("/auth/verify/resend", &json!({ "email": email })).await;
            assert_eq!((answer.status, answer.text().as_str()), (202, ""), "{email}");
        }
    }
    assert_eq!(mailbox::letters(&app, "lan@test.example").await.len(), 0, "verified already");
    assert_eq!(mailbox::letters(&app, "ai-do@test.example").await.len(), 0, "no account");
    let letters = mailbox::letters(&app, "moi@test.example").await;
    assert_eq!(letters.len(), 2, "the registration's and one more: not one for each click");
}

#[actix_web::test]
async fn what_is_wrong_with_a_registration_is_named_and_nothing_is_made() {
    let app = TestApp::start().await;
    let answer = register(&app, "khong-phai-thu", "ngan", " ").await;
    let problem = assert_problem(&answer, 422, "validation_failed");
    let places: Vec<_> =
        problem.errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
    assert_eq!(
        places,
        [
            ("/email", FieldCode::InvalidFormat),
            ("/password", FieldCode::TooShort),
            ("/display_name", FieldCode::Required),
        ]
    );
    let unknown = json!({
        "email": "a@test.example", "password": "mot-cau-de-nho", "display_name": "A", "role": "administrator",
    });
    let answer = app.client().post("/auth/register", &unknown).await;
    assert_problem(&answer, 400, "malformed_body");
    assert!(mailbox::letters(&app, "test.example").await.is_empty());
}

#[actix_web::test]
async fn clicking_twice_makes_one_account_and_one_answer() {
    let app = TestApp::start().await;
    let clicks = (0..4).map(|_| register(&app, "lan@test.example", "mot-cau-de-nho", "Lan"));
    for answer in futures_util::future::join_all(clicks).await {
        assert_eq!((answer.status, answer.text().as_str()), (202, ""));
    }
    log_in(&app, "lan@test.example", "mot-cau-de-nho").await.expect(200);
}
