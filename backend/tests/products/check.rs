//! The eligibility check: recorded by officers, read by the submitter once it was sent.

use nq57_shared::products::EligibilityCheck;
use serde_json::json;

use super::stories::Portal;
use crate::harness::assert_problem;

#[actix_web::test]
async fn verdicts_replace_those_before_and_move_the_revision() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let path = format!("/products/{}/eligibility", submitted.id);
    let revision = submitted.revision.cast_signed();
    let one = json!({"items": [{"code": "owner_identified", "verdict": "pass"}]});
    let answer = portal.intake.put(&path, revision, &one).await.expect(200);
    assert_eq!(answer.revision(), revision + 1);
    let check: EligibilityCheck = answer.read_as();
    assert_eq!((check.items.len(), check.is_complete, check.version), (1, false, 1));
    assert_eq!(check.revision.cast_signed(), revision + 1);
    let stale = portal.intake.put(&path, revision, &one).await;
    assert_problem(&stale, 412, "stale_revision");
    let none = portal.intake.put(&path, revision + 1, &json!({"items": []})).await;
    assert!(none.read_as::<EligibilityCheck>().items.is_empty());
    portal.judge(&portal.read(&portal.intake, &submitted).await, "pass").await;
    let whole: EligibilityCheck = portal.intake.get(&path).await.read_as();
    assert!(whole.is_complete);
}

#[actix_web::test]
async fn the_submitter_does_not_watch_the_officer_at_work() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let failed = portal.judge(&submitted, "fail").await;
    let path = format!("/products/{}/eligibility", submitted.id);
    let check: EligibilityCheck = portal.company.get(&path).await.expect(200).read_as();
    assert_eq!((check.items.len(), check.recorded_at), (0, None));
    portal.send_at(&portal.intake, &submitted, failed, "mark_ineligible").await.expect(200);
    let check: EligibilityCheck = portal.company.get(&path).await.read_as();
    assert!(check.is_complete && check.items[0].note.is_some());
}

#[actix_web::test]
async fn wrong_verdicts_are_named_and_the_wrong_moment_is_refused() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let path = format!("/products/{}/eligibility", submitted.id);
    let revision = submitted.revision.cast_signed();
    for (item, pointer) in [
        (json!({"code": "nonsense", "verdict": "pass"}), "/items/0/code"),
        (json!({"code": "owner_identified", "verdict": "fail"}), "/items/0/note"),
        (json!({"code": "owner_identified", "verdict": "perhaps"}), "/items/0/verdict"),
    ] {
        let answer = portal.intake.put(&path, revision, &json!({"items": [item]})).await;
        let problem = assert_problem(&answer, 422, "validation_failed");
        assert_eq!(problem.errors[0].pointer, pointer);
    }
    let accepted = portal.accept(&submitted).await;
    let late =
        portal.intake.put(&path, accepted.revision.cast_signed(), &json!({"items": []})).await;
    assert_problem(&late, 409, "event_not_possible");
    let own =
        portal.company.put(&path, accepted.revision.cast_signed(), &json!({"items": []})).await;
    assert_problem(&own, 403, "forbidden");
}
