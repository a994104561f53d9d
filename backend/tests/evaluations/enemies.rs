//! What an official with a reason of his own tried: to see marks too early, to choose who marks once they are
//! known, to stand on both sides, to let a recommendation outlive his recusal.

use nq57_shared::access::Role;
use nq57_shared::evaluations::Evaluation;
use nq57_shared::organisations::Organisation;
use nq57_shared::products::ProductStatistics;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::panel::panel;
use super::stories::{EvaluationStory, open, panel as new_panel, sheet};
use crate::harness::{Answer, Client, assert_problem, role};
use crate::products::stories::{Portal, draft};

async fn replace(evaluation: &EvaluationStory, who: &Client, panel: &Value) -> Answer {
    who.put(&evaluation.path("/panel"), evaluation.revision_for(who).await, panel).await
}

#[actix_web::test]
async fn a_chair_who_steps_down_and_up_again_sees_no_marks_before_the_quorum() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, three]) = (&evaluation.portal.chair, &evaluation.members);
    let straw = evaluation.portal.app.signed_in("straw", &[role(Role::PanelChair)]).await;
    let seated = [one, two, chair];
    replace(&evaluation, chair, &panel(chair, &seated, 3)).await.expect(200);
    evaluation.answer(chair, "none").await.expect(200);
    evaluation.score(one, 1, true).await.expect(200);
    evaluation.score(chair, 5, true).await.expect(200);
    replace(&evaluation, chair, &panel(&straw, &seated, 3)).await.expect(200);
    let seen = evaluation.read(chair).await;
    assert_eq!(seen.sheets.len(), 1, "his own");
    assert_eq!(seen.result.and_then(|result| result.weighted_mean_hundredths), None);
    replace(&evaluation, chair, &panel(chair, &seated, 3)).await.expect(200);
    assert_eq!(evaluation.read(chair).await.sheets.len(), 1);
    // Nobody has looked: a free seat may still be filled.
    evaluation.answer(two, "declared").await.expect(200);
    replace(&evaluation, chair, &panel(chair, &[one, chair, three], 3)).await.expect(200);
}

#[actix_web::test]
async fn who_was_shown_marks_chooses_nobody_who_adds_to_them_and_not_how_many_are_enough() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, three]) = (&evaluation.portal.chair, &evaluation.members);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    assert_eq!(evaluation.read(chair).await.sheets.len(), 2, "the quorum is met");
    evaluation.answer(three, "declared").await.expect(200);
    let fourth = evaluation.portal.app.signed_in("evaluator4", &[role(Role::Evaluator)]).await;
    for refused in [panel(chair, &[one, two, &fourth], 2), panel(chair, &[one, two, three], 3)] {
        assert_problem(&replace(&evaluation, chair, &refused).await, 422, "validation_failed");
    }
    let blind = evaluation.portal.app.signed_in("blind", &[role(Role::PanelChair)]).await;
    let body = panel(chair, &[one, two, &fourth], 2);
    // What the product says of the evaluation is enough to find it; nothing of the marks was shown.
    let seen = chair.get(&evaluation.path("")).await.revision();
    blind.put(&evaluation.path("/panel"), seen, &body).await.expect(200);
}

