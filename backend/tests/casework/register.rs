//! The register: officials find any file within their limits, and nothing that its page would hide.

use chrono::Duration;
use nq57_platform::casework::{self, Case};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::subject::Subject;
use nq57_shared::access::Role;
use nq57_shared::casework::{CasePage, WorkPage};
use nq57_shared::ids::ProductId;
use nq57_shared::organisations::Organisation;
use nq57_shared::products::Product;
use serde_json::json;

use crate::evaluations::stories::EvaluationStory;
use crate::harness::{Client, assert_problem, role};
use crate::products::stories::{Portal, draft_with};

pub(super) async fn cases(who: &Client, query: &str) -> CasePage {
    who.get(&format!("/cases?{query}")).await.expect(200).read_as()
}

async fn titles(who: &Client, query: &str) -> Vec<String> {
    cases(who, query).await.items.into_iter().map(|case| case.title).collect()
}

pub(super) async fn sent(portal: &Portal, title: &str, province: &str) -> Product {
    let draft = draft_with(&[("title", json!(title)), ("province_code", json!(province))]);
    let draft = portal.company.post("/products", &draft).await.expect(201).read_as();
    portal.send(&portal.company, &draft, "submit").await.expect(200).read_as()
}

#[actix_web::test]
async fn an_official_finds_every_file_within_the_own_limits_whatever_its_state() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let waiting = sent(&portal, "Trạm quan trắc mặn", "92").await;
    let elsewhere = sent(&portal, "Trạm quan trắc gió", "01").await;
    portal.drafted().await;

    let all = cases(&portal.intake, "count=true").await;
    let ids: Vec<_> = all.items.iter().map(|case| case.id).collect();
    assert_eq!(all.total, Some(3), "a draft is nobody's business");
    for product in [&published, &waiting, &elsewhere] {
        assert!(ids.contains(&product.id.0));
    }
    let counted: u64 = all.counts.expect("counts").iter().map(|count| count.cases).sum();
    assert_eq!(counted, 3);

    let (here, there) = (portal.intake_of("92").await, portal.intake_of("01").await);
    assert!(!titles(&here, "").await.contains(&"Trạm quan trắc gió".to_owned()));
    assert_eq!(titles(&there, "").await, ["Trạm quan trắc gió"]);
    for (query, found) in [
        ("q=tram+quan+trac", 2),
        ("q=sp+2026+2", 1),
        ("q=sp+2", 1),
        ("q=SP2", 1),
        ("q=sp000002", 1),
        ("q=2026-2", 1),
        ("q=2026+000002", 1),
        ("q=sp-2026-2", 1),
        ("q=2025-2", 0),
        ("q=sp4", 0),
        ("q=000003", 1),
        ("q=dong+bung+quan+trac", 2),
        ("state=submitted", 2),
        ("state=submitted&state=published", 3),
        ("holder=intake&province=01", 1),
        ("open=false", 1),
        ("open=true", 2),
        ("late=true", 0),
        ("type=feedback", 0),
        ("q=+", 3),
    ] {
        assert_eq!(cases(&portal.intake, query).await.items.len(), found, "{query}");
    }
    portal.app.advance(Duration::days(10));
    let intake = portal.app.sign_in(portal.intake.account()).await;
    assert_eq!(cases(&intake, "late=true").await.items.len(), 2);
}

#[actix_web::test]
async fn who_submits_or_scores_has_no_register_and_officials_do_not_find_their_own() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    assert_problem(&portal.company.get("/cases").await, 403, "forbidden");
    let scores = portal.app.signed_in("scores", &[role(Role::Evaluator)]).await;
    assert_problem(&scores.get("/cases").await, 403, "forbidden");

    // The submitter becomes an official as well.
    let both = portal.app.signed_in("both", &[role(Role::IntakeOfficer)]).await;
    let draft = both.post("/products", &draft_with(&[])).await.expect(201).read_as();
    portal.send(&both, &draft, "submit").await.expect(200);
    let found = cases(&both, "").await;
    let ids: Vec<_> = found.items.iter().map(|case| case.id).collect();
    assert_eq!(ids, [submitted.id.0]);
}

#[actix_web::test]
async fn who_declared_a_conflict_finds_the_file_neither_in_the_register_nor_in_the_queue() {
    let evaluation = EvaluationStory::open().await;
    let (chair, id) = (&evaluation.portal.chair, evaluation.product.id.0);
    let has = async |who: &Client| cases(who, "").await.items.iter().any(|case| case.id == id);
    assert!(has(chair).await);
    let with_chair = json!({
        "chair_id": chair.account(),
        "member_ids": [evaluation.members[0].account(), evaluation.members[1].account(), chair.account()],
        "quorum": 2,
        "due_on": "2026-12-18"
    });
    chair
        .put(&evaluation.path("/panel"), evaluation.revision().await, &with_chair)
        .await
        .expect(200);
    evaluation.answer(chair, "declared").await.expect(200);
    assert!(!has(chair).await);
    let work: WorkPage = chair.get("/my-work").await.expect(200).read_as();
    assert!(work.items.iter().all(|item| item.case.id != id));
    assert!(has(&evaluation.portal.publisher).await);
}

