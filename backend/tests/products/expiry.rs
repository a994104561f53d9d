//! A publication ends by itself: the submitter is reminded, and the platform sends `expire`, once.

use chrono::Duration;
use nq57_backend::domains::products;
use nq57_backend::domains::products::allowances;
use nq57_shared::access::Role;
use nq57_shared::notifications::{Notification, NotificationPage};
use nq57_shared::products::{HistoryEntry, Product, ProductEvent, ProductState};

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use super::stories::Portal;
use crate::harness::{Client, TestApp, role};

/// Tests begin on 23 November 2026; what is published then is public for 24 months.
const DAYS_TO_THE_LAST: i64 = 731;

async fn run_job(app: &TestApp) {
    products::expire(app.state.clone()).await.expect("the job");
}

/// Everybody's sessions have ended meanwhile.
async fn back(portal: &Portal, who: &Client) -> Client {
    portal.app.sign_in(who.account()).await
}

async fn told(who: &Client, kind: &str) -> Vec<Notification> {
    let page: NotificationPage = who.get("/notifications?limit=100").await.read_as();
    page.items.into_iter().filter(|one| one.kind == kind).collect()
}

#[actix_web::test]
async fn a_publication_is_reminded_of_and_expires_once_by_two_servers() {
    let portal = Portal::open().await;
    let (here, there) = (&portal.app, portal.app.sibling().await);
    let published = portal.published().await;
    let both = async || {
        tokio::join!(run_job(here), run_job(&there));
    };
    here.advance(Duration::days(DAYS_TO_THE_LAST - 31));
    both().await;
    assert!(told(&back(&portal, &portal.company).await, "expires_soon").await.is_empty());
    here.advance(Duration::days(1));
    both().await;
    here.advance(Duration::days(1));
    both().await;
    let company = back(&portal, &portal.company).await;
    let [reminder] = &told(&company, "expires_soon").await[..] else { panic!("reminded once") };
    assert!(reminder.text.contains("23/11/2028"), "{}", reminder.text);

    here.advance(Duration::days(29));
    both().await;
    let path = format!("/products/{}", published.id);
    here.client().get(&path).await.expect(200);
    here.advance(Duration::days(1));
    both().await;
    both().await;
    let company = back(&portal, &portal.company).await;
    assert_eq!(portal.read(&company, &published).await.state, ProductState::Expired);
    assert_eq!(told(&company, "expired").await.len(), 1);
    assert_eq!(told(&company, "expires_soon").await.len(), 1);
    let history = company.get(&format!("{path}/history")).await.json();
    let history: Vec<HistoryEntry> =
        serde_json::from_value(history["items"].clone()).expect("a way");
    let ends = history.iter().filter(|entry| entry.event == ProductEvent::Expire);
    let [end] = ends.collect::<Vec<_>>()[..] else { panic!("it ended once") };
    assert_eq!((end.from, end.by), (ProductState::Published, None));
    for server in [here, &there] {
        let list = server.client().get("/products?count=true").await.json();
        assert_eq!(list["total"], 0);
    }

    let admin = here.signed_in("admin", &[role(Role::Administrator)]).await;
    let audit = admin.get(&format!("/audit?subject_id={}&limit=100", published.id)).await.json();
    let entries = audit["items"].as_array().expect("entries").iter();
    let ends: Vec<_> = entries.filter(|entry| entry["detail"]["event"] == "expire").collect();
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0]["actor"], "system");
}

#[actix_web::test]
async fn a_new_version_under_way_keeps_the_old_one_public_until_it_is_given_up() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let own = portal.read(&portal.company, &published).await;
    let revised: Product = portal.send(&portal.company, &own, "revise").await.expect(200).read_as();
    portal.app.advance(Duration::days(DAYS_TO_THE_LAST + 100));
    run_job(&portal.app).await;
    portal.app.client().get(&format!("/products/{}", published.id)).await.expect(200);
    let company = back(&portal, &portal.company).await;
    portal.send(&company, &revised, "discard_revision").await.expect(200);
    run_job(&portal.app).await;
    assert_eq!(portal.read(&company, &published).await.state, ProductState::Expired);
}

#[actix_web::test]
async fn a_publication_that_cannot_be_ended_keeps_no_other_one_public() {
    let portal = Portal::open().await;
    let first = portal.published().await;
    portal.app.advance(Duration::minutes(1));
    let second = portal.published().await;
    // One row that no version of the program can read any more.
    let db = &portal.app.state.db;
    let row = Query::update()
        .table("products")
        .value("content", Expr::value("{"))
        .and_where(Expr::col("id").eq(first.id.0))
        .to_owned();
    assert_eq!(db.execute(&row).await.expect("written").rows_affected(), 1);

    portal.app.advance(Duration::days(DAYS_TO_THE_LAST + 1));
    let failed = products::expire(portal.app.state.clone()).await;
    assert!(failed.is_err(), "the job tells that it did not do all");
    let company = back(&portal, &portal.company).await;
    assert_eq!(portal.read(&company, &second).await.state, ProductState::Expired);
}

#[actix_web::test]
async fn without_a_term_publications_stay() {
    let app =
        TestApp::start_with(|config| config.deadlines.set(&allowances::PUBLISHED_MONTHS, 0)).await;
    let portal = Portal::on(app).await;
    let published = portal.published().await;
    portal.app.advance(Duration::days(20 * 365));
    run_job(&portal.app).await;
    let company = back(&portal, &portal.company).await;
    assert_eq!(portal.read(&company, &published).await.state, ProductState::Published);
}
