//! Changing a panel, and what waits for whom.

use nq57_shared::access::Role;
use nq57_shared::evaluations::ConflictAnswer;
use serde_json::{Value, json};

use super::stories::EvaluationStory;
use crate::harness::{Client, assert_problem, role};

pub fn panel(chair: &Client, members: &[&Client], quorum: u32) -> Value {
    let members: Vec<_> = members.iter().map(|member| member.account()).collect();
    json!({
        "chair_id": chair.account(), "member_ids": members, "quorum": quorum, "due_on": "2026-12-18",
    })
}

#[actix_web::test]
async fn a_recused_member_can_be_followed_by_another_and_the_others_keep_their_sheets() {
    let evaluation = EvaluationStory::declared().await;
    let [one, two, three] = &evaluation.members;
    let chair = &evaluation.portal.chair;
    evaluation.score(one, 4, true).await.expect(200);
    evaluation.answer(two, "declared").await.expect(200);
    let fresh = evaluation.portal.app.signed_in("evaluator4", &[role(Role::Evaluator)]).await;
    let path = evaluation.path("/panel");
    let seen = evaluation.revision().await;
    let without_one = panel(chair, &[three, &fresh], 2);
    let refused = chair.put(&path, seen, &without_one).await;
    assert_eq!(assert_problem(&refused, 422, "validation_failed").errors[0].pointer, "/member_ids");
    let replaced =
        chair.put(&path, seen, &panel(chair, &[one, three, &fresh], 2)).await.expect(200);
    assert_eq!(replaced.revision(), seen + 1);
    let shown = evaluation.read(chair).await;
    assert_eq!(shown.members.len(), 3);
    assert_eq!(shown.result.expect("how many").sheets, 1);
    assert_eq!(shown.members[2].conflict, ConflictAnswer::NotAsked);
    assert_eq!(evaluation.told(&fresh, "evaluation_assigned").await, 1);
    assert_problem(&two.get(&evaluation.path("")).await, 404, "not_found");
    assert_problem(&one.put(&path, seen + 1, &without_one).await, 403, "forbidden");
}

#[actix_web::test]
async fn the_quorum_can_be_lowered_only_before_the_first_sheet_is_in() {
    let evaluation = EvaluationStory::declared().await;
    let chair = &evaluation.portal.chair;
    let all = evaluation.members.each_ref();
    let path = evaluation.path("/panel");
    chair.put(&path, evaluation.revision().await, &panel(chair, &all, 2)).await.expect(200);
    evaluation.score(&evaluation.members[0], 4, true).await.expect(200);
    let fewer = chair.put(&path, evaluation.revision().await, &panel(chair, &all, 1)).await;
    assert_eq!(assert_problem(&fewer, 422, "validation_failed").errors[0].pointer, "/quorum");
    chair.put(&path, evaluation.revision().await, &panel(chair, &all, 3)).await.expect(200);
    let too_many = chair.put(&path, evaluation.revision().await, &panel(chair, &all, 4)).await;
    assert_eq!(assert_problem(&too_many, 422, "validation_failed").errors[0].pointer, "/quorum");
}

#[actix_web::test]
async fn a_chair_with_a_conflict_cannot_recommend_and_another_chair_takes_over() {
    let evaluation = EvaluationStory::declared().await;
    let chair = &evaluation.portal.chair;
    let [one, two, _] = &evaluation.members;
    let path = evaluation.path("/panel");
    let with_chair = panel(chair, &[one, two, chair], 2);
    chair.put(&path, evaluation.revision().await, &with_chair).await.expect(200);
    evaluation.answer(chair, "declared").await.expect(200);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    assert_problem(&evaluation.recommend(chair, "publish", "Tốt.").await, 409, "recused");
    let other = evaluation.portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let after = panel(&other, &[one, two], 2);
    other.put(&path, evaluation.revision_for(&other).await, &after).await.expect(200);
    evaluation.recommend(&other, "publish", "Tốt.").await.expect(200);
    assert_problem(&evaluation.recommend(chair, "decline", "Không.").await, 403, "forbidden");
    // Who is recused learns of the recommendation from no list either.
    let holder = async |who: &Client| {
        let list = who.get("/products?working=true").await.expect(200).json();
        list["items"][0]["holder"].as_str().map(str::to_owned)
    };
    assert_eq!(holder(&other).await.as_deref(), Some("publisher"));
    assert_eq!(holder(chair).await.as_deref(), Some("panel"));
}

#[actix_web::test]
async fn work_waits_for_members_and_chair_step_by_step() {
    let evaluation = EvaluationStory::open().await;
    let step = |who: Client| async move {
        let work = who.get("/my-work").await.expect(200).json();
        let items = work["items"].as_array().expect("items").clone();
        items.first().map(|item| item["step"].as_str().expect("a step").to_owned())
    };
    let member = evaluation.members[0].clone();
    assert_eq!(step(member.clone()).await.as_deref(), Some("declare_conflict"));
    for member in &evaluation.members[..2] {
        evaluation.answer(member, "none").await.expect(200);
    }
    assert_eq!(step(member.clone()).await.as_deref(), Some("score"));
    assert_eq!(step(evaluation.portal.chair.clone()).await, None);
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    assert_eq!(step(member).await, None);
    assert_eq!(step(evaluation.portal.chair.clone()).await.as_deref(), Some("recommend"));
    evaluation.recommend(&evaluation.portal.chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(step(evaluation.portal.publisher.clone()).await.as_deref(), Some("decide"));
}
