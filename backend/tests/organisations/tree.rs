//! Codes, days, what is above, what became of which; and that none of it goes in a circle.

use chrono::Duration;
use nq57_shared::access::Role;
use nq57_shared::organisations::{JoinRequest, Lineage, Organisation};
use nq57_shared::page::Page;
use nq57_shared::problem::FieldCode;
use serde_json::{Value, json};

use super::{enter, enterprise};
use crate::harness::{Answer, Client, TestApp, assert_problem, role};
use crate::products::stories::draft;

async fn admin_of(app: &TestApp) -> Client {
    app.signed_in("admin", &[role(Role::Administrator)]).await
}

fn path(organisation: &Organisation) -> String {
    format!("/organisations/{}", organisation.id)
}

/// Changes the organisation as it is now.
async fn change(who: &Client, organisation: &Organisation, body: &Value) -> Answer {
    let seen = who.get(&path(organisation)).await.revision();
    who.patch(&path(organisation), seen, body).await
}

async fn lineage(who: &Client, organisation: &Organisation) -> Lineage {
    who.get(&format!("{}/lineage", path(organisation))).await.expect(200).read_as()
}

async fn becomes(who: &Client, organisation: &Organisation, others: &[&Organisation]) -> Answer {
    let one = |other: &&Organisation| json!({ "organisation_id": other.id, "on": "2026-07-01" });
    let body = json!({ "successors": others.iter().map(one).collect::<Vec<_>>() });
    let seen = who.get(&path(organisation)).await.revision();
    who.put(&format!("{}/successors", path(organisation)), seen, &body).await
}

fn wrong(answer: &Answer) -> (String, FieldCode) {
    let problem = assert_problem(answer, 422, "validation_failed");
    (problem.errors[0].pointer.clone(), problem.errors[0].code)
}

#[actix_web::test]
async fn only_administrators_say_what_is_above_when_it_ends_and_which_code_it_has() {
    let app = TestApp::start().await;
    let (lan, admin) = (app.signed_in("lan", &[]).await, admin_of(&app).await);
    let above = enter(&lan, &enterprise("Tập đoàn")).await;
    let below = enter(&lan, &enterprise("Công ty con")).await;
    for member in [
        json!({ "parent_id": above.id }),
        json!({ "valid_from": "2020-01-01" }),
        json!({ "valid_to": "2099-01-01" }),
    ] {
        assert_problem(&change(&lan, &below, &member).await, 403, "forbidden");
        let mut whole = enterprise("Công ty khác");
        whole.as_object_mut().expect("an object").extend(member.as_object().expect("one").clone());
        assert_problem(&lan.post("/organisations", &whole).await, 403, "forbidden");
        admin.post("/organisations", &whole).await.expect(201);
        change(&admin, &below, &member).await.expect(200);
        // What stays as it is needs nobody's leave.
        let same: Organisation = change(&lan, &below, &member).await.expect(200).read_as();
        assert_eq!(same.name, below.name);
    }
    assert_problem(&change(&lan, &below, &json!({ "code": "G22" })).await, 403, "forbidden");
    assert_problem(&becomes(&lan, &below, &[&above]).await, 403, "forbidden");
    let put = app.client().put(&format!("{}/successors", path(&below)), 1, &json!({})).await;
    assert_problem(&put, 401, "unauthenticated");
}

#[actix_web::test]
async fn a_code_names_one_organisation_however_it_is_typed_and_agencies_have_one() {
    let app = TestApp::start().await;
    let (lan, admin) = (app.signed_in("lan", &[]).await, admin_of(&app).await);
    let agency = |code: Value| json!({ "name": "Sở Thử", "kind": "department", "code": code });
    let refused = lan.post("/organisations", &agency(Value::Null)).await;
    assert_eq!(wrong(&refused), ("/code".to_owned(), FieldCode::Required));
    let refused = lan.post("/organisations", &agency(json!("H26,01"))).await;
    assert_eq!(wrong(&refused), ("/code".to_owned(), FieldCode::InvalidFormat));
    let made = enter(&admin, &agency(json!(" h26.01 "))).await;
    assert_eq!(made.code.as_deref(), Some("H26.01"));
    // Also as keyboards of other scripts type it.
    for same in ["H26.01", "Ｈ２６．０１", "ｈ26.01"] {
        let twice = admin.post("/organisations", &agency(json!(same))).await;
        let told = assert_problem(&twice, 409, "already_exists");
        assert_eq!((told.errors[0].pointer.as_str(), told.errors.len()), ("/code", 1));
    }

    let other = enter(&lan, &enterprise("Công ty")).await;
    assert_eq!(other.code, None);
    let taken = change(&admin, &other, &json!({ "code": "h26.01" })).await;
    let told = assert_problem(&taken, 409, "already_exists");
    assert_eq!(told.errors[0].pointer, "/code", "beside the field");
    let becomes_agency = change(&lan, &other, &json!({ "kind": "ministry" })).await;
    assert_eq!(wrong(&becomes_agency), ("/code".to_owned(), FieldCode::Required));
    let found: Page<Organisation> = app.client().get("/organisations?q=H26.01").await.read_as();
    assert_eq!(found.items.len(), 1);
}