#[actix_web::test]
async fn a_recommendation_ends_with_the_recusal_of_its_author_and_stays_known() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, chair, [one, two, _]) =
        (&evaluation.portal, &evaluation.portal.chair, &evaluation.members);
    let seated = [one, two, chair];
    replace(&evaluation, chair, &panel(chair, &seated, 2)).await.expect(200);
    evaluation.answer(chair, "none").await.expect(200);
    for member in seated {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(chair, "publish", "Rất tốt.").await.expect(200);
    let given = evaluation.read(&portal.publisher).await.recommendation.expect("given");
    assert_eq!(given.by.id, chair.account());
    assert_eq!(given.by.display_name, "chair");

    evaluation.answer(chair, "declared").await.expect(200);
    assert_eq!(evaluation.read(&portal.publisher).await.recommendation, None);
    assert_eq!(evaluation.told(&portal.publisher, "recommendation_voided").await, 1);
    let product = portal.read(&portal.publisher, &evaluation.product).await;
    assert_eq!(product.holder.map(|holder| holder.as_str()), Some("panel"));
    let decided = portal.send(&portal.publisher, &product, "decide_publish").await;
    assert_problem(&decided, 409, "recommendation_missing");

    let other = portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    replace(&evaluation, chair, &panel(&other, &seated, 2)).await.expect(200);
    evaluation.recommend(&other, "decline", "Chưa đủ.").await.expect(200);
    let given = evaluation.read(&portal.publisher).await.recommendation.expect("given");
    assert_eq!(given.by.id, other.account());
    let db = &portal.app.state.db;
    let sql = "SELECT reason FROM evaluation_recommendations ORDER BY at, id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let kept: Vec<String> =
        rows.expect("rows").iter().map(|row| row.try_get("", "reason").expect("text")).collect();
    assert_eq!(kept, ["Rất tốt.", "Chưa đủ."]);
}

#[actix_web::test]
async fn a_recommendation_does_not_outlive_its_quorum() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, chair, [one, two, three]) =
        (&evaluation.portal, &evaluation.portal.chair, &evaluation.members);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(chair, "publish", "Tốt.").await.expect(200);
    evaluation.answer(two, "declared").await.expect(200);
    assert_eq!(evaluation.read(&portal.publisher).await.recommendation, None);
    evaluation.score(three, 1, true).await.expect(200);
    assert_eq!(
        evaluation.read(&portal.publisher).await.recommendation,
        None,
        "the old one stays void"
    );
    let product = portal.read(&portal.publisher, &evaluation.product).await;
    let decided = portal.send(&portal.publisher, &product, "decide_publish").await;
    assert_problem(&decided, 409, "recommendation_missing");
}

#[actix_web::test]
async fn who_wrote_or_belonged_for_the_submitter_never_judges_it_also_after_leaving() {
    let portal = Portal::open().await;
    let organisation: Organisation = portal
        .company
        .post("/organisations", &json!({"name": "Công ty Gò Me", "kind": "enterprise"}))
        .await
        .expect(201)
        .read_as();
    let path = format!("/organisations/{}", organisation.id);
    let [writer, colleague] = &portal.evaluators;
    for one in [writer, colleague] {
        let asked =
            one.post(&format!("{path}/join-requests"), &json!({"message": "Xin vào."})).await;
        let request = asked.expect(201).json()["id"].as_str().expect("an id").to_owned();
        let answer = json!({"approve": true, "is_manager": false});
        portal
            .company
            .post(&format!("{path}/join-requests/{request}/answer"), &answer)
            .await
            .expect(200);
    }
    let behalf = format!("/products?organisation_id={}", organisation.id);
    let draft: nq57_shared::products::Product =
        portal.company.post(&behalf, &draft()).await.expect(201).read_as();
    let submitted: nq57_shared::products::Product =
        portal.send(writer, &draft, "submit").await.read_as();
    for one in [writer, colleague] {
        one.delete(&format!("{path}/members/{}", one.account())).await.expect(204);
    }
    let accepted = portal.accept(&submitted).await;
    let third = portal.app.signed_in("evaluator3", &[role(Role::Evaluator)]).await;
    for (place, members) in [[writer, &third], [&third, colleague]].iter().enumerate() {
        let refused = open(&portal.chair, &accepted, &new_panel(&portal.chair, members)).await;
        let problem = assert_problem(&refused, 422, "validation_failed");
        assert_eq!(problem.errors[0].pointer, format!("/member_ids/{place}"));
    }
}

