//! Who comes to the sender's side while the panel is at work: what they scored and recommended is worth nothing any
//! more, nothing waits for them, and nobody there is told what happens inside.

use nq57_shared::access::Role;
use nq57_shared::evaluations::EvaluationState;
use nq57_shared::organisations::Organisation;
use nq57_shared::products::Product;
use nq57_shared::products::workflow::Holder;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::panel::panel;
use super::stories::{EvaluationStory, open, panel as new_panel};
use crate::harness::{Client, assert_problem, role};
use crate::products::stories::{Portal, draft};

/// Joins the organisation, whose manager approves.
async fn join(portal: &Portal, organisation: &Organisation, who: &Client) {
    let requests = format!("/organisations/{}/join-requests", organisation.id);
    let asked = who.post(&requests, &json!({ "message": "" })).await.expect(201).json();
    let answer = format!("{requests}/{}/answer", asked["id"].as_str().expect("an id"));
    let approve = json!({ "approve": true, "is_manager": false });
    portal.company.post(&answer, &approve).await.expect(200);
}

/// An organisation of the company, and the names of those who belong to it before it sends anything.
async fn institute(portal: &Portal, members: &[&Client]) -> Organisation {
    let body = json!({ "name": "Viện Nghiên cứu", "kind": "enterprise" });
    let institute: Organisation =
        portal.company.post("/organisations", &body).await.expect(201).read_as();
    for member in members {
        join(portal, &institute, member).await;
    }
    institute
}

/// What the institute has sent is judged by three; all of them have declared to have no conflict.
async fn judged(portal: Portal, institute: &Organisation) -> EvaluationStory {
    let behalf = format!("/products?organisation_id={}", institute.id);
    let begun: Product = portal.company.post(&behalf, &draft()).await.expect(201).read_as();
    let sent: Product = portal.send(&portal.company, &begun, "submit").await.expect(200).read_as();
    let product = portal.accept(&sent).await;
    let [one, two] = portal.evaluators.clone();
    let three = portal.app.signed_in("evaluator3", &[role(Role::Evaluator)]).await;
    let members = [one, two, three];
    let body = new_panel(&portal.chair, &members.each_ref());
    let opened = open(&portal.chair, &product, &body).await.expect(201);
    let id = opened.json()["id"].as_str().expect("an id").to_owned();
    let evaluation = EvaluationStory { portal, product, id, members };
    for member in &evaluation.members {
        evaluation.answer(member, "none").await.expect(200);
    }
    evaluation
}

/// The steps that wait for this person.
async fn steps(who: &Client) -> Vec<String> {
    let work = who.get("/my-work").await.expect(200).json();
    let items = work["items"].as_array().expect("items").clone();
    items.iter().map(|item| item["step"].as_str().expect("a step").to_owned()).collect()
}

#[actix_web::test]
async fn a_sheet_counts_no_more_once_its_author_joins_the_sender() {
    let portal = Portal::open().await;
    let institute = institute(&portal, &[]).await;
    let evaluation = judged(portal, &institute).await;
    let (portal, [one, two, three]) = (&evaluation.portal, &evaluation.members);
    let (chair, publisher) = (&portal.chair, &portal.publisher);
    for member in [one, two] {
        evaluation.score(member, 5, true).await.expect(200);
    }
    evaluation.recommend(chair, "publish", "Tốt.").await.expect(200);
    join(portal, &institute, one).await;

    let seen = evaluation.read(publisher).await;
    assert_eq!((seen.state, seen.recommendation), (EvaluationState::Open, None));
    assert_eq!(evaluation.told(publisher, "recommendation_voided").await, 1);
    let product = portal.read(publisher, &evaluation.product).await;
    assert_eq!(product.holder, Some(Holder::Panel));
    let decided = portal.send(publisher, &product, "decide_publish").await;
    assert_problem(&decided, 409, "quorum_not_met");
    let again = evaluation.recommend(chair, "publish", "Tốt.").await;
    assert_problem(&again, 409, "quorum_not_met");
    assert_problem(&one.get(&evaluation.path("")).await, 404, "not_found");

    // Another one takes the place, named by a chair who was shown nothing.
    let blind = portal.app.signed_in("blind", &[role(Role::PanelChair)]).await;
    let fresh = portal.app.signed_in("evaluator4", &[role(Role::Evaluator)]).await;
    let body = panel(chair, &[two, three, &fresh], 2);
    let seen = evaluation.revision().await;
    blind.put(&evaluation.path("/panel"), seen, &body).await.expect(200);
    evaluation.score(three, 3, true).await.expect(200);
    let result = evaluation.read(chair).await.result.expect("a result");
    assert_eq!((result.sheets, result.quorum_met), (2, true));
    evaluation.recommend(chair, "publish", "Khá.").await.expect(200);
    let product = portal.read(publisher, &evaluation.product).await;
    portal.send(publisher, &product, "decide_publish").await.expect(200);
}

#[actix_web::test]
async fn nothing_is_decided_with_a_quorum_that_was_lost_unnoticed() {
    let portal = Portal::open().await;
    let institute = institute(&portal, &[]).await;
    let evaluation = judged(portal, &institute).await;
    let (portal, [one, two, _]) = (&evaluation.portal, &evaluation.members);
    for member in [one, two] {
        evaluation.score(member, 5, true).await.expect(200);
    }
    evaluation.recommend(&portal.chair, "publish", "Tốt.").await.expect(200);
    // Behind everybody's back: no request has told anybody.
    let db = &portal.app.state.db;
    let backend = db.get_database_backend();
    let select = format!(
        "INSERT INTO memberships (organisation_id, account_id, is_manager, joined_at) \
         SELECT organisation_id, {}, {}, joined_at FROM memberships",
        literal(backend, one),
        if backend == sea_orm::DatabaseBackend::Postgres { "false" } else { "0" },
    );
    db.execute_raw(Statement::from_string(backend, select)).await.expect("inserted");
    let product = portal.read(&portal.publisher, &evaluation.product).await;
    for event in ["decide_publish", "decide_decline"] {
        let decided = portal.send(&portal.publisher, &product, event).await;
        assert_problem(&decided, 409, "quorum_not_met");
    }
    let again = evaluation.recommend(&portal.chair, "publish", "Rất tốt.").await;
    assert_problem(&again, 409, "quorum_not_met");
}

