//! People are told in their inbox and by mail, in their language, once.

mod contacts;
mod ferries;
mod links;
mod refusals;

use nq57_backend::domains::products::notices::Accepted;
use nq57_platform::notifications::{self, Notice};
use nq57_platform::outbox;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::ids::AccountId;
use nq57_shared::notifications::{NotificationPage, Unread};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{TestApp, assert_problem};

const INBOX: &str = "/notifications";

async fn tell(state: &AppState, notice: Notice) {
    transaction::write(&state.db, async |tx| {
        notifications::notify(tx, &state.clock, notice.clone()).await
    })
    .await
    .expect("told");
}

fn accepted(to: AccountId, code: &str) -> Notice {
    Notice::new(&Accepted { title: "Cân điện tử".into(), code: code.into() })
        .to([to])
        .about("product", Uuid::nil())
        .at(format!("/products/{code}"))
}

#[actix_web::test]
async fn a_notice_stands_in_the_inbox_in_the_language_of_the_reader() {
    let app = TestApp::start().await;
    let an = app.signed_in("an", &[]).await;
    tell(&app.state, accepted(an.account(), "SP-1")).await;
    let page: NotificationPage = an
        .call(reqwest::Method::GET, &format!("{INBOX}?count=true"))
        .header("Accept-Language", "vi")
        .send()
        .await
        .read_as();
    assert_eq!((page.items.len(), page.unread), (1, Some(1)));
    let vi = &page.items[0];
    assert_eq!((vi.kind.as_str(), vi.title.as_str()), ("accepted", "Hồ sơ SP-1 hợp lệ"));
    assert_eq!(vi.path.as_deref(), Some("/products/SP-1"));
    assert_eq!(vi.subject_type.as_deref(), Some("product"));
    let en: NotificationPage =
        an.call(reqwest::Method::GET, INBOX).header("Accept-Language", "en").send().await.read_as();
    assert_eq!(en.items[0].title, "Submission SP-1 is eligible");
    assert_eq!(en.unread, None, "counted only when asked");
}

#[actix_web::test]
async fn one_reads_ones_own_inbox_only() {
    let app = TestApp::start().await;
    let (an, binh) = (app.signed_in("an", &[]).await, app.signed_in("binh", &[]).await);
    for n in 0..3 {
        tell(&app.state, accepted(an.account(), &format!("SP-{n}"))).await;
    }
    let page: NotificationPage = an.get(&format!("{INBOX}?limit=2")).await.read_as();
    assert_eq!(page.items[0].path.as_deref(), Some("/products/SP-2"), "the latest first");
    let cursor = page.next_cursor.expect("there is more");
    let rest: NotificationPage =
        an.get(&format!("{INBOX}?limit=2&cursor={cursor}")).await.read_as();
    assert_eq!((rest.items.len(), rest.next_cursor), (1, None));
    assert_problem(
        &an.get(&format!("{INBOX}?unread=true&cursor={cursor}")).await,
        400,
        "invalid_cursor",
    );

    let others: NotificationPage = binh.get(INBOX).await.read_as();
    assert!(others.items.is_empty());
    let ids: Vec<_> = page.items.iter().map(|item| item.id).collect();
    binh.post("/notifications/read", &json!({ "ids": ids })).await.expect(200);
    let left: NotificationPage = an.get(&format!("{INBOX}?unread=true&count=true")).await.read_as();
    assert_eq!((left.items.len(), left.unread), (3, Some(3)), "nobody marks what is not theirs");
    assert_problem(&app.client().get(INBOX).await, 401, "unauthenticated");
}

#[actix_web::test]
async fn messages_are_marked_by_id_or_all_at_once() {
    let app = TestApp::start().await;
    let an = app.signed_in("an", &[]).await;
    for n in 0..4 {
        tell(&app.state, accepted(an.account(), &format!("SP-{n}"))).await;
    }
    let page: NotificationPage = an.get(INBOX).await.read_as();
    let marked: Unread =
        an.post("/notifications/read", &json!({ "ids": [page.items[0].id] })).await.read_as();
    assert_eq!(marked.unread, 3);
    let unread: NotificationPage = an.get(&format!("{INBOX}?unread=true")).await.read_as();
    assert_eq!(unread.items.len(), 3);
    let all: Unread = an.post("/notifications/read", &json!({ "all": true })).await.read_as();
    assert_eq!(all.unread, 0);
    let page: NotificationPage = an.get(INBOX).await.read_as();
    assert!(page.items.iter().all(|item| item.read_at.is_some()), "read ones stay in the inbox");

    for (body, status, code) in [
        (json!({}), 422, "validation_failed"),
        (json!({ "ids": [], "all": false }), 422, "validation_failed"),
        (json!({ "ids": [page.items[0].id], "all": true }), 422, "validation_failed"),
        (json!({ "ids": "x" }), 400, "malformed_body"),
    ] {
        assert_problem(&an.post("/notifications/read", &body).await, status, code);
    }
    assert_problem(
        &app.client().post("/notifications/read", &json!({ "all": true })).await,
        401,
        "unauthenticated",
    );
}

#[actix_web::test]
async fn mail_follows_in_the_language_of_the_account_and_a_key_makes_it_one() {
    let app = TestApp::start().await;
    let an = app.signed_in("an", &[]).await;
    for _ in 0..2 {
        tell(&app.state, accepted(an.account(), "SP-7").once("accepted:SP-7")).await;
    }
    let page: NotificationPage = an.get(&format!("{INBOX}?count=true")).await.read_as();
    assert_eq!(page.unread, Some(1));
    while outbox::deliver_due(&app.state).await.expect("delivered") > 0 {}
    let folder = app.state.config.data_dir.join("mail");
    let files: Vec<_> = std::fs::read_dir(folder).expect("the mail folder").collect();
    assert_eq!(files.len(), 1);
    let letter = std::fs::read_to_string(files[0].as_ref().expect("a file").path()).expect("text");
    assert!(letter.contains("To: an <an@test.example>"), "{letter}");
    assert!(letter.contains("Subject: Submission SP-7 is eligible - NQ57"), "{letter}");
}
