//! Who sent a case without an account is written to, after confirming, and nobody else; the address stands nowhere
//! but with its case, and not for ever.

use chrono::Duration;
use nq57_platform::casework::notices::TaskWaiting;
use nq57_platform::casework::{self, Case};
use nq57_platform::error::ApiResult;
use nq57_platform::notifications::contacts::{self, ContactStanding, NewContact};
use nq57_platform::notifications::{Notice, Recipient};
use nq57_platform::outbox;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::subject::Subject;
use nq57_shared::access::Role;
use nq57_shared::language::Language;
use nq57_shared::notifications::CaseLetters;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use uuid::Uuid;

use super::tell;
use crate::accounts::mailbox;
use crate::harness::{Answer, TestApp, assert_problem, role};

const CITIZEN: &str = "ba.tam@xom-nui.example";
const CODE: &str = "PA-2026-000001";

pub async fn write<T>(app: &TestApp, work: impl AsyncFn(&Tx) -> ApiResult<T>) -> ApiResult<T> {
    transaction::write(&app.state.db, work).await
}

/// Gives the address for a case.
pub async fn give(app: &TestApp, case: Uuid, email: &str) -> ApiResult<()> {
    write(app, async |tx| {
        let new = NewContact {
            case: Subject::new("petition", case),
            code: CODE,
            email,
            name: "Bà Tám",
            language: Language::En,
        };
        contacts::add(tx, &app.state.clock, new).await
    })
    .await
}

pub fn waiting(case: Uuid, task: &str) -> Notice {
    let (title, task) = ("Cầu treo hỏng".to_owned(), task.to_owned());
    Notice::new(&TaskWaiting { title, code: CODE.into(), task })
        .at("/ho-so/x")
        .to([Recipient::CaseContact(case)])
}

async fn post(app: &TestApp, what: &str, token: &str) -> Answer {
    app.client().post(&format!("/case-letters/{what}"), &json!({ "token": token })).await
}

/// A case whose contact is confirmed.
pub async fn confirmed(app: &TestApp, email: &str) -> Uuid {
    let case = app.state.clock.new_id();
    give(app, case, email).await.expect("given");
    let token = mailbox::token(app, email).await;
    post(app, "confirm", &token).await.expect(200);
    case
}

async fn column(app: &TestApp, table: &str, column: &str) -> Vec<String> {
    let sql = format!("SELECT {column} AS v FROM {table}");
    let db = &app.state.db;
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    rows.expect("read").iter().map(|row| row.try_get("", "v").expect("a text")).collect()
}

/// All letters as they were sent.
fn raw_letters(app: &TestApp) -> String {
    let folder = std::fs::read_dir(app.state.config.data_dir.join("mail")).expect("the folder");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(entry.expect("a file").path()).expect("a letter")
    };
    folder.map(read).collect()
}

#[actix_web::test]
async fn an_address_gets_one_question_until_it_is_confirmed_then_news_that_need_no_account() {
    let app = TestApp::start().await;
    let case = app.state.clock.new_id();
    give(&app, case, &format!("  {}", CITIZEN.to_uppercase())).await.expect("given");
    tell(&app.state, waiting(case, "x")).await;
    let letters = mailbox::letters(&app, CITIZEN).await;
    let [question] = &letters[..] else { panic!("one question: {letters:?}") };
    assert!(question.contains(CODE), "{question}");
    assert!(
        !question.contains("Tám") && !question.contains("Cầu"),
        "a stranger's words: {question}"
    );
    assert!(!raw_letters(&app).contains("List-Unsubscribe"));
    let token = mailbox::token_in(question);

    let state: CaseLetters = post(&app, "confirm", &token).await.expect(200).read_as();
    assert_eq!((state.code.as_str(), state.is_confirmed, state.is_stopped), (CODE, true, false));
    post(&app, "confirm", &token).await.expect(200);
    tell(&app.state, waiting(case, "y")).await;
    tell(&app.state, waiting(case, "z").once("z")).await;
    tell(&app.state, waiting(case, "z").once("z")).await;
    let letters = mailbox::letters(&app, CITIZEN).await;
    assert_eq!(letters.len(), 3, "what was told before the confirmation stays untold");
    let news = &letters[1];
    assert!(news.starts_with("Dear Bà Tám,"), "{news}");
    let site = app.state.config.public_url();
    assert!(news.contains(&format!("{site}/theo-doi?code={CODE}")), "{news}");
    assert!(!news.contains("/ho-so/x"), "that page needs an account");
    assert!(news.contains(&format!("{site}/thu-ve-ho-so?token={token}")), "{news}");
    let raw = raw_letters(&app).replace("\r\n", "").replace(' ', "");
    assert!(
        raw.contains(&format!("List-Unsubscribe:<{site}/thu-ve-ho-so?token={token}>")),
        "{raw}"
    );
    let routes = include_str!("../../../frontend/src/routes.rs");
    for page in ["/theo-doi", "/thu-ve-ho-so"] {
        assert!(routes.contains(&format!("path!(\"{page}\")")), "{page}");
    }
}