#[actix_web::test]
async fn who_judged_a_product_does_not_decide_about_it() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, [one, two, _]) = (&evaluation.portal, &evaluation.members);
    let both = portal.app.signed_in("both", &[role(Role::PanelChair), role(Role::Publisher)]).await;
    replace(&evaluation, &portal.chair, &panel(&both, &[one, two], 2)).await.expect(200);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(&both, "publish", "Tốt.").await.expect(200);
    let product = portal.read(&both, &evaluation.product).await;
    assert!(product.allowed_events.is_empty(), "{:?}", product.allowed_events);
    assert_problem(&portal.send(&both, &product, "decide_publish").await, 403, "forbidden");
    // Another chair recommends anew: what the first one has recommended stays a judgement.
    replace(&evaluation, &both, &panel(&portal.chair, &[one, two], 2)).await.expect(200);
    evaluation.recommend(&portal.chair, "publish", "Rất tốt.").await.expect(200);
    let product = portal.read(&both, &evaluation.product).await;
    assert_problem(&portal.send(&both, &product, "decide_publish").await, 403, "forbidden");
    let work = both.get("/my-work").await.expect(200).json();
    assert_eq!(work["items"], json!([]), "nor does it wait for that one");
    let product = portal.read(&portal.publisher, &evaluation.product).await;
    portal.send(&portal.publisher, &product, "decide_publish").await.expect(200);
}

#[actix_web::test]
async fn who_still_may_judge_a_product_does_not_decide_about_it_either() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, [one, two, three]) = (&evaluation.portal, &evaluation.members);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(&portal.chair, "publish", "Tốt.").await.expect(200);
    let admin = portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
    for seated in [three, &portal.chair] {
        let grants = format!("/accounts/{}/grants", seated.account());
        admin.post(&grants, &json!({ "role": "publisher" })).await.expect(201);
        let seated = portal.app.sign_in(seated.account()).await;
        let product = portal.read(&seated, &evaluation.product).await;
        assert!(product.allowed_events.is_empty(), "{:?}", product.allowed_events);
        let decided = portal.send(&seated, &product, "decide_decline").await;
        assert_problem(&decided, 403, "forbidden");
        let work = seated.get("/my-work?step=decide").await.expect(200).json();
        assert_eq!(work["items"], json!([]));
    }
}

#[actix_web::test]
async fn who_belonged_to_the_submitters_organisation_after_taking_the_seat_neither_declares_nor_scores()
 {
    let portal = Portal::open().await;
    let body = json!({"name": "Viện Nghiên cứu", "kind": "enterprise"});
    let institute: Organisation =
        portal.company.post("/organisations", &body).await.expect(201).read_as();
    let path = format!("/organisations/{}", institute.id);
    let behalf = format!("/products?organisation_id={}", institute.id);
    let draft: nq57_shared::products::Product =
        portal.company.post(&behalf, &draft()).await.expect(201).read_as();
    let submitted: nq57_shared::products::Product =
        portal.send(&portal.company, &draft, "submit").await.expect(200).read_as();
    let accepted = portal.accept(&submitted).await;
    let [one, two] = &portal.evaluators;
    let three = portal.app.signed_in("three", &[role(Role::Evaluator)]).await;
    let opened =
        open(&portal.chair, &accepted, &new_panel(&portal.chair, &[one, two, &three])).await;
    let evaluation: Evaluation = opened.expect(201).read_as();
    let evaluation_path = format!("/evaluations/{}", evaluation.id);
    let asked = json!({"message": "Xin vào viện."});
    let asked = one.post(&format!("{path}/join-requests"), &asked).await.expect(201).json();
    let answer = format!("{path}/join-requests/{}/answer", asked["id"].as_str().expect("an id"));
    let approve = json!({"approve": true, "is_manager": false});
    portal.company.post(&answer, &approve).await.expect(200);
    portal.company.delete(&format!("{path}/members/{}", one.account())).await.expect(204);

    let one = portal.app.sign_in(one.account()).await;
    let seen = one.get(&evaluation_path).await.expect(200).revision();
    let none = json!({"answer": "none"});
    let said = one.put(&format!("{evaluation_path}/conflicts/me"), seen, &none).await;
    assert_problem(&said, 409, "recused");
    let sheet = one.put(&format!("{evaluation_path}/score-sheets/me"), seen, &sheet(5, true)).await;
    assert_problem(&sheet, 409, "recused");
}

