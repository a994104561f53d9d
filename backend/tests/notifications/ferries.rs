//! A slice made only for this test: its notices are read and mailed without a line in the platform or in the browser.

use chrono::NaiveDate;
use nq57_backend::identity::accounts;
use nq57_platform::notifications::{self, Notice};
use nq57_platform::outbox;
use nq57_platform::registry::{Registry, Slice};
use nq57_platform::state::AppState;
use nq57_shared::notifications::NotificationPage;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};

use super::tell;
use crate::accounts::mailbox;
use crate::harness::{Client, TestApp};

nq57_platform::notices! {
    /// To passengers.
    FerryDelayed = "ferry_delayed" { code: String, quay: &'static str, leaves_on: NaiveDate }
}

const FERRIES: Slice = Slice { notices: NOTICES, ..Slice::EMPTY };

static WITH_FERRIES: Registry = Registry::new(
    &[accounts::SLICE, notifications::SLICE, outbox::SLICE, FERRIES],
    &accounts::PEOPLE,
);
static WITH_FERRIES_TWICE: Registry =
    Registry::new(&[notifications::SLICE, FERRIES, FERRIES], &accounts::PEOPLE);

fn delayed() -> Notice {
    let leaves_on = "2026-12-01".parse().expect("a day");
    Notice::new(&FerryDelayed { code: "P-7".into(), quay: "north", leaves_on }).at("/pha")
}

async fn inbox(who: &Client, language: &str) -> NotificationPage {
    who.call(Method::GET, "/notifications")
        .header("Accept-Language", language)
        .send()
        .await
        .expect(200)
        .read_as()
}

#[actix_web::test]
async fn a_new_slice_brings_its_notices_in_both_languages() {
    let app = TestApp::start_on(&WITH_FERRIES, |_| ()).await;
    let an = app.signed_in("an", &[]).await;
    tell(&app.state, delayed().to([an.account()])).await;
    let vi = inbox(&an, "vi").await;
    assert_eq!(vi.items[0].kind, "ferry_delayed");
    assert_eq!(vi.items[0].title, "Phà P-7 đến muộn");
    assert_eq!(vi.items[0].text, "Phà P-7 rời bến bắc ngày 01/12/2026.");
    let en = inbox(&an, "en").await;
    assert_eq!(en.items[0].text, "Ferry P-7 leaves the north quay on 1 December 2026.");
    let letters = mailbox::letters(&app, "an@test.example").await;
    assert!(letters[0].contains("See the ferries:"), "{letters:?}");
}

#[actix_web::test]
async fn two_slices_with_a_notice_of_one_name_stop_the_start() {
    let app = TestApp::start().await;
    let state = &app.state;
    let started =
        AppState::build(state.config.clone(), state.clock.clone(), &WITH_FERRIES_TWICE).await;
    let error = format!("{:#}", started.err().expect("it does not start"));
    assert!(error.contains("two notices are called ferry_delayed"), "{error}");
}

#[actix_web::test]
async fn a_notice_of_another_version_is_listed_among_the_others() {
    let with = TestApp::start_on(&WITH_FERRIES, |_| ()).await;
    let an = with.signed_in("an", &[]).await;
    tell(&with.state, delayed().to([an.account()])).await;
    tell(&with.state, delayed().to([an.account()])).await;
    // A row whose template is gone, and whose values nobody can read.
    let first = "SELECT id FROM notifications ORDER BY created_at, id LIMIT 1";
    let sql = format!(
        "UPDATE notifications SET template = 'ferry_sunk', args = 'no json' WHERE id IN ({first})"
    );
    let db = &with.state.db;
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.execute_raw(statement).await.expect("changed");
    let page = inbox(&an, "en").await;
    let titles: Vec<_> = page.items.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["Ferry P-7 is late", "Notification"]);
    assert_eq!(page.items[1].kind, "ferry_sunk");
    assert_eq!(page.items[1].path.as_deref(), Some("/pha"), "it still leads to its page");
}
