//! Opening an evaluation.

use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::evaluations::Evaluation;
use nq57_shared::page::Page;
use nq57_shared::products::ProductState;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::stories::{EvaluationStory, open, panel};
use crate::harness::{assert_problem, role};
use crate::products::stories::Portal;

#[actix_web::test]
async fn an_opened_evaluation_puts_the_product_under_evaluation_at_once_and_tells_the_panel() {
    let evaluation = EvaluationStory::open().await;
    let product = evaluation.portal.read(&evaluation.portal.chair, &evaluation.product).await;
    assert_eq!(product.state, ProductState::UnderEvaluation);
    assert_eq!(product.evaluation_id.map(|id| id.to_string()), Some(evaluation.id.clone()));
    let shown = evaluation.read(&evaluation.portal.chair).await;
    assert_eq!(shown.rubric.criteria.len(), 4);
    assert_eq!((shown.quorum, shown.members.len(), shown.product_version), (2, 3, 1));
    for member in &evaluation.members {
        assert_eq!(evaluation.told(member, "evaluation_assigned").await, 1);
        let inbox = member.get("/notifications").await.json();
        assert_eq!(inbox["items"][0]["path"], format!("/danh-gia/{}", evaluation.id));
    }
    let listed: Page<Evaluation> = evaluation
        .portal
        .publisher
        .get(&format!("/products/{}/evaluations", product.id))
        .await
        .read_as();
    assert_eq!(listed.items.len(), 1);
}

#[actix_web::test]
async fn only_one_evaluation_is_open_however_often_it_is_asked_for() {
    let portal = Portal::open().await;
    let product = portal.accepted().await;
    let members = portal.evaluators.each_ref();
    let body = panel(&portal.chair, &members);
    let path = format!("/products/{}/evaluations", product.id);
    let seen = product.revision.cast_signed();
    let ask = || async {
        let call = portal.chair.call(Method::POST, &path).if_match(seen).json(&body);
        call.idempotency_key("once").send().await
    };
    let first = ask().await.expect(201);
    let again = ask().await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(first.header("location"), again.header("location"));
    let after = portal.read(&portal.chair, &product).await;
    assert_problem(&open(&portal.chair, &after, &body).await, 409, "evaluation_open");
    assert_problem(&open(&portal.chair, &product, &body).await, 412, "stale_revision");
}

#[actix_web::test]
async fn two_chairs_who_open_at_once_open_one_evaluation() {
    let portal = Portal::open().await;
    let other = portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let product = portal.accepted().await;
    let body = panel(&portal.chair, &portal.evaluators.each_ref());
    let both = tokio::join!(open(&portal.chair, &product, &body), open(&other, &product, &body));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert!([409, 412].contains(&statuses[1]), "{statuses:?}");
    let listed = portal.chair.get(&format!("/products/{}/evaluations", product.id)).await.json();
    assert_eq!(listed["items"].as_array().expect("items").len(), 1);
}

#[actix_web::test]
async fn a_panel_of_people_who_may_not_sit_on_it_is_refused_with_every_place() {
    let portal = Portal::open().await;
    let product = portal.accepted().await;
    let nobody = Uuid::now_v7();
    let grants = [role(Role::Evaluator), role(Role::PanelChair)];
    let elsewhere = RoleGrant { province_code: Some("01".into()), ..role(Role::Evaluator) };
    let elsewhere = portal.app.signed_in("elsewhere", &[elsewhere]).await;
    let able = portal.app.signed_in("able", &grants).await;
    let body = json!({
        "rubric_id": "none-such",
        "chair_id": portal.evaluators[0].account(),
        "member_ids": [nobody, portal.company.account(), elsewhere.account(), able.account()],
        "quorum": 2,
        "due_on": "2026-11-20",
    });
    let problem =
        assert_problem(&open(&portal.chair, &product, &body).await, 422, "validation_failed");
    let found: Vec<_> = problem
        .errors
        .iter()
        .map(|error| (error.pointer.as_str(), serde_json::to_value(error.code).unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("/chair_id", json!("not_allowed")),
            ("/member_ids/0", json!("unknown_value")),
            ("/member_ids/1", json!("not_allowed")),
            ("/member_ids/2", json!("not_allowed")),
            ("/due_on", json!("not_allowed")),
            ("/rubric_id", json!("unknown_value")),
        ]
    );
    let after = portal.read(&portal.chair, &product).await;
    assert_eq!(after.state, ProductState::Accepted);
    assert_eq!(after.evaluation_id, None);
}

#[actix_web::test]
async fn members_of_the_submitting_organisation_may_not_judge_it() {
    let app = crate::harness::TestApp::start().await;
    let insider = app.signed_in("insider", &[role(Role::Evaluator)]).await;
    let founded =
        json!({"name": "Công ty Đồng Bưng", "kind": "enterprise", "tax_code": "0312345678"});
    insider.post("/organisations", &founded).await.expect(201);
    let mut portal = Portal::on(app).await;
    portal.people.company = insider.clone();
    let product = portal.accepted().await;
    assert!(product.organisation_id.is_some());
    let colleague = &portal.evaluators[0];
    let organisation = product.organisation_id.expect("an organisation");
    colleague
        .post(&format!("/organisations/{organisation}/join-requests"), &json!({}))
        .await
        .expect(201);
    let waiting = insider.get(&format!("/organisations/{organisation}/join-requests")).await.json();
    let request = waiting["items"][0]["id"].as_str().expect("a request").to_owned();
    let answer = format!("/organisations/{organisation}/join-requests/{request}/answer");
    insider.post(&answer, &json!({"approve": true})).await.expect(200);
    let body = panel(&portal.chair, &portal.evaluators.each_ref());
    let problem =
        assert_problem(&open(&portal.chair, &product, &body).await, 422, "validation_failed");
    assert_eq!(problem.errors[0].pointer, "/member_ids/0");
}

#[actix_web::test]
async fn whoever_is_no_chair_cannot_open_and_a_product_elsewhere_on_its_way_cannot_be_opened() {
    let portal = Portal::open().await;
    let product = portal.accepted().await;
    let body = panel(&portal.chair, &portal.evaluators.each_ref());
    assert_problem(&open(&portal.intake, &product, &body).await, 403, "forbidden");
    assert_problem(&open(&portal.company, &product, &body).await, 403, "forbidden");
    let stranger = portal.app.signed_in("stranger", &[]).await;
    assert_problem(&open(&stranger, &product, &body).await, 404, "not_found");
    assert_problem(&open(&portal.app.client(), &product, &body).await, 401, "unauthenticated");
    let submitted = portal.submitted().await;
    assert_problem(&open(&portal.chair, &submitted, &body).await, 409, "event_not_possible");
    let listed = portal.chair.get(&format!("/products/{}/evaluations", submitted.id)).await.json();
    assert_eq!(listed["items"], json!([]), "the refused evaluation left nothing");
}