#[actix_web::test]
async fn an_evaluation_that_cannot_go_on_waits_for_those_who_may_name_others() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, chair, [one, two, three]) =
        (&evaluation.portal, &evaluation.portal.chair, &evaluation.members);
    let other = portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let steps = async |who: &Client| -> Vec<String> {
        let work = who.get("/my-work").await.expect(200).json();
        let items = work["items"].as_array().expect("items").clone();
        items.iter().map(|item| item["step"].as_str().expect("a step").to_owned()).collect()
    };
    evaluation.answer(three, "declared").await.expect(200);
    assert!(steps(&other).await.is_empty(), "two are enough");
    evaluation.answer(two, "declared").await.expect(200);
    assert_eq!(steps(&other).await, ["replace_panel"]);
    let fresh = portal.app.signed_in("evaluator4", &[role(Role::Evaluator)]).await;
    replace(&evaluation, &other, &panel(chair, &[one, &fresh], 2)).await.expect(200);
    assert!(steps(&other).await.is_empty());
    assert_eq!(steps(&fresh).await, ["declare_conflict"]);
}

#[actix_web::test]
async fn a_recused_official_learns_nothing_by_other_ways() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, chair, [one, two, _]) =
        (&evaluation.portal, &evaluation.portal.chair, &evaluation.members);
    let seated = [one, two, chair];
    let other = portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    replace(&evaluation, chair, &panel(chair, &seated, 2)).await.expect(200);
    evaluation.answer(chair, "declared").await.expect(200);
    assert_eq!(evaluation.told(&other, "chair_needed").await, 1, "others can name a chair");
    assert_eq!(evaluation.told(chair, "chair_needed").await, 1, "and so can the recused one");
    let before = portal.read(chair, &evaluation.product).await;
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    replace(&evaluation, chair, &panel(&other, &seated, 2)).await.expect(200);
    evaluation.recommend(&other, "publish", "Tốt.").await.expect(200);
    assert_eq!(evaluation.told(chair, "quorum_reached").await, 0);
    let after = portal.read(chair, &evaluation.product).await;
    assert_eq!(
        (after.revision, after.holder, after.due_at),
        (before.revision, before.holder, before.due_at)
    );
    let work = chair.get("/my-work").await.expect(200).json();
    assert_eq!(work["items"], json!([]));
}

#[actix_web::test]
async fn a_seat_in_a_closed_evaluation_opens_no_later_version() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let company = &portal.company;
    let own = portal.read(company, &published).await;
    let draft: nq57_shared::products::Product =
        portal.send(company, &own, "revise").await.read_as();
    let path = format!("/products/{}", draft.id);
    company
        .patch(&path, draft.revision.cast_signed(), &json!({"title": "Bí mật chưa nộp"}))
        .await
        .expect(200);
    let draft = portal.read(company, &draft).await;
    portal.send(company, &draft, "submit").await.expect(200);
    let [one, _] = &portal.evaluators;
    let seen = one.get(&path).await.expect(200).json();
    assert_ne!(seen["title"], "Bí mật chưa nộp");
    assert_problem(&one.get(&format!("{path}/eligibility")).await, 403, "forbidden");
}

#[actix_web::test]
async fn the_figures_do_not_tell_when_a_panel_has_recommended() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, [one, two, _]) = (&evaluation.portal, &evaluation.members);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    let figures = async || {
        let read: ProductStatistics =
            portal.app.client().get("/products/statistics").await.read_as();
        portal.app.state.public_cache.drop_all();
        read.steps
    };
    let before = figures().await;
    evaluation.recommend(&portal.chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(figures().await, before);
    let product = portal.read(&portal.publisher, &evaluation.product).await;
    portal.send(&portal.publisher, &product, "decide_publish").await.expect(200);
    assert_ne!(figures().await, before, "what is decided counts");
}
