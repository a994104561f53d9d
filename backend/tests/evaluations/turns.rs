//! Whose turn it is, for how long, and who is told so: the panel's ends with its recommendation.

use chrono::Duration;
use nq57_platform::casework::deadlines;
use nq57_platform::outbox;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{Product, ProductStatistics};
use serde_json::{Value, json};

use super::panel::panel;
use super::stories::EvaluationStory;
use crate::harness::Client;

/// Moves the clock, and gives these people new sessions.
async fn later<const N: usize>(
    evaluation: &EvaluationStory,
    days: i64,
    who: [&Client; N],
) -> [Client; N] {
    evaluation.portal.app.advance(Duration::days(days));
    let mut again = Vec::new();
    for one in who {
        again.push(evaluation.portal.app.sign_in(one.account()).await);
    }
    again.try_into().unwrap_or_else(|_| panic!("as many as before"))
}

#[actix_web::test]
async fn the_time_of_the_panel_ends_with_the_recommendation_and_that_of_the_publisher_begins() {
    let evaluation = EvaluationStory::declared().await;
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    // Monday to Thursday, a holiday between: two working days. Then Thursday to Wednesday: four.
    let [chair] = later(&evaluation, 3, [&evaluation.portal.chair]).await;
    evaluation.recommend(&chair, "publish", "Tốt.").await.expect(200);
    let [publisher, chair] = later(&evaluation, 6, [&evaluation.portal.publisher, &chair]).await;
    // What is recommended can be put in other words; the turn stays the publisher's.
    evaluation.recommend(&chair, "publish", "Rất tốt.").await.expect(200);
    let product = evaluation.portal.read(&publisher, &evaluation.product).await;
    assert_eq!(product.holder, Some(Holder::Publisher));
    evaluation.portal.send(&publisher, &product, "decide_publish").await.expect(200);
    let client = evaluation.portal.app.client();
    let figures: ProductStatistics = client.get("/products/statistics").await.read_as();
    let of = |holder| {
        let step = figures.steps.iter().find(|step| step.step == holder).expect("the step");
        (step.count, step.median_working_days_tenths)
    };
    assert_eq!(of(Holder::Panel), (1, Some(20)));
    assert_eq!(of(Holder::Publisher), (1, Some(40)));
}

#[actix_web::test]
async fn the_deadline_of_the_panel_is_met_by_its_recommendation_and_the_publishers_runs() {
    let evaluation = EvaluationStory::declared().await;
    let publisher = &evaluation.portal.publisher;
    let before = evaluation.portal.read(publisher, &evaluation.product).await;
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(&evaluation.portal.chair, "publish", "Tốt.").await.expect(200);
    let after = evaluation.portal.read(publisher, &evaluation.product).await;
    assert_eq!(before.working_days_left, Some(20));
    assert_eq!(after.working_days_left, Some(5));
    let decided =
        evaluation.portal.send(publisher, &after, "decide_publish").await.read_as::<Product>();
    assert_eq!(decided.due_at, after.due_at, "one deadline for decision and publication");
}

#[actix_web::test]
async fn the_submitter_learns_neither_of_the_quorum_nor_of_the_recommendation() {
    let evaluation = EvaluationStory::declared().await;
    let portal = &evaluation.portal;
    let path = format!("/products/{}", evaluation.product.id);
    let seen = async || {
        let mut seen = Vec::new();
        for place in [&path, &format!("{path}/history"), &"/products?mine=true".to_owned()] {
            let answer = portal.company.get(place).await.expect(200);
            seen.push((answer.header("etag").to_owned(), answer.text()));
        }
        seen
    };
    let before = seen().await;
    portal.app.advance(Duration::seconds(30));
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    let official = portal.read(&portal.publisher, &evaluation.product).await;
    assert_eq!(seen().await, before, "the quorum");
    portal.app.advance(Duration::seconds(30));
    evaluation.recommend(&portal.chair, "publish", "Tốt.").await.expect(200);
    assert_eq!(seen().await, before, "the recommendation");
    let stale = portal.send(&portal.publisher, &official, "suspend").await;
    assert_eq!(stale.status, 412, "officials know that something has changed");
    let own: Product = serde_json::from_str(&before[0].1).expect("a product");
    assert_eq!(own.holder, Some(Holder::Panel));
}