#[actix_web::test]
async fn what_is_being_written_anew_is_shown_as_it_was_sent() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let sent = submitted.content.title.clone();
    let asked = portal.judge(&submitted, "ask").await;
    let asked = portal.send_at(&portal.intake, &submitted, asked, "request_information").await;
    let asked: Product = asked.expect(200).read_as();
    let seen = portal.read(&portal.company, &asked).await.revision.cast_signed();
    let path = format!("/products/{}", asked.id);
    let edited = portal.company.patch(&path, seen, &json!({"title": "Chưa gửi"})).await;
    let edited: Product = edited.expect(200).read_as();
    assert_eq!(titles(&portal.intake, "").await, [sent.as_str()]);
    portal.send(&portal.company, &edited, "withdraw").await.expect(200);
    assert_eq!(titles(&portal.intake, "state=withdrawn").await, [sent]);
}

#[actix_web::test]
async fn a_product_whose_next_version_is_being_written_is_found_as_what_is_public() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let own = portal.read(&portal.company, &published).await;
    let revised: Product = portal.send(&portal.company, &own, "revise").await.read_as();
    let path = format!("/products/{}", revised.id);
    let seen = revised.revision.cast_signed();
    portal.company.patch(&path, seen, &json!({"title": "Chưa gửi"})).await.expect(200);
    let found = cases(&portal.intake, "state=published&count=true").await;
    assert_eq!(found.items.len(), 1);
    assert_eq!(found.items[0].title, published.content.title);
    assert!(found.items[0].holder.is_none(), "nobody has to act");
    let figures = portal.app.client().get("/products/statistics").await.expect(200).json();
    assert_eq!(figures["states"], json!([{"code": "published", "count": 1}]));
}

#[actix_web::test]
async fn what_was_never_sent_is_not_found_when_the_product_is_taken_down_meanwhile() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let published = portal.read(&portal.company, &published).await;
    let revised: Product = portal.send(&portal.company, &published, "revise").await.read_as();
    let sent: Product = portal.send(&portal.company, &revised, "submit").await.read_as();
    let sent = portal.read(&portal.intake, &sent).await;
    let asked = portal.judge(&sent, "ask").await;
    let asked = portal.send_at(&portal.intake, &sent, asked, "request_information").await;
    let asked: Product = asked.expect(200).read_as();
    let seen = portal.read(&portal.company, &asked).await.revision.cast_signed();
    let path = format!("/products/{}", asked.id);
    portal.company.patch(&path, seen, &json!({"title": "Chưa gửi"})).await.expect(200);
    let seen = portal.read(&portal.publisher, &asked).await;
    portal.send(&portal.publisher, &seen, "suspend").await.expect(200);
    assert_eq!(titles(&portal.intake, "q=chua+gui").await, [""; 0]);
    assert_eq!(titles(&portal.intake, "state=suspended").await.len(), 1);
}

#[actix_web::test]
async fn a_walk_through_the_register_meets_every_file_once_in_either_order() {
    let portal = Portal::open().await;
    for number in 0..7 {
        sent(&portal, &format!("Thiết bị số {number}"), "92").await;
        portal.app.advance(Duration::minutes(1));
    }
    let intake = portal.app.sign_in(portal.intake.account()).await;
    for sort in ["due", "-changed_at", "state"] {
        let mut met = Vec::new();
        let mut query = format!("limit=3&sort={sort}");
        loop {
            let page = cases(&intake, &query).await;
            met.extend(page.items.into_iter().map(|case| case.title));
            let Some(cursor) = page.next_cursor else { break };
            query = format!("limit=3&sort={sort}&cursor={cursor}");
        }
        let mut expected: Vec<String> = (0..7).map(|n| format!("Thiết bị số {n}")).collect();
        if sort == "-changed_at" {
            expected.reverse();
        }
        assert_eq!(met, expected, "{sort}");
    }
    let first = cases(&intake, "limit=3&sort=due").await.next_cursor.expect("more");
    let foreign = intake.get(&format!("/cases?limit=3&sort=-changed_at&cursor={first}")).await;
    assert_problem(&foreign, 400, "invalid_cursor");
}