fn literal(backend: sea_orm::DatabaseBackend, who: &Client) -> String {
    let id = who.account().0;
    match backend {
        sea_orm::DatabaseBackend::Postgres => format!("'{id}'"),
        _ => format!("X'{}'", id.simple()),
    }
}

#[actix_web::test]
async fn a_chair_who_joins_the_sender_leaves_the_panel_to_those_who_may_name_another() {
    let portal = Portal::open().await;
    let institute = institute(&portal, &[]).await;
    let evaluation = judged(portal, &institute).await;
    let (portal, [one, two, three]) = (&evaluation.portal, &evaluation.members);
    let other = portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    for member in [one, two] {
        evaluation.score(member, 5, true).await.expect(200);
    }
    evaluation.recommend(&portal.chair, "publish", "Tốt.").await.expect(200);
    assert!(steps(&other).await.is_empty());
    join(portal, &institute, &portal.chair).await;
    assert_eq!(steps(&other).await, ["replace_panel"]);
    assert!(steps(&portal.chair).await.is_empty());
    assert_problem(&portal.chair.get(&evaluation.path("")).await, 404, "not_found");
    assert_eq!(evaluation.read(&portal.publisher).await.recommendation, None, "it was the chair's");
    let seen = evaluation.revision_for(&other).await;
    let body = panel(&other, &[one, two, three], 2);
    other.put(&evaluation.path("/panel"), seen, &body).await.expect(200);
    assert_eq!(steps(&other).await, ["recommend"]);
}

#[actix_web::test]
async fn who_has_not_scored_reads_no_verdict_and_scores_nothing_once_it_is_given() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, [one, two, three]) = (&evaluation.portal, &evaluation.members);
    let both = [role(Role::Evaluator), role(Role::Publisher)];
    let both = portal.app.signed_in("both", &both).await;
    let seen = evaluation.revision().await;
    let body = panel(&portal.chair, &[one, two, three, &both], 2);
    portal.chair.put(&evaluation.path("/panel"), seen, &body).await.expect(200);
    evaluation.answer(&both, "none").await.expect(200);
    evaluation.score(three, 2, false).await.expect(200);
    for member in [one, two] {
        evaluation.score(member, 5, true).await.expect(200);
    }
    evaluation.recommend(&portal.chair, "publish", "Rất tốt.").await.expect(200);
    assert_eq!(evaluation.told(&both, "recommended").await, 0);
    for owing in [three, &both] {
        let text = owing.get(&evaluation.path("")).await.expect(200).json();
        assert_eq!(text["recommendation"], Value::Null, "{text}");
        let late = evaluation.score(owing, 1, true).await;
        assert_problem(&late, 409, "recommendation_stands");
        assert!(steps(owing).await.iter().all(|step| step != "score"));
    }
    assert!(evaluation.read(one).await.recommendation.is_some(), "who has scored reads it");
    // What is void holds nobody back, and was read by nobody who scores from now on.
    evaluation.answer(two, "declared").await.expect(200);
    assert_eq!(steps(three).await, ["score"]);
    evaluation.score(three, 1, true).await.expect(200);
}

#[actix_web::test]
async fn nobody_at_the_senders_side_is_told_what_officials_are_told() {
    let portal = Portal::open().await;
    let roles = [Role::IntakeOfficer, Role::PanelChair, Role::Publisher, Role::Administrator];
    let insider = portal.app.signed_in("insider", &roles.map(role)).await;
    let gone = portal.app.signed_in("gone", &roles.map(role)).await;
    let institute = institute(&portal, &[&insider, &gone]).await;
    let member = format!("/organisations/{}/members/{}", institute.id, gone.account());
    let evaluation = judged(portal, &institute).await;
    let (portal, [one, two, _]) = (&evaluation.portal, &evaluation.members);
    portal.company.delete(&member).await.expect(204);
    let other = portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let seen = evaluation.revision().await;
    let seated = panel(&portal.chair, &[one, two, &portal.chair], 2);
    portal.chair.put(&evaluation.path("/panel"), seen, &seated).await.expect(200);
    evaluation.answer(&portal.chair, "none").await.expect(200);
    for member in [one, two] {
        evaluation.score(member, 5, true).await.expect(200);
    }
    evaluation.recommend(&portal.chair, "publish", "Tốt.").await.expect(200);
    evaluation.answer(&portal.chair, "declared").await.expect(200);
    for who in [&insider, &gone] {
        let inbox = who.get("/notifications?limit=100").await.expect(200).json();
        let items = inbox["items"].as_array().expect("items").clone();
        let kinds: Vec<&str> = items.iter().filter_map(|item| item["kind"].as_str()).collect();
        let inside = |kind: &&&str| !kind.starts_with("join_");
        assert_eq!(kinds.iter().filter(inside).count(), 0, "{kinds:?}");
    }
    assert_eq!(evaluation.told(&portal.publisher, "recommended").await, 1);
    assert_eq!(evaluation.told(&portal.publisher, "recommendation_voided").await, 1);
    assert_eq!(evaluation.told(&other, "chair_needed").await, 1);
    assert_eq!(evaluation.told(&portal.chair, "chair_needed").await, 1);
}
