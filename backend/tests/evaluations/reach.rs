//! A seat is a fact; what it is worth follows from the role. Page and list of work say the same of it.

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
