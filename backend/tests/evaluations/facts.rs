//! A declared conflict and a look at others' sheets are facts: whatever is done to the panel, they stay.

use nq57_shared::access::Role;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::panel::panel;
use super::stories::{EvaluationStory, open, panel as new_panel};
use crate::harness::{Answer, Client, assert_problem, role};

/// Puts this panel in the place of the one that `who` sees.
async fn replace(evaluation: &EvaluationStory, who: &Client, panel: &Value) -> Answer {
    who.put(&evaluation.path("/panel"), evaluation.revision_for(who).await, panel).await
}

/// Refused because of this place.
fn assert_refused(answer: &Answer, pointer: &str) {
    let problem = assert_problem(answer, 422, "validation_failed");
    let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, [pointer]);
}

async fn body(evaluation: &EvaluationStory, who: &Client) -> Value {
    who.get(&evaluation.path("")).await.expect(200).json()
}

#[actix_web::test]
async fn a_recused_chair_can_name_another_chair_and_do_nothing_else() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, _]) = (&evaluation.portal.chair, &evaluation.members);
    let seated = [one, two, chair];
    replace(&evaluation, chair, &panel(chair, &seated, 2)).await.expect(200);
    evaluation.answer(chair, "declared").await.expect(200);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    let other = evaluation.portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let without_own_seat = panel(chair, &[one, two], 2);
    assert_problem(&replace(&evaluation, chair, &without_own_seat).await, 409, "recused");
    for more in [panel(&other, &[one, two], 2), panel(&other, &seated, 3)] {
        assert_problem(&replace(&evaluation, chair, &more).await, 409, "recused");
    }
    let visit = json!({"held_on": "2026-11-23", "place": "Xã Gò Me", "minutes": "Đã xem."});
    let seen = evaluation.revision_for(chair).await;
    assert_problem(
        &chair.put(&evaluation.path("/on-site-visit"), seen, &visit).await,
        409,
        "recused",
    );
    assert_problem(&evaluation.recommend(chair, "publish", "Tốt.").await, 409, "recused");
    let product = evaluation.portal.read(chair, &evaluation.product).await;
    assert!(product.allowed_events.is_empty(), "{:?}", product.allowed_events);
    let sent = evaluation.portal.send(chair, &product, "require_on_site").await;
    assert_problem(&sent, 403, "forbidden");

    replace(&evaluation, chair, &panel(&other, &seated, 2)).await.expect(200);
    assert_problem(&evaluation.recommend(chair, "publish", "Tốt.").await, 403, "forbidden");
    assert_problem(&replace(&evaluation, chair, &panel(chair, &seated, 2)).await, 409, "recused");
    assert_refused(&replace(&evaluation, &other, &panel(chair, &[one, two], 2)).await, "/chair_id");
    replace(&evaluation, &other, &panel(&other, &[one, two], 2)).await.expect(200);
    assert_refused(&replace(&evaluation, &other, &panel(chair, &[one, two], 2)).await, "/chair_id");
    assert_refused(
        &replace(&evaluation, &other, &panel(&other, &[one, two, chair], 2)).await,
        "/member_ids/2",
    );
    evaluation.recommend(&other, "publish", "Tốt.").await.expect(200);
}

#[actix_web::test]
async fn who_declared_a_conflict_stays_recused_when_removed_and_named_again_by_whomever() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, three]) = (&evaluation.portal.chair, &evaluation.members);
    evaluation.answer(two, "declared").await.expect(200);
    replace(&evaluation, chair, &panel(chair, &[one, three], 2)).await.expect(200);
    assert_refused(
        &replace(&evaluation, chair, &panel(chair, &[one, two, three], 2)).await,
        "/member_ids/1",
    );
    let other = evaluation.portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    replace(&evaluation, chair, &panel(&other, &[one, three], 2)).await.expect(200);
    assert_refused(
        &replace(&evaluation, &other, &panel(&other, &[one, two, three], 2)).await,
        "/member_ids/1",
    );
    assert_problem(&evaluation.answer(two, "none").await, 404, "not_found");
    assert_problem(&evaluation.score(two, 5, true).await, 404, "not_found");
}

