//! Opening an account and proving to own its address.

use chrono::Duration;
use nq57_shared::accounts::Account;
use nq57_shared::problem::FieldCode;
use serde_json::json;

use super::{browser_of, log_in, mailbox, register, verify, with_token_of};
use crate::harness::{TestApp, assert_problem};

#[actix_web::test]
async fn a_registered_person_verifies_by_mail_and_then_signs_in() {
    let app = TestApp::start().await;
    let email = "lan@cong-ty.example";
    let registered =
        register(&app, " Lan@Cong-Ty.example ", "mot-cau-de-nho", "  Nguyễn   Thị Lan ").await;
    let browser = browser_of(&registered.expect(202));

    // Nobody has proved to own the mailbox: nobody is let in, and only the right password is told why.
    assert_problem(&log_in(&app, email, "mot-cau-de-nho").await, 403, "email_unverified");
    assert_problem(&log_in(&app, email, "doan-mo").await, 401, "invalid_credentials");

    let token = mailbox::token(&app, email).await;
    let verified = verify(&app, &token, &browser).await.expect(204);
    assert!(verified.body.is_empty());
    assert!(verified.header("set-cookie").contains("Max-Age=0"), "the secret has done its work");
    let answer = log_in(&app, email, "mot-cau-de-nho").await;
    let me: Account = with_token_of(&app, &answer).get("/me").await.read_as();
    assert_eq!((me.display_name.as_str(), me.email_verified), ("Nguyễn Thị Lan", true));
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
    // It counts among the mails with a link, hence it has the one that a forgetful owner needs.
    assert!(letters[0].contains("/dat-lai-mat-khau?token="), "{}", letters[0]);
    // The stranger's password opens nothing.
    assert_problem(
        &log_in(&app, "lan@test.example", "doan-bua-1").await,
        401,
        "invalid_credentials",
    );
}

/// Somebody registers the address of somebody else, before or after its owner does or both; then its owner
/// opens one of the mails. In the browser that registered it is the owner's account with the owner's
/// password; elsewhere the owner sets one. Never anybody else's.
#[actix_web::test]
async fn whoever_registered_first_last_or_asked_for_the_mail_never_gets_the_owners_account() {
    for (orders, mail) in [("ao", 0), ("oa", 0), ("aoa", 0), ("ao-", 1), ("oa-", 1), ("a", 0)] {
        let app = TestApp::start().await;
        let email = "nan-nhan@test.example";
        let mut owner = None;
        for step in orders.chars() {
            app.advance(Duration::minutes(2));
            match step {
                'a' => drop(register(&app, email, "cua-ke-la-1", "Attacker").await.expect(202)),
                'o' => {
                    owner = Some(register(&app, email, "cua-chinh-chu", "Lan").await.expect(202))
                }
                _ => {
                    let ask = json!({ "email": email });
                    app.client().post("/auth/verify/resend", &ask).await.expect(202);
                }
            }
            // Delivered one by one, as the worker does.
            mailbox::letters(&app, email).await;
        }
        assert_eq!(log_in(&app, email, "cua-ke-la-1").await.status / 100, 4);
        let letters = mailbox::letters(&app, email).await;
        assert!(letters.iter().all(|letter| !letter.contains("Attacker")), "{letters:?}");
        let token = mailbox::token_in(&letters[mail]);

        // On another device, such as a phone, the link alone makes nobody's password hold.
        assert_problem(&verify(&app, &token, "x=y").await, 409, "password_required");
        let (password, name) = match &owner {
            Some(owner) => {
                verify(&app, &token, &browser_of(owner)).await.expect(204);
                ("cua-chinh-chu", "Lan")
            }
            None => {
                let body = json!({ "token": token, "password": "dat-tren-dien-thoai" });
                app.client().post("/auth/password/reset", &body).await.expect(204);
                ("dat-tren-dien-thoai", "nan-nhan")
            }
        };
        let answer = log_in(&app, email, password).await;
        let me: Account = with_token_of(&app, &answer).get("/me").await.read_as();
        assert_eq!((me.display_name.as_str(), me.email_verified), (name, true), "{orders}");
        assert_problem(&log_in(&app, email, "cua-ke-la-1").await, 401, "invalid_credentials");
        for letter in &letters {
            let again = verify(&app, &mailbox::token_in(letter), "x=y").await;
            assert_problem(&again, 422, "token_invalid");
        }
    }
}

#[actix_web::test]
async fn sessions_from_before_the_proof_end_with_it() {
    let app = TestApp::start().await;
    let browser =
        browser_of(&register(&app, "lan@test.example", "mot-cau-de-nho", "Lan").await.expect(202));
    let id = nq57_backend::identity::accounts::credentials(&app.state.db, "lan@test.example").await;
    let before = app.sign_in(id.expect("read").expect("an account").id).await;
    before.get("/me").await.expect(200);
    let token = mailbox::token(&app, "lan@test.example").await;
    verify(&app, &token, &browser).await.expect(204);
    assert_problem(&before.get("/me").await, 401, "unauthenticated");
}

#[actix_web::test]
async fn another_page_neither_registers_nor_verifies_nor_resets() {
    let app = TestApp::start().await;
    for (path, body) in [
        (
            "/auth/register",
            json!({ "email": "a@test.example", "password": "mot-cau-de-nho", "display_name": "A" }),
        ),
        ("/auth/verify", json!({ "token": "x" })),
        ("/auth/password/reset", json!({ "token": "x", "password": "mot-cau-de-nho" })),
    ] {
        let call = app.client().call(reqwest::Method::POST, path);
        let foreign = call.header("Origin", "https://ke-la.example").json(&body).send().await;
        assert_problem(&foreign, 403, "origin_refused");
    }
}

