//! Changing a panel, and what waits for whom.

use nq57_shared::access::Role;
use nq57_shared::evaluations::ConflictAnswer;
use serde_json::{Value, json};

use super::stories::Round;
use crate::harness::{Client, assert_problem, role};

pub fn panel(chair: &Client, members: &[&Client], quorum: u32) -> Value {
    let members: Vec<_> = members.iter().map(|member| member.account()).collect();
    json!({
        "chair_id": chair.account(), "member_ids": members, "quorum": quorum, "due_on": "2026-12-18",
    })
}

#[actix_web::test]
async fn a_recused_member_can_be_followed_by_another_and_the_others_keep_their_sheets() {
    let round = Round::declared().await;
    let [one, two, three] = &round.members;
    let chair = &round.portal.chair;
    round.score(one, 4, true).await.expect(200);
    round.answer(two, "declared").await.expect(200);
    let fresh = round.portal.app.signed_in("evaluator4", &[role(Role::Evaluator)]).await;
    let path = round.path("/panel");
    let seen = round.revision().await;
    let without_one = panel(chair, &[three, &fresh], 2);
    let refused = chair.put(&path, seen, &without_one).await;
    assert_eq!(assert_problem(&refused, 422, "validation_failed").errors[0].pointer, "/member_ids");
    let replaced =
        chair.put(&path, seen, &panel(chair, &[one, three, &fresh], 2)).await.expect(200);
    assert_eq!(replaced.revision(), seen + 1);
    let shown = round.read(chair).await;
    assert_eq!(shown.members.len(), 3);
    assert_eq!(shown.result.expect("how many").sheets, 1);
    assert_eq!(shown.members[2].conflict, ConflictAnswer::NotAsked);
    assert_eq!(round.told(&fresh, "evaluation_assigned").await, 1);
    assert_problem(&two.get(&round.path("")).await, 404, "not_found");
    assert_problem(&one.put(&path, seen + 1, &without_one).await, 403, "forbidden");
}

#[actix_web::test]
async fn the_quorum_can_be_lowered_only_before_the_first_sheet_is_in() {
    let round = Round::declared().await;
    let chair = &round.portal.chair;
    let all = round.members.each_ref();
    let path = round.path("/panel");
    chair.put(&path, round.revision().await, &panel(chair, &all, 2)).await.expect(200);
    round.score(&round.members[0], 4, true).await.expect(200);
    let fewer = chair.put(&path, round.revision().await, &panel(chair, &all, 1)).await;
    assert_eq!(assert_problem(&fewer, 422, "validation_failed").errors[0].pointer, "/quorum");
    chair.put(&path, round.revision().await, &panel(chair, &all, 3)).await.expect(200);
    let too_many = chair.put(&path, round.revision().await, &panel(chair, &all, 4)).await;
    assert_eq!(assert_problem(&too_many, 422, "validation_failed").errors[0].pointer, "/quorum");
}

#[actix_web::test]
async fn a_chair_with_a_conflict_cannot_recommend_and_another_chair_takes_over() {
    let round = Round::declared().await;
    let chair = &round.portal.chair;
    let [one, two, _] = &round.members;
    let path = round.path("/panel");
    let with_chair = panel(chair, &[one, two, chair], 2);
    chair.put(&path, round.revision().await, &with_chair).await.expect(200);
    round.answer(chair, "declared").await.expect(200);
    for member in [one, two] {
        round.score(member, 4, true).await.expect(200);
    }
    assert_problem(&round.recommend(chair, "publish", "Tốt.").await, 409, "recused");
    let other = round.portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let after = panel(&other, &[one, two], 2);
    other.put(&path, round.revision_for(&other).await, &after).await.expect(200);
    round.recommend(&other, "publish", "Tốt.").await.expect(200);
    assert_problem(&round.recommend(chair, "decline", "Không.").await, 403, "forbidden");
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
    let round = Round::open().await;
    let step = |who: Client| async move {
        let work = who.get("/my-work").await.expect(200).json();
        let items = work["items"].as_array().expect("items").clone();
        items.first().map(|item| item["step"].as_str().expect("a step").to_owned())
    };
    let member = round.members[0].clone();
    assert_eq!(step(member.clone()).await.as_deref(), Some("declare_conflict"));
    for member in &round.members[..2] {
        round.answer(member, "none").await.expect(200);
    }
    assert_eq!(step(member.clone()).await.as_deref(), Some("score"));
    assert_eq!(step(round.portal.chair.clone()).await, None);
    for member in &round.members[..2] {
        round.score(member, 4, true).await.expect(200);
    }
    assert_eq!(step(member).await, None);
    assert_eq!(step(round.portal.chair.clone()).await.as_deref(), Some("recommend"));
    round.recommend(&round.portal.chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(step(round.portal.publisher.clone()).await.as_deref(), Some("decide"));
}