#[actix_web::test]
async fn a_conflict_holds_for_later_evaluations_of_the_product_and_its_next_versions() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, [one, two, three]) = (&evaluation.portal, &evaluation.members);
    evaluation.answer(two, "declared").await.expect(200);
    for member in [one, three] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(&portal.chair, "publish", "Tốt.").await.expect(200);
    let product = portal.read(&portal.publisher, &evaluation.product).await;
    let decided = portal.send(&portal.publisher, &product, "decide_publish").await.read_as();
    let published = portal.publish(&decided).await;
    let accepted = next_version(portal, &published).await;
    let refused = open(&portal.chair, &accepted, &new_panel(&portal.chair, &[one, two])).await;
    assert_refused(&refused, "/member_ids/1");
    open(&portal.chair, &accepted, &new_panel(&portal.chair, &[one, three])).await.expect(201);
    assert_eq!(body(&evaluation, two).await["is_recused"], true);
}

/// Brings a changed text of a published product to its acceptance.
async fn next_version(
    portal: &crate::products::stories::Portal,
    published: &nq57_shared::products::Product,
) -> nq57_shared::products::Product {
    let company = &portal.company;
    let own = portal.read(company, published).await;
    let draft: nq57_shared::products::Product =
        portal.send(company, &own, "revise").await.read_as();
    let path = format!("/products/{}", draft.id);
    let seen = draft.revision.cast_signed();
    company.patch(&path, seen, &json!({"title": "Bí mật của phiên bản hai"})).await.expect(200);
    let draft = portal.read(company, &draft).await;
    let submitted = portal.send(company, &draft, "submit").await.read_as();
    portal.accept(&submitted).await
}

#[actix_web::test]
async fn until_the_quorum_is_met_nobody_outside_learns_more_than_how_many_sheets_are_in() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, _]) = (&evaluation.portal.chair, &evaluation.members);
    evaluation.score(one, 5, true).await.expect(200);
    let admin = evaluation.portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
    for who in [chair, &evaluation.portal.publisher, &admin] {
        let shown = body(&evaluation, who).await;
        assert_eq!(shown["sheets"], json!([]));
        assert_eq!(shown["result"]["sheets"], 1);
        assert_eq!(shown["result"]["quorum_met"], false);
        for secret in ["weighted_mean_hundredths", "dispersion_hundredths", "is_passed"] {
            assert!(shown["result"][secret].is_null(), "{secret}");
        }
    }
    evaluation.score(two, 3, true).await.expect(200);
    for who in [chair, &evaluation.portal.publisher, &admin] {
        let shown = body(&evaluation, who).await;
        assert_eq!(shown["sheets"].as_array().map(Vec::len), Some(2));
        assert_eq!(shown["result"]["weighted_mean_hundredths"], 8_000);
    }
}

#[actix_web::test]
async fn a_chair_who_sits_on_the_panel_sees_the_sheets_only_with_the_quorum() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, _]) = (&evaluation.portal.chair, &evaluation.members);
    replace(&evaluation, chair, &panel(chair, &[one, two, chair], 3)).await.expect(200);
    evaluation.answer(chair, "none").await.expect(200);
    evaluation.score(chair, 3, true).await.expect(200);
    evaluation.score(one, 5, true).await.expect(200);
    let shown = body(&evaluation, chair).await;
    assert_eq!(shown["sheets"].as_array().map(Vec::len), Some(1), "the own one");
    assert!(shown["result"]["weighted_mean_hundredths"].is_null());
    evaluation.score(two, 5, true).await.expect(200);
    assert_eq!(body(&evaluation, chair).await["sheets"].as_array().map(Vec::len), Some(3));
}