#[actix_web::test]
async fn who_stops_gets_no_more_and_the_address_is_erased() {
    let app = TestApp::start().await;
    let case = confirmed(&app, CITIZEN).await;
    let token = mailbox::token(&app, CITIZEN).await;
    tell(&app.state, waiting(case, "waits while it is stopped")).await;
    for _ in 0..2 {
        let state: CaseLetters = post(&app, "stop", &token).await.expect(200).read_as();
        assert!(state.is_stopped);
    }
    tell(&app.state, waiting(case, "x")).await;
    assert_eq!(mailbox::letters(&app, CITIZEN).await.len(), 1, "the question alone");
    assert_eq!(column(&app, "case_contacts", "email || name").await, [""]);
    assert_problem(&post(&app, "confirm", &token).await, 422, "token_invalid");
    let standing = contacts::standing_of(&app.state.db, case).await.expect("read");
    let stopped = ContactStanding { is_confirmed: true, is_stopped: true, is_refusing: false };
    assert_eq!(standing, Some(stopped));
}

/// Nobody is written to in a language that was not chosen.
#[actix_web::test]
async fn a_stored_language_that_is_none_of_ours_is_a_failure_of_the_server() {
    let app = TestApp::start().await;
    confirmed(&app, CITIZEN).await;
    let token = mailbox::token(&app, CITIZEN).await;
    let damage = "UPDATE case_contacts SET language = 'fr'";
    app.state.db.execute_unprepared(damage).await.expect("damaged");
    assert_problem(&post(&app, "stop", &token).await, 500, "internal");
}

#[actix_web::test]
async fn a_stranger_who_types_an_address_causes_three_questions_a_day_and_none_once_refused() {
    let app = TestApp::start().await;
    let ask = async |times: usize| {
        for _ in 0..times {
            give(&app, app.state.clock.new_id(), CITIZEN).await.expect("given");
        }
        mailbox::letters(&app, CITIZEN).await.len()
    };
    assert_eq!(ask(9).await, 3);
    app.advance(Duration::hours(25));
    assert_eq!(ask(9).await, 6);
    // The owner refuses one of them, and has peace from all.
    let token = mailbox::token(&app, CITIZEN).await;
    post(&app, "stop", &token).await.expect(200);
    app.advance(Duration::days(30));
    contacts::purge(app.state.clone()).await.expect("purged");
    assert_eq!(ask(9).await, 6);
    app.advance(Duration::days(160));
    assert_eq!(ask(1).await, 7);
}

#[actix_web::test]
async fn an_address_gets_no_more_letters_in_an_hour_than_it_may_and_loses_none() {
    let app = TestApp::start_with(|config| config.limits.letters_per_hour = 5).await;
    let case = confirmed(&app, CITIZEN).await;
    for n in 0..8 {
        tell(&app.state, waiting(case, &format!("step {n}"))).await;
    }
    assert_eq!(mailbox::letters(&app, CITIZEN).await.len(), 5);
    app.advance(Duration::seconds(30));
    assert_eq!(mailbox::letters(&app, CITIZEN).await.len(), 5);
    app.advance(Duration::hours(1));
    let letters = mailbox::letters(&app, CITIZEN).await.join("\n");
    assert!((0..8).all(|n| letters.contains(&format!("step {n}"))), "{letters}");
}

#[actix_web::test]
async fn the_same_address_again_stays_confirmed_and_another_one_is_asked_anew() {
    let app = TestApp::start().await;
    let case = confirmed(&app, CITIZEN).await;
    let token = mailbox::token(&app, CITIZEN).await;
    give(&app, case, CITIZEN).await.expect("given again");
    tell(&app.state, waiting(case, "x")).await;
    assert_eq!(mailbox::letters(&app, CITIZEN).await.len(), 2);

    let other = "con-gai@xom-nui.example";
    give(&app, case, other).await.expect("given");
    tell(&app.state, waiting(case, "y")).await;
    assert_eq!(mailbox::letters(&app, CITIZEN).await.len(), 2, "the former address gets nothing");
    assert_eq!(mailbox::letters(&app, other).await.len(), 1, "the other one is asked");
    for what in ["confirm", "stop"] {
        assert_problem(&post(&app, what, &token).await, 422, "token_invalid");
    }
}

