//! Nobody learns how others score before the own sheet is in.

use nq57_shared::evaluations::{EvaluationAction, SheetState};

use super::stories::EvaluationStory;
use crate::harness::assert_problem;

#[actix_web::test]
async fn a_member_sees_nothing_of_the_others_before_the_own_sheet_is_in() {
    let evaluation = EvaluationStory::declared().await;
    let [one, two, three] = &evaluation.members;
    evaluation.score(one, 5, true).await.expect(200);
    evaluation.score(two, 1, false).await.expect(200);
    let early = evaluation.read(three).await;
    assert!(early.sheets.is_empty());
    assert_eq!(early.result, None);
    assert_eq!(early.members[1].sheet, SheetState::None, "a draft is its author's affair");
    let body = three.get(&evaluation.path("")).await.text();
    for leak in ["weighted_hundredths\":", "\"score\":"] {
        assert!(!body.contains(leak), "{body}");
    }
    evaluation.score(three, 4, true).await.expect(200);
    let late = evaluation.read(three).await;
    let seen: Vec<_> = late.sheets.iter().map(|sheet| sheet.member_id).collect();
    assert_eq!(seen, [one.account(), three.account()], "drafts stay hidden");
    assert_eq!(late.result.expect("the own sheet is in").weighted_mean_hundredths, Some(9_000));
}

#[actix_web::test]
async fn refusals_and_answers_to_writes_say_no_more_than_reading_does() {
    let evaluation = EvaluationStory::declared().await;
    let [one, two, three] = &evaluation.members;
    evaluation.score(one, 5, true).await.expect(200);
    evaluation.score(two, 5, true).await.expect(200);
    let kept = evaluation.score(three, 2, false).await.expect(200);
    let shown: nq57_shared::evaluations::Evaluation = kept.read_as();
    assert_eq!(shown.sheets.len(), 1);
    assert_eq!(shown.result, None);
    let declared = evaluation.answer(three, "declared").await.expect(200).json();
    assert!(declared["result"].is_null(), "a recused member learns nothing either");
    assert_eq!(declared["sheets"].as_array().expect("sheets").len(), 1);
    let refused = evaluation.recommend(three, "publish", "Tốt.").await;
    let problem = assert_problem(&refused, 403, "forbidden");
    assert!(problem.detail.is_none() && problem.errors.is_empty());
}

#[actix_web::test]
async fn chair_and_publisher_see_the_sheets_and_strangers_do_not_know_of_the_evaluation() {
    let evaluation = EvaluationStory::declared().await;
    for member in &evaluation.members[..2] {
        evaluation.score(member, 5, true).await.expect(200);
    }
    for who in [&evaluation.portal.chair, &evaluation.portal.publisher] {
        let shown = evaluation.read(who).await;
        assert_eq!(shown.sheets.len(), 2);
        assert_eq!(shown.result.expect("the result").sheets, 2);
    }
    let may = evaluation.read(&evaluation.portal.publisher).await.allowed_actions;
    assert_eq!(may, [EvaluationAction::Read]);
    let stranger = evaluation.portal.app.signed_in("stranger", &[]).await;
    for who in [&evaluation.portal.company, &evaluation.portal.intake, &stranger] {
        assert_problem(&who.get(&evaluation.path("")).await, 404, "not_found");
    }
    let own = evaluation
        .portal
        .company
        .get(&format!("/products/{}/evaluations", evaluation.product.id))
        .await;
    assert_eq!(own.expect(200).json()["items"], serde_json::json!([]));
}