#[actix_web::test]
async fn who_was_shown_sheets_or_leads_the_evaluation_gets_no_seat_once_a_sheet_is_in() {
    let evaluation = EvaluationStory::declared().await;
    let (app, chair, [one, two, three]) =
        (&evaluation.portal.app, &evaluation.portal.chair, &evaluation.members);
    let both = [role(Role::Publisher), role(Role::Evaluator)];
    let reader = app.signed_in("reader", &both).await;
    let fresh = app.signed_in("fresh", &[role(Role::Evaluator)]).await;
    evaluation.score(one, 4, true).await.expect(200);
    for more in [chair, &fresh] {
        let grown = panel(chair, &[one, two, three, more], 2);
        assert_refused(&replace(&evaluation, chair, &grown).await, "/member_ids/3");
    }
    evaluation.answer(three, "declared").await.expect(200);
    let instead = |who: &Client| panel(chair, &[one, two, who], 2);
    assert_refused(&replace(&evaluation, chair, &instead(chair)).await, "/member_ids/2");
    assert_eq!(body(&evaluation, &reader).await["sheets"], json!([]), "nothing was shown yet");
    evaluation.score(two, 4, true).await.expect(200);
    assert_eq!(body(&evaluation, &reader).await["sheets"].as_array().map(Vec::len), Some(2));
    assert_eq!(body(&evaluation, &reader).await["sheets"].as_array().map(Vec::len), Some(2));
    assert_refused(&replace(&evaluation, chair, &instead(&reader)).await, "/member_ids/2");
    let other = app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let listed = format!("/products/{}/evaluations", evaluation.product.id);
    other.get(&listed).await.expect(200);
    assert_refused(&replace(&evaluation, chair, &instead(&other)).await, "/member_ids/2");
    // The chair has seen them too by now, and chooses nobody any more.
    assert_refused(&replace(&evaluation, chair, &instead(&fresh)).await, "/member_ids/2");
}

#[actix_web::test]
async fn a_recused_member_reads_of_the_evaluation_that_it_is_there_and_nothing_that_happens_in_it()
{
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, three]) = (&evaluation.portal.chair, &evaluation.members);
    evaluation.answer(three, "declared").await.expect(200);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(chair, "publish", "Lời đề nghị kín.").await.expect(200);
    let listed = format!("/products/{}/evaluations", evaluation.product.id);
    assert_problem(&three.get(&listed).await, 404, "not_found");
    let text = three.get(&evaluation.path("")).await.expect(200).text();
    let shown: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(shown["is_recused"], true);
    assert_eq!(shown["state"], "open");
    for empty in ["result", "recommendation", "on_site"] {
        assert!(shown[empty].is_null(), "{empty}");
    }
    let members = shown["members"].as_array().expect("members");
    assert_eq!(members.len(), 1);
    assert_eq!(members[0]["account_id"], json!(three.account()));
    assert_eq!(members[0]["conflict"], "declared");
    for name in ["evaluator1", "evaluator2", "Lời đề nghị kín"] {
        assert!(!text.contains(name), "{name} in {text}");
    }
}

#[actix_web::test]
async fn a_seat_that_was_given_up_and_taken_again_does_not_repeat_a_revision() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, three]) = (&evaluation.portal.chair, &evaluation.members);
    let stale = evaluation.revision_for(three).await;
    replace(&evaluation, chair, &panel(chair, &[one, two], 2)).await.expect(200);
    replace(&evaluation, chair, &panel(chair, &[one, two, three], 2)).await.expect(200);
    for _ in 0..4 {
        let seen = evaluation.revision_for(three).await;
        assert_ne!(seen, stale, "a tab from before would pass");
        replace(&evaluation, chair, &panel(chair, &[one, two, three], 2)).await.expect(200);
    }
    let none = json!({"answer": "none"});
    let late = three.put(&evaluation.path("/conflicts/me"), stale, &none).await;
    assert_problem(&late, 412, "stale_revision");
    assert_problem(&evaluation.score(three, 4, false).await, 409, "conflict_not_declared");
}

#[actix_web::test]
async fn the_database_itself_keeps_the_facts() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, three]) = (&evaluation.portal.chair, &evaluation.members);
    evaluation.answer(three, "declared").await.expect(200);
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    body(&evaluation, chair).await;
    let visit = json!({"held_on": "2026-11-23", "place": "Xã Gò Me", "minutes": "Đã xem."});
    let seen = evaluation.revision_for(chair).await;
    chair.put(&evaluation.path("/on-site-visit"), seen, &visit).await.expect(200);
    evaluation.recommend(chair, "publish", "Tốt.").await.expect(200);
    let company = &evaluation.portal.company;
    let organisation = json!({"name": "Công ty Gò Me", "kind": "enterprise"});
    let organisation = company.post("/organisations", &organisation).await.expect(201).json();
    let id = organisation["id"].as_str().expect("an id");
    let seat = format!("/organisations/{id}/members/{}", company.account());
    company.delete(&seat).await.expect(204);
    for table in [
        "case_authors",
        "case_recusals",
        "evaluation_looks",
        "evaluation_recommendations",
        "evaluation_visits",
        "organisation_departures",
    ] {
        for sql in
            [format!("UPDATE {table} SET account_id = account_id"), format!("DELETE FROM {table}")]
        {
            let error = evaluation.portal.app.state.db.execute_unprepared(&sql).await;
            let error = error.expect_err("refused").to_string();
            assert!(error.contains("append-only"), "{sql}: {error}");
        }
    }
}