#[actix_web::test]
async fn strangers_cause_few_mails_and_none_with_their_words() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let lure = "Trung thuong, mo evil.example ngay";
    // A day for each of them.
    for email in ["lan@test.example", "moi@test.example"] {
        for _ in 0..24 {
            register(&app, email, "cua-ke-la-1", lure).await.expect(202);
            let ask = json!({ "email": email });
            app.client().post("/auth/verify/resend", &ask).await.expect(202);
            app.client().post("/auth/password/forgot", &ask).await.expect(202);
            mailbox::letters(&app, email).await;
            app.advance(Duration::hours(1));
        }
    }
    let known = mailbox::letters(&app, "lan@test.example").await;
    let unknown = mailbox::letters(&app, "moi@test.example").await;
    assert!((2..=30).contains(&known.len()), "{}", known.len());
    assert!((2..=12).contains(&unknown.len()), "{}", unknown.len());
    for letter in known.iter().chain(&unknown) {
        assert!(!letter.contains("evil.example"), "{letter}");
    }
    let folder = app.state.config.data_dir.join("mail");
    for file in std::fs::read_dir(folder).expect("mails") {
        let letter = std::fs::read_to_string(file.expect("a file").path()).expect("a letter");
        assert!(!letter.contains("To: \"Trung") && !letter.contains("Trung thuong"), "{letter}");
    }
}

#[actix_web::test]
async fn whoever_owns_the_mailbox_always_holds_a_link_that_works() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    let ask = json!({ "email": "lan@test.example" });
    // A stranger asks all day long.
    for _ in 0..72 {
        app.client().post("/auth/password/forgot", &ask).await.expect(202);
        mailbox::letters(&app, "lan@test.example").await;
        app.advance(Duration::minutes(20));
    }
    app.client().post("/auth/password/forgot", &ask).await.expect(202);
    let token = mailbox::token(&app, "lan@test.example").await;
    let body = json!({ "token": token, "password": "cau-moi-de-nho" });
    app.client().post("/auth/password/reset", &body).await.expect(204);
    // Who opened a link is mailed at once again.
    let before = mailbox::letters(&app, "lan@test.example").await.len();
    app.client().post("/auth/password/forgot", &ask).await.expect(202);
    assert_eq!(mailbox::letters(&app, "lan@test.example").await.len(), before + 1);
}

#[actix_web::test]
async fn addresses_that_no_mail_reaches_and_passwords_that_need_no_guessing_are_refused() {
    let app = TestApp::start().await;
    for email in
        ["admin\u{200d}@test.example", "\u{430}dmin@test.example", "admin@\u{ff54}est.example"]
    {
        let problem = assert_problem(
            &register(&app, email, "mot-cau-de-nho", "A").await,
            422,
            "validation_failed",
        );
        assert_eq!(
            (problem.errors[0].pointer.as_str(), problem.errors[0].code),
            ("/email", FieldCode::InvalidFormat)
        );
    }
    for password in ["12345678", "Password", "        ", "ai.do@test.example", "nq57-demo"] {
        let answer = register(&app, "ai.do@test.example", password, "A").await;
        let problem = assert_problem(&answer, 422, "validation_failed");
        assert_eq!(
            (problem.errors[0].pointer.as_str(), problem.errors[0].code),
            ("/password", FieldCode::Guessable),
            "{password}"
        );
    }
    let name =
        register(&app, "b@test.example", "mot-cau-de-nho", "Trúng thưởng https://evil.example")
            .await;
    let problem = assert_problem(&name, 422, "validation_failed");
    assert_eq!(problem.errors[0].pointer, "/display_name");
    assert!(mailbox::letters(&app, "test.example").await.is_empty());
}

#[actix_web::test]
async fn a_verification_link_works_once_and_for_a_day() {
    let app = TestApp::start().await;
    let registration =
        register(&app, "lan@test.example", "mot-cau-de-nho", "Lan").await.expect(202);
    let browser = browser_of(&registration);
    let first = mailbox::token(&app, "lan@test.example").await;
    app.advance(Duration::hours(25));
    let late = verify(&app, &first, &browser).await;
    assert_problem(&late, 422, "token_invalid");

    let resend = json!({ "email": "lan@test.example" });
    app.client().post("/auth/verify/resend", &resend).await.expect(202);
    let second = mailbox::token(&app, "lan@test.example").await;
    assert_ne!(first, second);
    // What was typed a day ago is forgotten as well.
    assert_problem(&verify(&app, &second, &browser).await, 409, "password_required");
    let body = json!({ "token": second, "password": "mot-cau-khac" });
    app.client().post("/auth/password/reset", &body).await.expect(204);
    let again = verify(&app, &second, &browser).await;
    assert_problem(&again, 422, "token_invalid");
}

#[actix_web::test]
async fn asking_for_another_link_answers_alike_and_mails_only_where_it_helps() {
    let app = TestApp::start().await;
    app.account("lan", &[]).await;
    register(&app, "moi@test.example", "mot-cau-de-nho", "Mới").await.expect(202);
    assert_eq!(mailbox::letters(&app, "moi@test.example").await.len(), 1);
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
    assert_problem(
        &log_in(&app, "lan@test.example", "mot-cau-de-nho").await,
        403,
        "email_unverified",
    );
    assert_eq!(mailbox::letters(&app, "lan@test.example").await.len(), 1);
}