#[actix_web::test]
async fn a_member_finds_the_day_of_the_own_sheet_in_the_queue_and_is_sorted_by_it() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, member) = (&evaluation.portal, &evaluation.members[0]);
    // The stage is due on 22 December for both; this evaluation's sheets on the 18th, the other's on the 4th.
    let other = portal.accepted().await;
    let mut sooner = super::stories::panel(&portal.chair, &evaluation.members.each_ref());
    sooner["due_on"] = json!("2026-12-04");
    super::stories::open(&portal.chair, &other, &sooner).await.expect(201);
    let work = async |who: &Client, query: &str| -> Value {
        who.get(&format!("/my-work?{query}")).await.expect(200).json()
    };
    let queue = work(member, "count=true").await;
    let due: Vec<_> = queue["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| {
            (item["case"]["id"].clone(), item["due_at"].clone(), item["working_days_left"].clone())
        })
        .collect();
    assert_eq!(queue["total"], 2);
    assert_eq!(
        due,
        [
            (json!(other.id), json!("2026-12-04T16:59:59.999999Z"), json!(8)),
            (json!(evaluation.product.id), json!("2026-12-18T16:59:59.999999Z"), json!(18)),
        ]
    );
    let first = work(member, "limit=1").await;
    let cursor = first["next_cursor"].as_str().expect("more").to_owned();
    let second = work(member, &format!("limit=1&cursor={cursor}")).await;
    assert_eq!(second["items"][0]["case"]["id"], json!(evaluation.product.id));
    let [member] = later(&evaluation, 14, [member]).await;
    let late = work(&member, "").await;
    assert_eq!(late["items"][0]["working_days_left"], -1, "late against the own day");

    // Once the sheets are in, the chair owes the recommendation until the stage is due.
    let [one, two, chair] =
        later(&evaluation, 0, [&evaluation.members[0], &evaluation.members[1], &portal.chair])
            .await;
    for member in [&one, &two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    let queue = work(&chair, "").await;
    assert_eq!(queue["items"][0]["step"], "recommend");
    assert_eq!(queue["items"][0]["due_at"], queue["items"][0]["case"]["due_at"]);
}

#[actix_web::test]
async fn whoever_owes_a_sheet_is_reminded_of_its_day_and_the_chair_with_them() {
    let evaluation = EvaluationStory::declared().await;
    let (app, [one, two, three]) = (&evaluation.portal.app, &evaluation.members);
    evaluation.score(one, 4, true).await.expect(200);
    evaluation.answer(three, "declared").await.expect(200);
    let mut moved = panel(&evaluation.portal.chair, &[one, two, three], 2);
    moved["due_on"] = json!("2026-12-11");
    let seen = evaluation.revision().await;
    evaluation.portal.chair.put(&evaluation.path("/panel"), seen, &moved).await.expect(200);
    let people = [one, two, three, &evaluation.portal.chair, &evaluation.portal.publisher];
    let told = async |days: i64, kind: &str| {
        app.advance(Duration::days(days));
        deadlines::tick(app.state.clone()).await.expect("ticked");
        while outbox::deliver_due(&app.state).await.expect("delivered") > 0 {}
        let mut told = Vec::new();
        for who in people {
            let who = app.sign_in(who.account()).await;
            told.push(evaluation.told(&who, kind).await);
        }
        told
    };
    assert_eq!(told(16, "deadline_soon").await, [0, 0, 0, 0, 0], "the 9th");
    assert_eq!(told(1, "deadline_soon").await, [0, 1, 0, 1, 0], "the day before");
    assert_eq!(told(2, "deadline_breached").await, [0, 1, 0, 1, 0], "the day after");
}

