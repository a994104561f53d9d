//! The chair's recommendation, the visit on site, and the end of an evaluation.

use chrono::Duration;
use nq57_shared::evaluations::{EvaluationState, RecommendedVerdict};
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductEvent, ProductState, ProductStatistics};
use serde_json::json;

use super::stories::EvaluationStory;
use crate::harness::{TestApp, assert_problem};

#[actix_web::test]
async fn only_the_chair_recommends_and_only_with_the_quorum() {
    let evaluation = EvaluationStory::declared().await;
    let chair = &evaluation.portal.chair;
    evaluation.score(&evaluation.members[0], 4, true).await.expect(200);
    assert_problem(&evaluation.recommend(chair, "publish", "Tốt.").await, 409, "quorum_not_met");
    evaluation.score(&evaluation.members[1], 4, true).await.expect(200);
    let member = &evaluation.members[0];
    assert_problem(&evaluation.recommend(member, "publish", "Tốt.").await, 403, "forbidden");
    assert_problem(&evaluation.recommend(chair, "publish", " ").await, 422, "validation_failed");
    let shown = evaluation.recommend(chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(shown.json()["state"], "recommended");
    assert_eq!(evaluation.told(&evaluation.portal.publisher, "recommended").await, 1);
}

#[actix_web::test]
async fn who_has_to_act_is_the_panel_until_the_recommendation_and_the_publisher_after_it() {
    let evaluation = EvaluationStory::declared().await;
    let (app, publisher) = (&evaluation.portal.app, &evaluation.portal.publisher);
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    let overdue = |app: &TestApp| {
        let client = app.client();
        async move {
            let figures: ProductStatistics = client.get("/products/statistics").await.read_as();
            let of =
                |holder| figures.steps.iter().find(|step| step.step == holder).map(|s| s.overdue);
            (of(Holder::Panel), of(Holder::Publisher))
        }
    };
    let product = evaluation.portal.read(publisher, &evaluation.product).await;
    assert_eq!(product.holder, Some(Holder::Panel));
    evaluation.recommend(&evaluation.portal.chair, "publish", "Tốt.").await.expect(200);
    let product = evaluation.portal.read(publisher, &evaluation.product).await;
    assert_eq!(product.holder, Some(Holder::Publisher));
    app.advance(Duration::days(90));
    // In public it is the panel's until the decision: the figures do not tell when it has recommended.
    assert_eq!(overdue(app).await, (Some(1), Some(0)));
}

#[actix_web::test]
async fn a_recommendation_can_be_replaced_and_sent_again_until_the_decision() {
    let evaluation = EvaluationStory::declared().await;
    let chair = &evaluation.portal.chair;
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(chair, "publish", "Tốt.").await.expect(200);
    let revision = evaluation.revision().await;
    evaluation.recommend(chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(evaluation.revision().await, revision, "the same again is no change");
    assert_eq!(evaluation.told(&evaluation.portal.publisher, "recommended").await, 1);
    evaluation.recommend(chair, "decline", "Cần thêm số liệu.").await.expect(200);
    let shown = evaluation.read(chair).await.recommendation.expect("a recommendation");
    assert_eq!(shown.verdict, RecommendedVerdict::Decline);
    let product = evaluation.portal.read(&evaluation.portal.publisher, &evaluation.product).await;
    evaluation
        .portal
        .send(&evaluation.portal.publisher, &product, "decide_decline")
        .await
        .expect(200);
    assert_eq!(evaluation.read(chair).await.state, EvaluationState::Closed);
    assert_problem(&evaluation.recommend(chair, "publish", "Tốt.").await, 409, "evaluation_closed");
    assert_problem(
        &evaluation.score(&evaluation.members[2], 4, true).await,
        409,
        "evaluation_closed",
    );
    assert_problem(
        &evaluation.answer(&evaluation.members[2], "none").await,
        409,
        "evaluation_closed",
    );
}

#[actix_web::test]
async fn the_publisher_decides_only_with_quorum_and_recommendation() {
    let evaluation = EvaluationStory::declared().await;
    let publisher = &evaluation.portal.publisher;
    let decide = || async {
        let product = evaluation.portal.read(publisher, &evaluation.product).await;
        evaluation.portal.send(publisher, &product, "decide_publish").await
    };
    assert_problem(&decide().await, 409, "quorum_not_met");
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    assert_problem(&decide().await, 409, "recommendation_missing");
    evaluation.recommend(&evaluation.portal.chair, "publish", "Tốt.").await.expect(200);
    let product = evaluation.portal.read(publisher, &evaluation.product).await;
    assert!(product.allowed_events.contains(&ProductEvent::DecidePublish));
    evaluation.answer(&evaluation.members[0], "declared").await.expect(200);
    let stale = evaluation.portal.send(publisher, &product, "decide_publish").await;
    assert_problem(&stale, 412, "stale_revision");
    assert_problem(&decide().await, 409, "quorum_not_met");
    evaluation.score(&evaluation.members[2], 4, true).await.expect(200);
    assert_eq!(evaluation.told(&evaluation.portal.chair, "quorum_reached").await, 2);
    assert_problem(&decide().await, 409, "recommendation_missing");
    evaluation.recommend(&evaluation.portal.chair, "publish", "Vẫn tốt.").await.expect(200);
    decide().await.expect(200);
}

#[actix_web::test]
async fn the_chair_records_the_visit_on_site() {
    let evaluation = EvaluationStory::open().await;
    let chair = &evaluation.portal.chair;
    let product = evaluation.portal.read(chair, &evaluation.product).await;
    let visited = evaluation.portal.send(chair, &product, "require_on_site").await.expect(200);
    assert_eq!(visited.json()["state"], ProductState::OnSite.as_str());
    let path = evaluation.path("/on-site-visit");
    let visit = |day: &str| json!({"held_on": day, "place": "Xã Gò Me", "minutes": "Đã xem."});
    let seen = evaluation.revision().await;
    let ahead = chair.put(&path, seen, &visit("2026-11-24")).await;
    assert_eq!(assert_problem(&ahead, 422, "validation_failed").errors[0].pointer, "/held_on");
    let member = evaluation.members[0].put(&path, seen, &visit("2026-11-23")).await;
    assert_problem(&member, 403, "forbidden");
    let kept = chair.put(&path, seen, &visit("2026-11-23")).await.expect(200);
    assert_eq!(kept.revision(), seen + 1);
    assert_eq!(kept.json()["on_site"]["place"], "Xã Gò Me");
    assert_problem(&chair.put(&path, seen, &visit("2026-11-22")).await, 412, "stale_revision");
}