#[actix_web::test]
async fn what_is_above_is_known_goes_in_no_circle_and_is_not_too_deep() {
    let app = TestApp::start().await;
    let admin = admin_of(&app).await;
    let mut line = vec![enter(&admin, &enterprise("Tầng 1")).await];
    for level in 2..=12 {
        let parent = line.last().expect("one").id;
        let body = json!({ "name": format!("Tầng {level}"), "kind": "other", "parent_id": parent });
        line.push(enter(&admin, &body).await);
    }
    let lowest = line.last().expect("one");
    let above: Vec<_> = lineage(&admin, lowest).await.above.iter().map(|one| one.id).collect();
    let expected: Vec<_> = line.iter().rev().skip(1).map(|one| one.id).collect();
    assert_eq!(above, expected, "the nearest first");

    let too_deep = json!({ "name": "Tầng 13", "kind": "other", "parent_id": lowest.id });
    let inconsistent = ("/parent_id".to_owned(), FieldCode::Inconsistent);
    assert_eq!(wrong(&admin.post("/organisations", &too_deep).await), inconsistent);
    let top = enter(&admin, &enterprise("Trên cùng")).await;
    let under = change(&admin, &line[0], &json!({ "parent_id": top.id })).await;
    assert_eq!(wrong(&under), inconsistent, "what is below would be too deep");
    for one in [&line[0], &line[5], lowest] {
        let circle = change(&admin, &line[0], &json!({ "parent_id": one.id })).await;
        assert_eq!(wrong(&circle), inconsistent);
    }
}

#[actix_web::test]
async fn two_edits_that_together_close_a_circle_do_not_both_succeed() {
    let app = TestApp::start().await;
    let admin = admin_of(&app).await;
    for round in 0..6 {
        let one = enter(&admin, &enterprise(&format!("Một {round}"))).await;
        let two = enter(&admin, &enterprise(&format!("Hai {round}"))).await;
        let (under_two, under_one) =
            (json!({ "parent_id": two.id }), json!({ "parent_id": one.id }));
        let (first, second) = futures_util::future::join(
            admin.patch(&path(&one), 1, &under_two),
            admin.patch(&path(&two), 1, &under_one),
        )
        .await;
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{} {}", first.text(), second.text());

        let (first, second) = futures_util::future::join(
            becomes(&admin, &one, &[&two]),
            becomes(&admin, &two, &[&one]),
        )
        .await;
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{} {}", first.text(), second.text());
    }
}

#[actix_web::test]
async fn a_merger_and_a_split_are_seen_from_both_sides_and_no_way_leads_back() {
    let app = TestApp::start().await;
    let (lan, admin) = (app.signed_in("lan", &[]).await, admin_of(&app).await);
    let mut all = Vec::new();
    for name in ["Sở A", "Sở B", "Sở AB", "Sở C", "Sở D"] {
        all.push(enter(&lan, &enterprise(name)).await);
    }
    let [a, b, ab, c, d] = all.as_slice() else { panic!("five") };
    becomes(&admin, a, &[ab]).await.expect(200);
    becomes(&admin, b, &[ab]).await.expect(200);
    let split: Lineage = becomes(&admin, ab, &[c, d]).await.expect(200).read_as();
    let names = |list: &[nq57_shared::organisations::Succession]| -> Vec<String> {
        let mut names: Vec<String> =
            list.iter().map(|one| format!("{} {}", one.organisation.name, one.on)).collect();
        names.sort();
        names
    };
    assert_eq!(names(&split.predecessors), ["Sở A 2026-07-01", "Sở B 2026-07-01"]);
    assert_eq!(names(&split.successors), ["Sở C 2026-07-01", "Sở D 2026-07-01"]);
    assert_eq!(lineage(&app.client(), ab).await, split, "everybody may know");
    assert_eq!(names(&lineage(&lan, c).await.predecessors), ["Sở AB 2026-07-01"]);

    let at = |place: usize| format!("/successors/{place}/organisation_id");
    for (from, to) in [(a, a), (ab, a), (d, b), (c, ab)] {
        let refused = becomes(&admin, from, &[to]).await;
        assert_eq!(wrong(&refused), (at(0), FieldCode::Inconsistent));
    }
    let refused = becomes(&admin, c, &[d, ab]).await;
    assert_eq!(wrong(&refused), (at(1), FieldCode::Inconsistent), "the one that leads back");
    let twice = becomes(&admin, c, &[d, d]).await;
    assert_eq!(wrong(&twice), (at(1), FieldCode::Duplicate));
    let nobody = Organisation { id: uuid::Uuid::nil().into(), ..a.clone() };
    assert_eq!(wrong(&becomes(&admin, c, &[&nobody]).await), (at(0), FieldCode::UnknownValue));
    let nothing = json!({ "successors": [] });
    let stale = admin.put(&format!("{}/successors", path(ab)), 1, &nothing).await;
    assert_problem(&stale, 412, "stale_revision");

    let none: Lineage = becomes(&admin, ab, &[]).await.expect(200).read_as();
    assert_eq!(none.successors, []);
    let told = "/audit?action=organisation.successors_replaced&subject_id=";
    let audit = admin.get(&format!("{told}{}", ab.id)).await.expect(200).json();
    let was = json!({ c.id.to_string(): "2026-07-01", d.id.to_string(): "2026-07-01" });
    assert_eq!(audit["items"][0]["detail"]["changed"]["successors"], json!([was, {}]));
}