#[actix_web::test]
async fn the_turn_passes_with_the_recommendation_alone_and_is_no_event_to_be_sent_or_read() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, chair) = (&evaluation.portal, &evaluation.portal.chair);
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    let product = portal.read(chair, &evaluation.product).await;
    let sent = portal.send(chair, &product, "recommend").await;
    assert_eq!(sent.status, 422, "{}", sent.text());
    evaluation.recommend(chair, "publish", "Tốt.").await.expect(200);
    let product = portal.read(chair, &evaluation.product).await;
    assert!(product.allowed_events.is_empty(), "the panel is done: {:?}", product.allowed_events);
    let history = format!("/products/{}/history", product.id);
    for who in [chair, &portal.publisher, &portal.company] {
        let text = who.get(&history).await.expect(200).text();
        assert!(!text.contains("recommend"), "{text}");
    }
}

#[actix_web::test]
async fn the_day_of_an_open_sheet_does_not_tell_how_far_the_others_are() {
    let evaluation = EvaluationStory::declared().await;
    let [one, two, three] = &evaluation.members;
    let waits = async || {
        let work = three.get("/my-work").await.expect(200).json();
        (work["items"][0]["step"].clone(), work["items"][0]["due_at"].clone())
    };
    let before = waits().await;
    assert_eq!(before, (json!("score"), json!("2026-12-18T16:59:59.999999Z")));
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
        assert_eq!(waits().await, before, "also when the quorum is met");
    }
}

#[actix_web::test]
async fn a_recommendation_that_came_and_went_moves_no_day_that_the_submitter_is_told() {
    let evaluation = EvaluationStory::declared().await;
    let (portal, [one, two, _]) = (&evaluation.portal, &evaluation.members);
    let told = portal.read(&portal.company, &evaluation.product).await.due_at;
    for member in [one, two] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    let [chair, two] = later(&evaluation, 3, [&portal.chair, two]).await;
    evaluation.recommend(&chair, "publish", "Tốt.").await.expect(200);
    // The recommendation ends with the quorum, and the time of the panel begins anew.
    evaluation.answer(&two, "declared").await.expect(200);
    let seen = portal.read(&chair, &evaluation.product).await;
    assert_ne!(seen.due_at, told, "officials know");
    portal.send(&chair, &seen, "require_on_site").await.expect(200);
    let [company] = later(&evaluation, 0, [&portal.company]).await;
    assert_eq!(portal.read(&company, &evaluation.product).await.due_at, told);
}

#[actix_web::test]
async fn a_version_that_comes_back_keeps_its_evaluation() {
    let portal = crate::products::stories::Portal::open().await;
    let published = portal.published().await;
    let first = portal.read(&portal.publisher, &published).await.evaluation_id;
    assert!(first.is_some());
    let own = portal.read(&portal.company, &published).await;
    let draft: Product = portal.send(&portal.company, &own, "revise").await.read_as();
    let path = format!("/products/{}", draft.id);
    let seen = draft.revision.cast_signed();
    let second = json!({ "title": "Phiên bản hai" });
    let draft: Product = portal.company.patch(&path, seen, &second).await.expect(200).read_as();
    let sent: Product = portal.send(&portal.company, &draft, "submit").await.read_as();
    portal.accept(&sent).await;
    let accepted = portal.read(&portal.chair, &sent).await;
    let again = portal.evaluate(&accepted).await;
    let judged = portal.read(&portal.publisher, &sent).await;
    assert_eq!(judged.evaluation_id, Some(again.id));
    portal.send(&portal.publisher, &judged, "suspend").await.expect(200);
    let suspended = portal.read(&portal.publisher, &sent).await;
    portal.send(&portal.publisher, &suspended, "resume").await.expect(200);
    let back = portal.read(&portal.publisher, &sent).await;
    assert_eq!((back.version, back.evaluation_id), (1, first));
}
