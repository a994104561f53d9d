//! The chair's recommendation, the visit on site, and the end of a round.

use chrono::Duration;
use nq57_shared::evaluations::{EvaluationState, RecommendedVerdict};
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductEvent, ProductState, ProductStatistics};
use serde_json::json;

use super::stories::Round;
use crate::harness::{TestApp, assert_problem};

#[actix_web::test]
async fn only_the_chair_recommends_and_only_with_the_quorum() {
    let round = Round::declared().await;
    let chair = &round.portal.chair;
    round.score(&round.members[0], 4, true).await.expect(200);
    assert_problem(&round.recommend(chair, "publish", "Tốt.").await, 409, "quorum_not_met");
    round.score(&round.members[1], 4, true).await.expect(200);
    let member = &round.members[0];
    assert_problem(&round.recommend(member, "publish", "Tốt.").await, 403, "forbidden");
    assert_problem(&round.recommend(chair, "publish", " ").await, 422, "validation_failed");
    let shown = round.recommend(chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(shown.json()["state"], "recommended");
    assert_eq!(round.told(&round.portal.publisher, "recommended").await, 1);
}

#[actix_web::test]
async fn who_has_to_act_is_the_panel_until_the_recommendation_and_the_publisher_after_it() {
    let round = Round::declared().await;
    let (app, publisher) = (&round.portal.app, &round.portal.publisher);
    for member in &round.members[..2] {
        round.score(member, 4, true).await.expect(200);
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
    let product = round.portal.read(publisher, &round.product).await;
    assert_eq!(product.holder, Some(Holder::Panel));
    round.recommend(&round.portal.chair, "publish", "Tốt.").await.expect(200);
    let product = round.portal.read(publisher, &round.product).await;
    assert_eq!(product.holder, Some(Holder::Publisher));
    app.advance(Duration::days(90));
    // In public it is the panel's until the decision: the figures do not tell when it has recommended.
    assert_eq!(overdue(app).await, (Some(1), Some(0)));
}

#[actix_web::test]
async fn a_recommendation_can_be_replaced_and_sent_again_until_the_decision() {
    let round = Round::declared().await;
    let chair = &round.portal.chair;
    for member in &round.members[..2] {
        round.score(member, 4, true).await.expect(200);
    }
    round.recommend(chair, "publish", "Tốt.").await.expect(200);
    let revision = round.revision().await;
    round.recommend(chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(round.revision().await, revision, "the same again is no change");
    assert_eq!(round.told(&round.portal.publisher, "recommended").await, 1);
    round.recommend(chair, "decline", "Cần thêm số liệu.").await.expect(200);
    let shown = round.read(chair).await.recommendation.expect("a recommendation");
    assert_eq!(shown.verdict, RecommendedVerdict::Decline);
    let product = round.portal.read(&round.portal.publisher, &round.product).await;
    round.portal.send(&round.portal.publisher, &product, "decide_decline").await.expect(200);
    assert_eq!(round.read(chair).await.state, EvaluationState::Closed);
    assert_problem(&round.recommend(chair, "publish", "Tốt.").await, 409, "evaluation_closed");
    assert_problem(&round.score(&round.members[2], 4, true).await, 409, "evaluation_closed");
    assert_problem(&round.answer(&round.members[2], "none").await, 409, "evaluation_closed");
}

#[actix_web::test]
async fn the_publisher_decides_only_with_quorum_and_recommendation() {
    let round = Round::declared().await;
    let publisher = &round.portal.publisher;
    let decide = || async {
        let product = round.portal.read(publisher, &round.product).await;
        round.portal.send(publisher, &product, "decide_publish").await
    };
    assert_problem(&decide().await, 409, "quorum_not_met");
    for member in &round.members[..2] {
        round.score(member, 4, true).await.expect(200);
    }
    assert_problem(&decide().await, 409, "recommendation_missing");
    round.recommend(&round.portal.chair, "publish", "Tốt.").await.expect(200);
    let product = round.portal.read(publisher, &round.product).await;
    assert!(product.allowed_events.contains(&ProductEvent::DecidePublish));
    round.answer(&round.members[0], "declared").await.expect(200);
    let stale = round.portal.send(publisher, &product, "decide_publish").await;
    assert_problem(&stale, 412, "stale_revision");
    assert_problem(&decide().await, 409, "quorum_not_met");
    round.score(&round.members[2], 4, true).await.expect(200);
    assert_eq!(round.told(&round.portal.chair, "quorum_reached").await, 2);
    assert_problem(&decide().await, 409, "recommendation_missing");
    round.recommend(&round.portal.chair, "publish", "Vẫn tốt.").await.expect(200);
    decide().await.expect(200);
}

#[actix_web::test]
async fn the_chair_records_the_visit_on_site() {
    let round = Round::open().await;
    let chair = &round.portal.chair;
    let product = round.portal.read(chair, &round.product).await;
    let visited = round.portal.send(chair, &product, "require_on_site").await.expect(200);
    assert_eq!(visited.json()["state"], ProductState::OnSite.as_str());
    let path = round.path("/on-site-visit");
    let visit = |day: &str| json!({"held_on": day, "place": "Xã Gò Me", "minutes": "Đã xem."});
    let seen = round.revision().await;
    let ahead = chair.put(&path, seen, &visit("2026-11-24")).await;
    assert_eq!(assert_problem(&ahead, 422, "validation_failed").errors[0].pointer, "/held_on");
    let member = round.members[0].put(&path, seen, &visit("2026-11-23")).await;
    assert_problem(&member, 403, "forbidden");
    let kept = chair.put(&path, seen, &visit("2026-11-23")).await.expect(200);
    assert_eq!(kept.revision(), seen + 1);
    assert_eq!(kept.json()["on_site"]["place"], "Xã Gò Me");
    assert_problem(&chair.put(&path, seen, &visit("2026-11-22")).await, 412, "stale_revision");
}
