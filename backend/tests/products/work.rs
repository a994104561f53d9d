//! My work: everybody finds what waits for them, the most urgent first, and nothing else.

use chrono::Duration;
use nq57_shared::casework::WorkPage;
use nq57_shared::products::WorkStep;
use serde_json::json;

use super::stories::{Portal, draft_with};
use crate::harness::Client;

async fn work(client: &Client) -> Vec<WorkStep> {
    let page: WorkPage = client.get("/my-work?count=true").await.expect(200).read_as();
    assert_eq!(page.total, Some(page.items.len() as u64));
    let counted: u64 = page.counts.expect("counts").iter().map(|count| count.waiting).sum();
    assert_eq!(page.total, Some(counted));
    let step = |text: &str| WorkStep::parse(text).expect("a step");
    page.items.iter().map(|item| step(&item.step)).collect()
}

#[actix_web::test]
async fn a_submission_wanders_from_hand_to_hand() {
    let portal = Portal::open().await;
    assert!(work(&portal.company).await.is_empty(), "a draft waits for nobody");
    let submitted = portal.submitted().await;
    assert_eq!(work(&portal.intake).await, [WorkStep::CheckEligibility]);
    assert!(work(&portal.chair).await.is_empty());
    let elsewhere = portal.intake_of("01").await;
    assert!(work(&elsewhere).await.is_empty());

    let accepted = portal.accept(&submitted).await;
    assert!(work(&portal.intake).await.is_empty());
    assert_eq!(work(&portal.chair).await, [WorkStep::OpenEvaluation]);
    let evaluation = portal.evaluate(&accepted).await;
    let member = &portal.evaluators[0];
    assert_eq!(work(member).await, [WorkStep::DeclareConflict]);
    let path = format!("/evaluations/{}", evaluation.id);
    let seen = member.get(&path).await.revision();
    member.put(&format!("{path}/conflicts/me"), seen, &json!({"answer": "none"})).await.expect(200);
    assert_eq!(work(member).await, [WorkStep::Score]);
    assert!(work(&portal.chair).await.is_empty(), "the quorum is not met");
    assert!(work(&portal.publisher).await.is_empty());
}

#[actix_web::test]
async fn the_publisher_decides_and_publishes() {
    let portal = Portal::open().await;
    let accepted = portal.accepted().await;
    portal.recommend(&accepted).await;
    assert_eq!(work(&portal.publisher).await, [WorkStep::Decide]);
    assert!(work(&portal.chair).await.is_empty());
    let seen = portal.read(&portal.publisher, &accepted).await;
    portal.send(&portal.publisher, &seen, "decide_publish").await.expect(200);
    assert_eq!(work(&portal.publisher).await, [WorkStep::Publish]);
}

#[actix_web::test]
async fn what_is_due_first_comes_first_page_by_page() {
    let portal = Portal::open().await;
    for title in ["Một", "Hai", "Ba"] {
        let draft = draft_with(&[("title", json!(title))]);
        let draft = portal.company.post("/products", &draft).await.expect(201).read_as();
        portal.send(&portal.company, &draft, "submit").await.expect(200);
        portal.app.advance(Duration::minutes(2));
    }
    let first: WorkPage = portal.intake.get("/my-work?limit=2").await.read_as();
    let cursor = first.next_cursor.expect("more");
    let rest: WorkPage =
        portal.intake.get(&format!("/my-work?limit=2&cursor={cursor}")).await.read_as();
    let titles: Vec<_> =
        first.items.iter().chain(&rest.items).map(|i| i.case.title.as_str()).collect();
    assert_eq!(titles, ["Một", "Hai", "Ba"]);
    assert_eq!(first.items[0].case.working_days_left, Some(5));

    portal.app.advance(Duration::days(10));
    let intake = portal.app.sign_in(portal.intake.account()).await;
    let late: WorkPage = intake.get("/my-work").await.read_as();
    assert_eq!(late.items[0].case.working_days_left, Some(-2), "two working days late");
}