#[actix_web::test]
async fn the_queue_is_filtered_and_says_how_much_of_each_step_waits() {
    let portal = Portal::open().await;
    let accepted = portal.accepted().await;
    portal.recommend(&accepted).await;
    let decided = portal.decided().await;
    let work = async |who: &Client, query: &str| -> WorkPage {
        who.get(&format!("/my-work?{query}")).await.expect(200).read_as()
    };
    let all = work(&portal.publisher, "count=true").await;
    let counts: Vec<(String, u64)> =
        all.counts.expect("counts").into_iter().map(|count| (count.step, count.waiting)).collect();
    assert_eq!(counts, [("decide".to_owned(), 1), ("publish".to_owned(), 1)]);
    let publish = work(&portal.publisher, "step=publish&count=true").await;
    assert_eq!((publish.total, publish.items[0].case.id), (Some(1), decided.id.0));
    let counts = publish.counts.expect("counts");
    assert_eq!((counts.len(), counts[0].step.as_str()), (1, "publish"), "under the same filters");
    let nothing = work(&portal.publisher, "q=khong+co&count=true").await;
    assert_eq!((nothing.total, nothing.counts), (Some(0), Some(Vec::new())));
    for (query, found) in
        [("type=feedback", 0), ("late=true", 0), ("q=khong+co", 0), ("q=cam+bien", 2)]
    {
        assert_eq!(work(&portal.publisher, query).await.items.len(), found, "{query}");
    }
}

#[actix_web::test]
async fn cases_of_one_state_stand_together_page_by_page() {
    let portal = Portal::open().await;
    sent(&portal, "Một", "92").await;
    portal.published().await;
    sent(&portal, "Hai", "92").await;
    portal.accepted().await;
    let (mut met, mut query) = (Vec::new(), "sort=state&limit=1".to_owned());
    loop {
        let page = cases(&portal.intake, &query).await;
        met.extend(page.items.into_iter().map(|case| (case.state, case.due_at, case.id)));
        let Some(cursor) = page.next_cursor else { break };
        query = format!("sort=state&limit=1&cursor={cursor}");
    }
    let states: Vec<&str> = met.iter().map(|(state, ..)| state.as_str()).collect();
    assert_eq!(states, ["accepted", "published", "submitted", "submitted"]);
    let (first, second) = ((met[2].1, met[2].2), (met[3].1, met[3].2));
    assert!(first < second, "within a state what is due first");
}

#[actix_web::test]
async fn late_today_and_soon_are_what_the_days_left_say_on_every_day() {
    let portal = Portal::open().await;
    sent(&portal, "Trạm quan trắc mặn", "92").await;
    let mut told = Vec::new();
    for _ in 0..14 {
        let intake = portal.app.sign_in(portal.intake.account()).await;
        let page = cases(&intake, "count=true").await;
        let left = page.items[0].working_days_left.expect("a deadline");
        let counts = &page.counts.expect("counts")[0];
        let work: WorkPage = intake.get("/my-work?count=true").await.expect(200).read_as();
        assert_eq!(work.items[0].working_days_left, Some(left), "the queue says the same");
        let waiting = &work.counts.expect("counts")[0];
        let numbers = [
            ("late", left < 0, counts.late, waiting.late),
            ("today", left == 0, counts.today, waiting.today),
            ("soon", (0..=3).contains(&left), counts.soon, waiting.soon),
        ];
        for (due, is, of_cases, of_work) in numbers {
            let expected = u64::from(is);
            assert_eq!((of_cases, of_work), (expected, expected), "{due} with {left} left");
            let query = format!("due={due}&count=true");
            let found = cases(&intake, &query).await;
            let mine: WorkPage =
                intake.get(&format!("/my-work?{query}")).await.expect(200).read_as();
            assert_eq!((found.total, mine.total), (Some(expected), Some(expected)), "{query}");
        }
        let late = cases(&intake, "late=true").await.items.len();
        assert_eq!(late, usize::from(left < 0), "the older name of the filter");
        told.push(left);
        portal.app.advance(Duration::days(1));
    }
    // Sent on Monday; Tuesday is off; due on the Tuesday after.
    assert_eq!(told, [5, 5, 4, 3, 2, 2, 2, 1, 0, -1, -2, -3, -3, -3]);
    let strange = portal.app.sign_in(portal.intake.account()).await;
    assert_problem(&strange.get("/cases?due=whenever").await, 400, "invalid_parameter");
}

