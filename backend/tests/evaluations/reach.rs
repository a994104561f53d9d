//! A seat is a fact; what it is worth follows from the role. Page and list of work say the same of it.

use nq57_platform::outbox;
use nq57_shared::access::Role;
use nq57_shared::accounts::AccountSummary;
use nq57_shared::casework::WorkPage;
use serde_json::{Value, json};

use super::stories::EvaluationStory;
use crate::harness::{Client, assert_problem, role};
use crate::organisations::{enter, enterprise};

/// Takes all roles of somebody, and gives this one.
async fn only(admin: &Client, who: &Client, grant: &Value) {
    let path = format!("/accounts/{}", who.account());
    let held: AccountSummary = admin.get(&path).await.read_as();
    for one in held.grants {
        admin.delete(&format!("{path}/grants/{}", one.id)).await.expect(204);
    }
    admin.post(&format!("{path}/grants"), grant).await.expect(201);
}

/// Whether evaluation, product and work are found: all alike.
async fn sees(evaluation: &EvaluationStory, who: &Client) -> bool {
    let page = who.get(&evaluation.path("")).await.status == 200;
    let product = who.get(&format!("/products/{}", evaluation.product.id)).await.status == 200;
    let work: WorkPage = who.get("/my-work").await.read_as();
    let waits = work.items.iter().any(|item| item.case.id == evaluation.product.id.0);
    assert_eq!((product, waits), (page, page), "product and work agree with the evaluation");
    page
}

#[actix_web::test]
async fn a_member_whose_role_no_longer_reaches_the_case_neither_sees_nor_judges_it() {
    // The product is of the province 92 and of no organisation.
    let evaluation = EvaluationStory::declared().await;
    let member = &evaluation.members[0];
    let app = &evaluation.portal.app;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let elsewhere = enter(&admin, &enterprise("Nơi khác")).await;
    assert!(sees(&evaluation, member).await);
    let seen = evaluation.revision_for(member).await;
    for (grant, reaches) in [
        (json!({ "role": "evaluator", "province_code": "01" }), false),
        (json!({ "role": "evaluator", "province_code": "92" }), true),
        (json!({ "role": "evaluator", "organisation_id": elsewhere.id }), false),
        (json!({ "role": "panel_chair", "province_code": "01" }), false),
        (json!({ "role": "coordinator" }), false),
        (json!({ "role": "panel_chair", "province_code": "92" }), true),
    ] {
        only(&admin, member, &grant).await;
        assert_eq!(sees(&evaluation, member).await, reaches, "{grant}");
        let sheet = super::stories::sheet(3, false);
        let scored = member.put(&evaluation.path("/score-sheets/me"), seen, &sheet).await;
        match reaches {
            true => assert!(matches!(scored.status, 200 | 412), "{grant}: {}", scored.text()),
            false => drop(assert_problem(&scored, 404, "not_found")),
        }
    }
    let kept = evaluation.read(&evaluation.portal.chair).await;
    assert!(kept.members.iter().any(|one| one.account_id == member.account()), "the seat stays");
}

/// What waits for somebody at the product of the evaluation.
async fn waits(evaluation: &EvaluationStory, who: &Client) -> Vec<String> {
    while outbox::deliver_due(&evaluation.portal.app.state).await.expect("delivered") > 0 {}
    let work: WorkPage = who.get("/my-work").await.read_as();
    let here = work.items.into_iter().filter(|item| item.case.id == evaluation.product.id.0);
    here.map(|item| item.step).collect()
}

/// Takes the only role of somebody; answers what gives it back.
async fn revoked(admin: &Client, who: &Client) -> Value {
    let path = format!("/accounts/{}", who.account());
    let held: AccountSummary = admin.get(&path).await.read_as();
    let [only] = held.grants.as_slice() else { panic!("{:?}", held.grants) };
    admin.delete(&format!("{path}/grants/{}", only.id)).await.expect(204);
    json!({ "role": only.role.role })
}

#[actix_web::test]
async fn a_seat_whose_role_is_revoked_is_told_and_a_panel_that_cannot_go_on_waits_for_another() {
    let evaluation = EvaluationStory::declared().await;
    let (app, chair) = (&evaluation.portal.app, &evaluation.portal.chair);
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let [one, two, three] = &evaluation.members;
    let nothing: [&str; 0] = [];
    revoked(&admin, one).await;
    assert_eq!(waits(&evaluation, chair).await, nothing, "two sheets can still come");
    assert_eq!(evaluation.told(chair, "seat_lost").await, 1);
    let back = revoked(&admin, two).await;
    assert_eq!(waits(&evaluation, chair).await, ["replace_panel"]);
    assert_eq!(waits(&evaluation, &admin).await, ["replace_panel"]);
    assert_eq!(evaluation.told(chair, "seat_lost").await, 2);
    assert_eq!(evaluation.told(three, "seat_lost").await, 0);

    admin.post(&format!("/accounts/{}/grants", two.account()), &back).await.expect(201);
    assert_eq!(waits(&evaluation, chair).await, nothing);
    let two = app.sign_in(two.account()).await;
    assert_eq!(waits(&evaluation, &two).await, ["score"], "what waited waits again");
}

#[actix_web::test]
async fn a_chair_who_is_suspended_leaves_the_panel_to_whoever_can_name_another() {
    let evaluation = EvaluationStory::declared().await;
    let app = &evaluation.portal.app;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let other = app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let path = format!("/accounts/{}", evaluation.portal.chair.account());
    let suspends = async |is_suspended: bool| {
        let seen = admin.get(&path).await.revision();
        let body = json!({ "is_suspended": is_suspended, "reason": "thử" });
        admin.patch(&path, seen, &body).await.expect(200);
    };
    suspends(true).await;
    for who in [&admin, &other] {
        assert_eq!(waits(&evaluation, who).await, ["replace_panel"]);
        assert_eq!(evaluation.told(who, "seat_lost").await, 1);
    }
    suspends(false).await;
    assert!(waits(&evaluation, &other).await.is_empty());
}
