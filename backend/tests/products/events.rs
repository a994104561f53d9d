//! Events: every refusal has its code, nothing happens twice, and only those who may send them can.

use nq57_shared::products::{Product, ProductEvent};
use serde_json::json;

use super::stories::{Portal, draft_with};
use crate::harness::assert_problem;

#[actix_web::test]
async fn an_incomplete_draft_is_refused_with_every_place() {
    let portal = Portal::open().await;
    let body = draft_with(&[
        ("summary", json!("")),
        ("sectors", json!([])),
        ("deployments", json!([])),
        ("consent", json!(false)),
    ]);
    let draft: Product = portal.company.post("/products", &body).await.expect(201).read_as();
    let answer = portal.send(&portal.company, &draft, "submit").await;
    let problem = assert_problem(&answer, 409, "draft_incomplete");
    let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/summary", "/sectors", "/deployments", "/consent"]);
}

#[actix_web::test]
async fn a_double_click_submits_once() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let (one, two) = tokio::join!(
        portal.send(&portal.company, &draft, "submit"),
        portal.send(&portal.company, &draft, "submit"),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{} {}", one.text(), two.text());
    let now = portal.read(&portal.company, &draft).await;
    let again = portal.send(&portal.company, &now, "submit").await;
    assert_problem(&again, 409, "event_not_possible");
}

#[actix_web::test]
async fn codes_are_unique_when_many_submit_at_once() {
    let portal = Portal::open().await;
    let mut drafts = Vec::new();
    for _ in 0..12 {
        drafts.push(portal.drafted().await);
    }
    let sent = drafts.iter().map(|draft| portal.send(&portal.company, draft, "submit"));
    let answers = futures_util::future::join_all(sent).await;
    let mut codes: Vec<String> =
        answers.iter().map(|answer| answer.read_as::<Product>().code.expect("a code")).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 12);
    assert!(codes.iter().all(|code| code.starts_with("SP-2026-0000")), "{codes:?}");
}

#[actix_web::test]
async fn the_check_decides_what_an_officer_can_send() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    for (event, code) in [
        ("accept", "eligibility_incomplete"),
        ("request_information", "nothing_asked"),
        ("mark_ineligible", "eligibility_not_failed"),
        ("publish", "forbidden"),
        ("decide_publish", "forbidden"),
    ] {
        let answer = portal.send(&portal.intake, &submitted, event).await;
        let status = if code == "forbidden" { 403 } else { 409 };
        assert_problem(&answer, status, code);
    }
    let asked = portal.judge(&submitted, "ask").await;
    let answer = portal.send_at(&portal.intake, &submitted, asked, "accept").await;
    assert_problem(&answer, 409, "eligibility_not_passed");
    let seen = portal.read(&portal.intake, &submitted).await;
    assert_eq!(seen.allowed_events, [ProductEvent::RequestInformation]);
    let codes: Vec<_> = seen.refused_events.iter().map(|refused| refused.code.as_str()).collect();
    assert_eq!(codes, ["eligibility_not_failed", "eligibility_not_passed"]);
    let failed = portal.judge(&seen, "fail").await;
    let answer = portal.send_at(&portal.intake, &submitted, failed, "mark_ineligible").await;
    let ineligible: Product = answer.expect(200).read_as();
    assert!(ineligible.allowed_events.is_empty());
}

#[actix_web::test]
async fn decisions_need_a_quorum_and_a_recommendation() {
    let portal = Portal::open().await;
    let product = portal.under_evaluation().await;
    let seen = portal.read(&portal.publisher, &product).await;
    for event in ["decide_publish", "decide_decline"] {
        let answer = portal.send(&portal.publisher, &seen, event).await;
        assert_problem(&answer, 409, "quorum_not_met");
    }
    assert_problem(
        &portal.send(&portal.publisher, &seen, "publish").await,
        409,
        "event_not_possible",
    );
}

#[actix_web::test]
async fn reasons_are_needed_where_somebody_reads_them() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}/events", published.id);
    let revision = published.revision.cast_signed();
    for body in [json!({"event": "suspend"}), json!({"event": "suspend", "reason": "  "})] {
        let answer = portal.publisher.send_event(&path, revision, &body).await;
        let problem = assert_problem(&answer, 422, "validation_failed");
        assert_eq!(problem.errors[0].pointer, "/reason");
    }
    let unknown = portal.publisher.send_event(&path, revision, &json!({"event": "explode"})).await;
    let problem = assert_problem(&unknown, 422, "validation_failed");
    assert_eq!(problem.errors[0].pointer, "/event");
    let blind = portal.publisher.post(&path, &json!({"event": "suspend", "reason": "x"})).await;
    assert_problem(&blind, 428, "revision_required");
}

#[actix_web::test]
async fn nobody_judges_what_is_their_own() {
    let portal = Portal::open().await;
    let both = [nq57_shared::access::Role::IntakeOfficer, nq57_shared::access::Role::Publisher];
    let insider = portal.app.signed_in("insider", &both.map(crate::harness::role)).await;
    let draft: Product =
        insider.post("/products", &super::stories::draft()).await.expect(201).read_as();
    let submitted: Product = portal.send(&insider, &draft, "submit").await.read_as();
    assert_eq!(submitted.allowed_events, [ProductEvent::Withdraw]);
    let path = format!("/products/{}/eligibility", draft.id);
    let items = json!({"items": []});
    let answer = insider.put(&path, submitted.revision.cast_signed(), &items).await;
    assert_problem(&answer, 403, "forbidden");
}