#[actix_web::test]
async fn an_organisation_that_has_ended_keeps_what_it_has_and_gets_nothing_new() {
    let app = TestApp::start().await;
    let (lan, admin) = (app.signed_in("lan", &[]).await, admin_of(&app).await);
    let hung = app.signed_in("hung", &[]).await;
    let office = enter(&lan, &enterprise("Công ty Cũ")).await;
    let requests = format!("{}/join-requests", path(&office));
    let asked: JoinRequest =
        hung.post(&requests, &json!({ "message": "" })).await.expect(201).read_as();
    let create = format!("/products?organisation_id={}", office.id);
    let begun = lan.post(&create, &draft()).await.expect(201);
    let product = begun.json()["id"].as_str().expect("an id").to_owned();

    // Its last day is today: it is still there.
    change(&admin, &office, &json!({ "valid_to": "2026-11-23" })).await.expect(200);
    lan.post(&create, &draft()).await.expect(201);
    app.advance(Duration::days(1));
    let mut clients = Vec::new();
    for client in [&lan, &admin, &hung] {
        clients.push(app.sign_in(client.account()).await);
    }
    let [lan, admin, hung] = clients.as_slice() else { panic!("three") };

    let ended = "organisation_ended";
    let tam = app.signed_in("tam", &[]).await;
    assert_problem(&tam.post(&requests, &json!({ "message": "" })).await, 409, ended);
    let answer = format!("{requests}/{}/answer", asked.id);
    assert_problem(&lan.post(&answer, &json!({ "approve": true })).await, 409, ended);
    lan.post(&answer, &json!({ "approve": false })).await.expect(200);
    assert_problem(&lan.post(&create, &draft()).await, 409, ended);
    let events = format!("/products/{product}/events");
    let submit = lan.send_event(&events, begun.revision(), &json!({ "event": "submit" })).await;
    assert_problem(&submit, 409, ended);
    let grant = json!({ "role": "case_handler", "organisation_id": office.id });
    let grants = format!("/accounts/{}/grants", hung.account());
    assert_problem(&admin.post(&grants, &grant).await, 409, ended);
    let name = json!({ "name": "Công ty Vẫn Đây" });
    assert_problem(&change(lan, &office, &name).await, 409, ended);
    let below = json!({ "name": "Chi nhánh", "kind": "other", "parent_id": office.id });
    let refused = admin.post("/organisations", &below).await;
    assert_eq!(wrong(&refused), ("/parent_id".to_owned(), FieldCode::Inconsistent));

    let read: Organisation = app.client().get(&path(&office)).await.read_as();
    assert_eq!(read.name, "Công ty Cũ");
    lan.get(&format!("/products/{product}")).await.expect(200);
    change(admin, &office, &json!({ "valid_to": null })).await.expect(200);
    let submit = lan.send_event(&events, begun.revision(), &json!({ "event": "submit" })).await;
    submit.expect(200);
}

#[actix_web::test]
async fn an_official_code_is_entered_by_administrators_alone() {
    let app = TestApp::start().await;
    let (lan, admin) = (app.signed_in("lan", &[]).await, admin_of(&app).await);
    let claims = |kind: &str| json!({ "name": "Bộ Thử", "kind": kind, "code": "G99" });
    for kind in ["ministry", "enterprise"] {
        assert_problem(&lan.post("/organisations", &claims(kind)).await, 403, "forbidden");
    }
    let none: Page<Organisation> = app.client().get("/organisations?q=G99").await.read_as();
    assert!(none.items.is_empty());
    let made = enter(&admin, &claims("ministry")).await;
    assert_eq!(made.code.as_deref(), Some("G99"));
}

#[actix_web::test]
async fn an_organisation_that_has_ended_is_not_confirmed() {
    let app = TestApp::start().await;
    let (lan, admin) = (app.signed_in("lan", &[]).await, admin_of(&app).await);
    let made = enter(&lan, &enterprise("Công ty")).await;
    change(&admin, &made, &json!({ "valid_to": "2026-11-22" })).await.expect(200);
    let seen = app.client().get(&path(&made)).await.revision();
    let verify = async |seen| {
        let call = admin.call(reqwest::Method::POST, &format!("{}/verify", path(&made)));
        call.if_match(seen).send().await
    };
    assert_problem(&verify(seen).await, 409, "organisation_ended");
    let read: Organisation = app.client().get(&path(&made)).await.read_as();
    assert!(!read.is_verified);
    change(&admin, &made, &json!({ "valid_to": null })).await.expect(200);
    let seen = app.client().get(&path(&made)).await.revision();
    let confirmed: Organisation = verify(seen).await.expect(200).read_as();
    assert!(confirmed.is_verified);
}