#[actix_web::test]
async fn characters_that_a_pattern_would_read_find_nothing() {
    let portal = Portal::open().await;
    let body = json!({"name": "Viện Nghiên cứu", "kind": "enterprise"});
    portal.company.post("/organisations", &body).await.expect(201);
    portal.accepted().await;
    sent(&portal, "Trạm 100% gió", "92").await;
    for q in ["%25", "_", "%25_%25", "%5C", "'", "!"] {
        for (who, path) in [
            (&portal.intake, "/cases"),
            (&portal.chair, "/my-work"),
            (&portal.intake, "/organisations"),
            (&portal.company, "/products?mine=true"),
        ] {
            let and = if path.contains('?') { '&' } else { '?' };
            let all = who.get(path).await.expect(200).json();
            assert!(!all["items"].as_array().expect("items").is_empty(), "{path}");
            let found = who.get(&format!("{path}{and}q={q}")).await.expect(200).json();
            assert_eq!(found["items"], json!([]), "{path} {q}");
        }
    }
    assert_eq!(titles(&portal.intake, "q=100%25+gio").await, ["Trạm 100% gió"]);
    let path = "/products?mine=true&sector=_griculture";
    let found = portal.company.get(path).await.expect(200).json();
    assert_eq!(found["items"], json!([]), "a pattern is no sector");
}

#[actix_web::test]
async fn who_left_the_submitters_organisation_finds_its_files_neither_listed_nor_waiting() {
    let portal = Portal::open().await;
    let body = json!({"name": "Viện Nghiên cứu", "kind": "enterprise"});
    let institute: Organisation =
        portal.company.post("/organisations", &body).await.expect(201).read_as();
    let path = format!("/organisations/{}", institute.id);
    let join = async |who: &Client| {
        let asked = json!({"message": "Xin vào viện."});
        let asked = who.post(&format!("{path}/join-requests"), &asked).await.expect(201).json();
        let id = asked["id"].as_str().expect("an id").to_owned();
        let approve = json!({"approve": true, "is_manager": false});
        let answer = format!("{path}/join-requests/{id}/answer");
        portal.company.post(&answer, &approve).await.expect(200);
    };
    let leave = async |who: &Client| {
        let seat = format!("{path}/members/{}", who.account());
        portal.company.delete(&seat).await.expect(204);
        portal.app.sign_in(who.account()).await
    };
    // One leaves before the product is sent, one afterwards.
    let (before, after) = (&portal.intake, &portal.chair);
    join(before).await;
    join(after).await;
    let behalf = format!("/products?organisation_id={}", institute.id);
    let draft = portal.company.post(&behalf, &draft_with(&[])).await.expect(201).read_as();
    let before = leave(before).await;
    let sent: Product = portal.send(&portal.company, &draft, "submit").await.expect(200).read_as();
    let after = leave(after).await;
    for who in [&before, &after] {
        let page = cases(who, "count=true").await;
        assert_eq!((page.items.len(), page.total), (0, Some(0)));
        let work: WorkPage = who.get("/my-work").await.expect(200).read_as();
        assert!(work.items.is_empty());
        let read = portal.read(who, &sent).await;
        assert!(read.allowed_events.is_empty());
    }
    let elsewhere = portal.app.signed_in("officer", &[role(Role::IntakeOfficer)]).await;
    assert_eq!(cases(&elsewhere, "").await.items.len(), 1);
}

#[actix_web::test]
async fn for_whom_a_case_was_sent_and_who_handles_it_stay_as_they_were_when_it_began() {
    let portal = Portal::open().await;
    let (here, there) = (portal.intake_of("92").await, portal.intake_of("01").await);
    let state = &portal.app.state;
    let id: ProductId = state.clock.new_id();
    for (province, is) in [("92", "submitted"), ("01", "accepted")] {
        let case = Case {
            subject: Subject::new("product", id),
            code: Some("SP-2026-000001"),
            title: "Trạm quan trắc",
            sender: "Công ty",
            keeps_words: false,
            owner: None,
            organisation: None,
            province: Some(province),
            state: is,
            holder: Some("intake"),
            due_at: None,
            submitted_at: None,
        };
        let record = async |tx: &Tx| casework::record(tx, state.clock.now(), &case).await;
        transaction::write(&state.db, record).await.expect("recorded");
        let found = cases(&here, "").await.items;
        assert_eq!(found.iter().map(|case| case.state.as_str()).collect::<Vec<_>>(), [is]);
        assert!(cases(&there, "").await.items.is_empty());
    }
}

#[actix_web::test]
async fn what_looks_like_a_code_and_is_none_is_looked_for_in_words() {
    let portal = Portal::open().await;
    sent(&portal, "Đèn SP77", "92").await;
    sent(&portal, "Xe SP1", "92").await;
    assert_eq!(titles(&portal.intake, "q=sp77").await, ["Đèn SP77"]);
    assert_eq!(titles(&portal.intake, "q=sp1").await, ["Đèn SP77"], "a code that is one");
}