#[actix_web::test]
async fn a_token_that_was_made_up_opens_nothing() {
    let app = TestApp::start().await;
    confirmed(&app, CITIZEN).await;
    let token = mailbox::token(&app, CITIZEN).await;
    let other = if token.ends_with('A') { "B" } else { "A" };
    let nearly = format!("{}{other}", &token[..token.len() - 1]);
    for wrong in [&nearly[..], &token[..22], "x", "=", &"A".repeat(64)] {
        for what in ["confirm", "stop"] {
            assert_problem(&post(&app, what, wrong).await, 422, "token_invalid");
        }
    }
    assert_problem(&post(&app, "stop", "").await, 422, "validation_failed");
    for wrong in ["no address", "a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example", ""] {
        let given = give(&app, app.state.clock.new_id(), wrong).await;
        assert!(given.is_err(), "{wrong:?}");
    }
}

#[actix_web::test]
async fn contacts_are_erased_in_time_and_what_waits_for_them_is_not_sent() {
    let app = TestApp::start().await;
    let known =
        async |case| contacts::standing_of(&app.state.db, case).await.expect("read").is_some();
    let case = confirmed(&app, CITIZEN).await;
    let unconfirmed = app.state.clock.new_id();
    give(&app, unconfirmed, "ai-do@xom-nui.example").await.expect("given");
    app.advance(Duration::days(13));
    contacts::purge(app.state.clone()).await.expect("purged");
    assert!(known(case).await && known(unconfirmed).await);
    app.advance(Duration::days(1));
    contacts::purge(app.state.clone()).await.expect("purged");
    assert!(known(case).await && !known(unconfirmed).await, "nobody confirmed it");

    let at = app.state.clock.now() + Duration::days(730);
    write(&app, async |tx| contacts::erase_at(tx, case, at).await).await.expect("noted");
    // Another address, given and confirmed later, is kept no longer.
    let daughter = "con-gai@xom-nui.example";
    give(&app, case, daughter).await.expect("given");
    let token = mailbox::token(&app, daughter).await;
    post(&app, "confirm", &token).await.expect(200);
    app.advance(Duration::days(730));
    tell(&app.state, waiting(case, "x")).await;
    contacts::purge(app.state.clone()).await.expect("purged");
    assert!(!known(case).await);
    assert_eq!(mailbox::letters(&app, daughter).await.len(), 1, "the question of two years ago");

    let other = confirmed(&app, CITIZEN).await;
    tell(&app.state, waiting(other, "x")).await;
    write(&app, async |tx| contacts::erase(tx, other).await).await.expect("erased");
    assert_eq!(mailbox::letters(&app, CITIZEN).await.len(), 2, "one question more");
}

#[actix_web::test]
async fn an_address_stands_nowhere_but_with_its_case() {
    let app = TestApp::start().await;
    let officer = app.signed_in("officer", &[role(Role::IntakeOfficer)]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let case = confirmed(&app, CITIZEN).await;
    write(&app, async |tx| {
        let row = Case {
            subject: Subject::new("petition", case),
            code: Some(CODE),
            title: "Cầu treo hỏng",
            sender: "Một người dân",
            keeps_words: false,
            owner: None,
            organisation: None,
            province: None,
            state: "received",
            holder: Some("intake"),
            due_at: None,
            submitted_at: None,
        };
        casework::record(tx, app.state.clock.now(), &row).await
    })
    .await
    .expect("recorded");
    tell(&app.state, waiting(case, "x").once("once").to([officer.account()])).await;
    for _ in 0..2 {
        // While the letter waits, and after it has left.
        let mut all = Vec::new();
        for (table, text) in [
            ("outbox", "topic || key || payload || COALESCE(last_error, '')"),
            ("notifications", "template || args || COALESCE(path, '') || COALESCE(key, '')"),
            ("audit_entries", "action || detail"),
            ("cases", "title || folded || sender"),
            ("case_letter_counts", "address"),
            ("idempotency_keys", "answer"),
        ] {
            all.extend(column(&app, table, text).await);
        }
        for (who, list) in [
            (&officer, "/cases"),
            (&officer, "/my-work"),
            (&officer, "/notifications"),
            (&admin, "/audit"),
            (&admin, "/outbox/dead-letters"),
        ] {
            all.push(who.get(list).await.expect(200).text());
        }
        let all = all.join("\n").to_lowercase();
        assert!(all.contains(&case.to_string()), "what was told is in there");
        assert!(!all.contains("ba.tam") && !all.contains("bà tám"), "{all}");
        while outbox::deliver_due(&app.state).await.expect("delivered") > 0 {}
    }
    assert_eq!(mailbox::letters(&app, CITIZEN).await.len(), 2);
    assert_eq!(mailbox::letters(&app, "officer@test.example").await.len(), 1);
}