#[actix_web::test]
async fn the_audit_says_what_was_answered_how_the_panel_changed_and_who_looked() {
    let evaluation = EvaluationStory::declared().await;
    let (chair, [one, two, three]) = (&evaluation.portal.chair, &evaluation.members);
    let admin = evaluation.portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
    evaluation.answer(three, "declared").await.expect(200);
    let fresh = evaluation.portal.app.signed_in("fresh", &[role(Role::Evaluator)]).await;
    let other = evaluation.portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let mut changed = panel(&other, &[one, two, &fresh], 3);
    changed["due_on"] = json!("2026-12-21");
    replace(&evaluation, chair, &changed).await.expect(200);
    evaluation.answer(&fresh, "none").await.expect(200);
    for member in [one, two, &fresh] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    for _ in 0..2 {
        body(&evaluation, &other).await;
    }
    evaluation.recommend(&other, "publish", "Tốt.").await.expect(200);
    let details = async |action: &str| -> Vec<Value> {
        let path = format!("/audit?subject_id={}&action={action}&limit=100", evaluation.id);
        let listed = admin.get(&path).await.expect(200).json();
        let items = listed["items"].as_array().expect("items").clone();
        items.into_iter().map(|entry| entry["detail"].clone()).collect()
    };
    let answered = details("evaluation.conflict_answered").await;
    assert_eq!(answered[1]["changed"]["conflict"], json!(["none", "declared"]));
    let replaced = &details("evaluation.panel_replaced").await[0];
    assert_eq!(replaced["added"], json!([fresh.account()]));
    assert_eq!(replaced["removed"], json!([three.account()]));
    assert_eq!(replaced["changed"]["chair"], json!([chair.account(), other.account()]));
    assert_eq!(replaced["changed"]["quorum"], json!([2, 3]));
    assert_eq!(replaced["changed"]["due_on"], json!(["2026-12-18", "2026-12-21"]));
    assert_eq!(
        details("evaluation.sheets_seen").await.len(),
        2,
        "the last member and the chair, once each"
    );
    // Who administers may have a seat whose sheet is not in.
    let recommended = &details("evaluation.recommended").await[0];
    let sealed = recommended["changed"]["sha256"][1].as_str().expect("a digest");
    assert_eq!((sealed.len(), recommended.to_string().contains("publish")), (64, false));
    let opened = &details("evaluation.opened").await[0];
    assert_eq!(opened["members"].as_array().map(Vec::len), Some(3));
}

#[actix_web::test]
async fn the_panel_reads_the_title_that_it_judged_and_not_that_of_the_next_draft() {
    let evaluation = EvaluationStory::declared().await;
    let portal = &evaluation.portal;
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(&portal.chair, "publish", "Tốt.").await.expect(200);
    let product = portal.read(&portal.publisher, &evaluation.product).await;
    let decided = portal.send(&portal.publisher, &product, "decide_publish").await.read_as();
    let published = portal.publish(&decided).await;
    let own = portal.read(&portal.company, &published).await;
    let draft: nq57_shared::products::Product =
        portal.send(&portal.company, &own, "revise").await.read_as();
    let path = format!("/products/{}", draft.id);
    let secret = json!({"title": "BÍ MẬT của phiên bản sau"});
    portal.company.patch(&path, draft.revision.cast_signed(), &secret).await.expect(200);
    let admin = portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
    let listed = format!("{path}/evaluations");
    for who in [&evaluation.members[0], &portal.chair, &portal.publisher, &admin] {
        for place in [&evaluation.path(""), &listed] {
            let text = who.get(place).await.expect(200).text();
            assert!(text.contains(&evaluation.product.content.title) && !text.contains("BÍ MẬT"));
        }
    }
}
