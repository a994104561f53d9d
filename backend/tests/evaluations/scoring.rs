//! Declaring conflicts and scoring.

use nq57_shared::evaluations::{ConflictAnswer, EvaluationAction, SheetState};
use serde_json::json;

use super::stories::{EvaluationStory, sheet};
use crate::harness::assert_problem;

#[actix_web::test]
async fn a_member_declares_first_then_scores_and_submits_once() {
    let evaluation = EvaluationStory::open().await;
    let member = &evaluation.members[0];
    assert_problem(&evaluation.score(member, 4, false).await, 409, "conflict_not_declared");
    evaluation.answer(member, "none").await.expect(200);
    evaluation.score(member, 3, false).await.expect(200);
    evaluation.score(member, 4, false).await.expect(200);
    let draft = evaluation.read(member).await;
    assert_eq!(draft.sheets.len(), 1);
    assert_eq!(draft.sheets[0].state, SheetState::Draft);
    assert_eq!(draft.sheets[0].weighted_hundredths, None);
    evaluation.score(member, 4, true).await.expect(200);
    let sent = evaluation.read(member).await;
    assert_eq!(sent.sheets[0].weighted_hundredths, Some(8_000));
    assert!(!sent.allowed_actions.contains(&EvaluationAction::Score));
    assert_problem(&evaluation.score(member, 5, true).await, 409, "score_sheet_submitted");
    assert_eq!(evaluation.read(member).await.sheets, sent.sheets);
}

#[actix_web::test]
async fn a_declared_conflict_recuses_for_good_and_tells_the_chair_once() {
    let evaluation = EvaluationStory::open().await;
    let member = &evaluation.members[0];
    evaluation.answer(member, "none").await.expect(200);
    evaluation.score(member, 5, true).await.expect(200);
    evaluation.answer(member, "declared").await.expect(200);
    evaluation.answer(member, "declared").await.expect(200);
    assert_eq!(evaluation.told(&evaluation.portal.chair, "conflict_declared").await, 1);
    assert_problem(&evaluation.answer(member, "none").await, 409, "recused");
    assert_problem(&evaluation.score(member, 5, true).await, 409, "recused");
    let shown = evaluation.read(&evaluation.portal.chair).await;
    assert_eq!(shown.members[0].conflict, ConflictAnswer::Declared);
    assert!(shown.members[0].conflict_note.is_some());
    assert_eq!(shown.result.expect("for the chair").sheets, 0, "the sheet no longer counts");
    let other = evaluation.read(&evaluation.members[1]).await;
    assert_eq!(other.members[0].conflict_note, None, "the note is for the chair");
    let path = format!("/products/{}", evaluation.product.id);
    assert_problem(&member.get(&path).await, 404, "not_found");
    evaluation.members[1].get(&path).await.expect(200);
}

#[actix_web::test]
async fn scores_that_do_not_fit_the_rubric_are_refused_with_their_places() {
    let evaluation = EvaluationStory::declared().await;
    let member = &evaluation.members[0];
    let body = json!({
        "scores": [
            {"criterion": "novelty", "score": 6},
            {"criterion": "beauty", "score": 1},
            {"criterion": "effect", "score": 2},
        ],
        "submit": true,
    });
    let path = evaluation.path("/score-sheets/me");
    let answer = member.put(&path, evaluation.revision_for(member).await, &body).await;
    let problem = assert_problem(&answer, 422, "validation_failed");
    let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/scores/0/score", "/scores/1/criterion", "/scores"]);
    assert!(evaluation.read(member).await.sheets.is_empty());
    let twice = json!({"scores": [
        {"criterion": "effect", "score": 2}, {"criterion": "effect", "score": 3},
    ]});
    let answer = member.put(&path, evaluation.revision_for(member).await, &twice).await;
    assert_eq!(
        assert_problem(&answer, 422, "validation_failed").errors[0].pointer,
        "/scores/1/criterion"
    );
    let undeclared = json!({"answer": "not_asked"});
    let answer = member
        .put(&evaluation.path("/conflicts/me"), evaluation.revision_for(member).await, &undeclared)
        .await;
    assert_problem(&answer, 422, "validation_failed");
}

#[actix_web::test]
async fn of_two_devices_with_one_sheet_the_second_is_refused() {
    let evaluation = EvaluationStory::declared().await;
    let (member, path) = (&evaluation.members[0], evaluation.path("/score-sheets/me"));
    let seen = member.get(&evaluation.path("")).await.expect(200).revision();
    let kept = member.put(&path, seen, &sheet(5, false)).await.expect(200);
    assert!(kept.revision() > seen);
    let late = member.put(&path, seen, &sheet(1, false)).await;
    assert_problem(&late, 412, "stale_revision");
    member.put(&path, kept.revision(), &sheet(4, true)).await.expect(200);
}

#[actix_web::test]
async fn the_sheets_of_others_do_not_change_the_revision_and_a_stale_one_is_refused() {
    let evaluation = EvaluationStory::declared().await;
    let before = evaluation.revision().await;
    evaluation.score(&evaluation.members[0], 4, true).await.expect(200);
    evaluation.score(&evaluation.members[1], 4, true).await.expect(200);
    assert_eq!(evaluation.revision().await, before);
    evaluation.recommend(&evaluation.portal.chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(evaluation.revision().await, before + 1);
    let path = evaluation.path("/score-sheets/me");
    let late = evaluation.members[2].put(&path, before, &sheet(4, true)).await;
    assert_problem(&late, 412, "stale_revision");
    let blind =
        evaluation.members[2].call(reqwest::Method::PUT, &path).json(&sheet(4, true)).send().await;
    assert_problem(&blind, 428, "revision_required");
}

#[actix_web::test]
async fn two_members_who_submit_at_once_meet_the_quorum_once() {
    for _ in 0..3 {
        let evaluation = EvaluationStory::declared().await;
        let [one, two, _] = &evaluation.members;
        let (first, second) =
            tokio::join!(evaluation.score(one, 3, true), evaluation.score(two, 5, true));
        first.expect(200);
        second.expect(200);
        assert_eq!(evaluation.told(&evaluation.portal.chair, "quorum_reached").await, 1);
        let result = evaluation.read(&evaluation.portal.chair).await.result.expect("for the chair");
        assert!(result.quorum_met);
        assert_eq!(result.sheets, 2);
        assert_eq!(result.weighted_mean_hundredths, Some(8_000));
        assert_eq!(result.dispersion_hundredths, Some(2_000));
        assert_eq!(result.is_passed, Some(true));
    }
}

#[actix_web::test]
async fn whoever_has_no_seat_neither_declares_nor_scores() {
    let evaluation = EvaluationStory::open().await;
    let portal = &evaluation.portal;
    assert_problem(&evaluation.answer(&portal.chair, "none").await, 403, "forbidden");
    assert_problem(&evaluation.score(&portal.publisher, 4, true).await, 403, "forbidden");
    assert_problem(&evaluation.answer(&portal.company, "none").await, 404, "not_found");
    assert_problem(&evaluation.score(&portal.intake, 4, true).await, 404, "not_found");
    assert_problem(&evaluation.answer(&portal.app.client(), "none").await, 401, "unauthenticated");
}
