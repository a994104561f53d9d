//! How far a role reaches: an organisation and what stands below it today, nothing by succession, nothing for an
//! office that has ended; what each of the roles may see at all.

use chrono::Duration;
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::casework::{CasePage, WorkPage};
use nq57_shared::organisations::Organisation;
use nq57_shared::products::{Product, ProductPage};
use serde_json::{Value, json};

use crate::harness::{Client, TestApp, assert_problem, role};
use crate::organisations::{enter, enterprise};
use crate::products::stories::{Portal, draft};

fn within(role: Role, organisation: &Organisation) -> RoleGrant {
    RoleGrant { role, organisation_id: Some(organisation.id), province_code: None }
}

async fn place(admin: &Client, organisation: &Organisation, change: Value) {
    let path = format!("/organisations/{}", organisation.id);
    let seen = admin.get(&path).await.revision();
    admin.patch(&path, seen, &change).await.expect(200);
}

/// A ministry, an office below it and a desk below that; and an organisation that stands elsewhere.
struct House {
    portal: Portal,
    admin: Client,
    ministry: Organisation,
    office: Organisation,
    desk: Organisation,
    elsewhere: Organisation,
}

impl House {
    async fn built() -> Self {
        let portal = Portal::open().await;
        let admin = portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
        let ministry = enter(&admin, &enterprise("Bộ")).await;
        let office = enter(&admin, &enterprise("Cục")).await;
        // Who sends is a member of the desk and of the organisation elsewhere.
        let desk = enter(&portal.company, &enterprise("Phòng")).await;
        let elsewhere = enter(&portal.company, &enterprise("Nơi khác")).await;
        place(&admin, &office, json!({ "parent_id": ministry.id })).await;
        place(&admin, &desk, json!({ "parent_id": office.id })).await;
        Self { portal, admin, ministry, office, desk, elsewhere }
    }

    /// What the company sends for one of its organisations.
    async fn sent_for(&self, organisation: &Organisation) -> Product {
        let company = &self.portal.company;
        let path = format!("/products?organisation_id={}", organisation.id);
        let begun: Product = company.post(&path, &draft()).await.expect(201).read_as();
        self.portal.send(company, &begun, "submit").await.expect(200).read_as()
    }

    async fn official(&self, name: &str, grant: RoleGrant) -> Client {
        self.portal.app.signed_in(name, &[grant]).await
    }
}

/// Whether the product is found by its page, in the register, in the working list and in the queue: all alike.
async fn sees(who: &Client, product: &Product) -> bool {
    let id = product.id;
    let page = who.get(&format!("/products/{id}")).await.status == 200;
    let cases: CasePage = who.get("/cases").await.expect(200).read_as();
    let work: WorkPage = who.get("/my-work").await.expect(200).read_as();
    let list: ProductPage = who.get("/products?working=true").await.expect(200).read_as();
    let found = [
        cases.items.iter().any(|case| case.id == id.0),
        work.items.iter().any(|item| item.case.id == id.0),
        list.items.iter().any(|one| one.id == id),
    ];
    assert!(found.iter().all(|one| *one == page), "page {page}, register, queue, list {found:?}");
    page
}

#[actix_web::test]
async fn a_role_for_an_organisation_covers_what_stands_below_it_and_nothing_else() {
    let house = House::built().await;
    let (below, elsewhere) =
        (house.sent_for(&house.desk).await, house.sent_for(&house.elsewhere).await);
    for (name, organisation, reaches) in [
        ("of-ministry", &house.ministry, true),
        ("of-office", &house.office, true),
        ("of-desk", &house.desk, true),
        ("of-elsewhere", &house.elsewhere, false),
    ] {
        let official = house.official(name, within(Role::IntakeOfficer, organisation)).await;
        assert_eq!(sees(&official, &below).await, reaches, "{name}");
        assert_eq!(sees(&official, &elsewhere).await, !reaches, "{name}");
    }
    // Whoever is told of a submission is whoever may act on it.
    let chief = house.official("chief", within(Role::IntakeOfficer, &house.ministry)).await;
    house.sent_for(&house.desk).await;
    let notices = chief.get("/notifications").await.expect(200).json();
    assert_eq!(notices["items"].as_array().map(Vec::len), Some(1));
    let path = format!("/products/{}/eligibility", below.id);
    chief.put(&path, 0, &json!({ "items": [] })).await.expect(412);
    assert_problem(&chief.get(&format!("/products/{}", elsewhere.id)).await, 404, "not_found");
}

#[actix_web::test]
async fn candidates_of_a_unit_and_of_what_is_above_or_below_it_are_offered() {
    let house = House::built().await;
    for (name, organisation) in [
        ("above", &house.ministry),
        ("here", &house.office),
        ("below", &house.desk),
        ("elsewhere", &house.elsewhere),
    ] {
        house.official(name, within(Role::Evaluator, organisation)).await;
    }
    let chair = house.official("leads", within(Role::PanelChair, &house.office)).await;
    let page = chair.get("/panel-candidates").await.expect(200).json();
    let names: Vec<&str> = page["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|one| one["display_name"].as_str())
        .collect();
    for (name, offered) in [("above", true), ("here", true), ("below", true), ("elsewhere", false)]
    {
        assert_eq!(names.contains(&name), offered, "{name} of {names:?}");
    }
}

#[actix_web::test]
async fn moving_an_organisation_counts_at_once_and_is_not_for_whoever_would_gain() {
    let house = House::built().await;
    let product = house.sent_for(&house.elsewhere).await;
    let boss = house.official("boss", within(Role::IntakeOfficer, &house.office)).await;
    let chief = house.official("chief", within(Role::IntakeOfficer, &house.ministry)).await;
    assert!(!sees(&boss, &product).await && !sees(&chief, &product).await);

    // Neither who sent nor who would see moves it.
    let path = format!("/organisations/{}", house.elsewhere.id);
    let under = json!({ "parent_id": house.office.id });
    for who in [&house.portal.company, &boss] {
        let seen = who.get(&path).await.revision();
        assert_problem(&who.patch(&path, seen, &under).await, 403, "forbidden");
    }
    place(&house.admin, &house.elsewhere, under).await;
    assert!(sees(&boss, &product).await && sees(&chief, &product).await);
    // The office as a whole goes elsewhere: its own officials keep what they had.
    place(&house.admin, &house.office, json!({ "parent_id": null })).await;
    assert!(sees(&boss, &product).await && !sees(&chief, &product).await);
}

#[actix_web::test]
async fn at_another_server_a_moved_organisation_counts_within_seconds() {
    let house = House::built().await;
    let product = house.sent_for(&house.desk).await;
    let chief = house.official("chief", within(Role::IntakeOfficer, &house.ministry)).await;
    let second = house.portal.app.sibling().await;
    let there = chief.at(&second.address);
    let path = format!("/products/{}", product.id);
    there.get(&path).await.expect(200);
    place(&house.admin, &house.desk, json!({ "parent_id": null })).await;
    let moved = std::time::Instant::now();
    while there.get(&path).await.status != 404 {
        assert!(moved.elapsed().as_secs() < 8, "the other server still shows it");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[actix_web::test]
async fn an_office_that_has_ended_acts_no_more_and_its_successor_inherits_no_rights() {
    let house = House::built().await;
    let product = house.sent_for(&house.desk).await;
    let desk = house.official("of-desk", within(Role::IntakeOfficer, &house.desk)).await;
    let successor =
        house.official("successor", within(Role::IntakeOfficer, &house.elsewhere)).await;
    let chief = house.official("chief", within(Role::IntakeOfficer, &house.ministry)).await;
    assert!(sees(&desk, &product).await);

    let yesterday = json!({ "valid_to": "2026-11-22" });
    place(&house.admin, &house.desk, yesterday).await;
    let became =
        json!({ "successors": [{ "organisation_id": house.elsewhere.id, "on": "2026-11-23" }] });
    let path = format!("/organisations/{}", house.desk.id);
    let seen = house.admin.get(&path).await.revision();
    house.admin.put(&format!("{path}/successors"), seen, &became).await.expect(200);

    assert_problem(&desk.get("/cases").await, 403, "forbidden");
    assert_problem(&desk.get(&format!("/products/{}", product.id)).await, 404, "not_found");
    let me = desk.get("/me").await.expect(200).json();
    assert_eq!(me["grants"], json!([]));
    assert!(!sees(&successor, &product).await, "succession gives nothing");
    assert!(sees(&chief, &product).await, "who is above looks after it");
    // Who sent it stays its sender, and is still kept from judging it.
    house.portal.company.get(&format!("/products/{}", product.id)).await.expect(200);
    let case: CasePage = chief.get("/cases").await.read_as();
    assert_eq!(case.items.len(), 1, "the open case stays where it was");
}

#[actix_web::test]
async fn a_role_of_an_office_that_has_ended_is_seen_and_revoked_and_does_not_come_back() {
    let house = House::built().await;
    let grant = within(Role::IntakeOfficer, &house.desk);
    let account = house.portal.app.account("of-desk", &[grant]).await;
    let official = house.portal.app.sign_in(account).await;
    place(&house.admin, &house.desk, json!({ "valid_to": "2026-11-22" })).await;
    let path = format!("/accounts/{account}");
    let held = house.admin.get(&path).await.expect(200).json();
    assert_eq!(held["grants"].as_array().map(Vec::len), Some(1), "{held}");
    let id = held["grants"][0]["id"].as_str().expect("an id").to_owned();
    house.admin.delete(&format!("{path}/grants/{id}")).await.expect(204);
    place(&house.admin, &house.desk, json!({ "valid_to": null })).await;
    assert_problem(&official.get("/cases").await, 403, "forbidden");
}

#[actix_web::test]
async fn an_organisation_that_has_ended_answers_what_is_asked_and_sends_no_new_version() {
    let house = House::built().await;
    let portal = &house.portal;
    let accepted = portal.accept(&house.sent_for(&house.desk).await).await;
    let published = portal.publish(&portal.decide(&accepted, "decide_publish").await).await;
    let seen = portal.read(&portal.company, &published).await;
    let revised: Product =
        portal.send(&portal.company, &seen, "revise").await.expect(200).read_as();
    let sent = house.sent_for(&house.desk).await;
    let judged = portal.judge(&sent, "ask").await;
    let asked = portal.send_at(&portal.intake, &sent, judged, "request_information").await;
    let asked: Product = asked.expect(200).read_as();
    place(&house.admin, &house.desk, json!({ "valid_to": "2026-11-22" })).await;

    portal.send(&portal.company, &asked, "submit").await.expect(200);
    let again = portal.send(&portal.company, &revised, "submit").await;
    assert_problem(&again, 409, "organisation_ended");
}

#[actix_web::test]
async fn an_office_that_is_yet_to_come_does_not_act_before_its_first_day() {
    let house = House::built().await;
    let product = house.sent_for(&house.desk).await;
    place(&house.admin, &house.office, json!({ "valid_from": "2026-11-24" })).await;
    let account =
        house.portal.app.account("early", &[within(Role::IntakeOfficer, &house.office)]).await;
    let early = house.portal.app.sign_in(account).await;
    assert_problem(&early.get("/cases").await, 403, "forbidden");
    house.portal.app.advance(Duration::days(1));
    let on_time = house.portal.app.sign_in(account).await;
    assert!(sees(&on_time, &product).await);
}

#[actix_web::test]
async fn an_auditor_reads_files_register_and_audit_and_writes_nothing() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let product = portal.submitted().await;
    let auditor = portal.app.signed_in("auditor", &[role(Role::Auditor)]).await;
    let path = format!("/products/{}", product.id);
    let read: Product = auditor.get(&path).await.expect(200).read_as();
    assert!(read.allowed_events.is_empty() && !read.may_edit, "{:?}", read.allowed_events);
    assert_problem(&auditor.get(&format!("/products/{}", draft.id)).await, 404, "not_found");
    let cases: CasePage = auditor.get("/cases").await.expect(200).read_as();
    assert_eq!(cases.items.len(), 1);
    auditor.get(&format!("{path}/eligibility")).await.expect(200);
    auditor.get("/audit").await.expect(200);
    assert_problem(&auditor.get("/accounts").await, 403, "forbidden");

    let seen = read.revision.cast_signed();
    for event in ["accept", "request_information", "withdraw", "suspend"] {
        let body = json!({ "event": event, "reason": "Lý do." });
        let sent = auditor.send_event(&format!("{path}/events"), seen, &body).await;
        assert_problem(&sent, 403, "forbidden");
    }
    let edited = auditor.patch(&path, seen, &json!({ "title": "Tên khác" })).await;
    assert_problem(&edited, 403, "forbidden");
    let checked = auditor.put(&format!("{path}/eligibility"), 0, &json!({ "items": [] })).await;
    assert_problem(&checked, 403, "forbidden");

    let accepted = portal.accept(&product).await;
    let evaluation = portal.evaluate(&accepted).await;
    let path = format!("/evaluations/{}", evaluation.id);
    let seen = auditor.get(&path).await.expect(200).revision();
    let none = json!({ "answer": "none" });
    let declared = auditor.put(&format!("{path}/conflicts/me"), seen, &none).await;
    assert_problem(&declared, 403, "forbidden");
}

#[actix_web::test]
async fn who_audits_neither_founds_nor_joins_nor_submits_nor_changes_what_was_submitted() {
    let house = House::built().await;
    let (portal, admin) = (&house.portal, &house.admin);
    // Somebody who has sent and manages something, and audits from then on.
    let sent = house.sent_for(&house.desk).await;
    let begun = portal.drafted().await;
    let path = format!("/accounts/{}/grants", portal.company.account());
    admin.post(&path, &json!({ "role": "auditor" })).await.expect(201);
    let auditor = &portal.company;
    let refused =
        |answer: &crate::harness::Answer| drop(assert_problem(answer, 403, "auditor_reads_only"));
    refused(&auditor.post("/organisations", &enterprise("Công ty mới")).await);
    let joins = format!("/organisations/{}/join-requests", house.ministry.id);
    refused(&auditor.post(&joins, &json!({ "message": "Tôi" })).await);
    let desk = format!("/organisations/{}", house.desk.id);
    let seen = auditor.get(&desk).await.revision();
    refused(&auditor.patch(&desk, seen, &json!({ "name": "Tên khác" })).await);
    refused(&auditor.post("/products", &draft()).await);
    for (product, events) in [(&begun, ["submit", "withdraw"]), (&sent, ["withdraw", "withdraw"])] {
        let read = portal.read(auditor, product).await;
        assert!(read.allowed_events.is_empty() && !read.may_edit, "{:?}", read.allowed_events);
        for event in events {
            refused(&portal.send(auditor, &read, event).await);
        }
    }
    let (path, seen) = (format!("/products/{}", begun.id), begun.revision.cast_signed());
    refused(&auditor.patch(&path, seen, &json!({ "title": "Tên khác" })).await);
    let list: ProductPage = auditor.get("/products?mine=true").await.expect(200).read_as();
    assert_eq!(list.items.len(), 2, "what was sent before stays in sight");
}

#[actix_web::test]
async fn who_audits_holds_no_other_role_whichever_came_first() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let account = app.account("lan", &[]).await;
    let path = format!("/accounts/{account}/grants");
    let give = async |role: &str| admin.post(&path, &json!({ "role": role })).await;
    give("auditor").await.expect(201);
    for other in ["publisher", "administrator", "expert"] {
        assert_problem(&give(other).await, 409, "roles_exclude");
    }
    let other = app.account("hung", &[role(Role::Leader)]).await;
    let path = format!("/accounts/{other}/grants");
    let refused = admin.post(&path, &json!({ "role": "auditor" })).await;
    assert_problem(&refused, 409, "roles_exclude");

    // Two at once: one of both.
    let both = app.account("tam", &[]).await;
    let path = format!("/accounts/{both}/grants");
    let (auditor, expert) = (json!({ "role": "auditor" }), json!({ "role": "expert" }));
    let (one, two) =
        futures_util::future::join(admin.post(&path, &auditor), admin.post(&path, &expert)).await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[actix_web::test]
async fn roles_without_a_part_in_products_see_of_them_what_everybody_sees() {
    let house = House::built().await;
    let product = house.sent_for(&house.desk).await;
    let path = format!("/accounts/{}/grants", house.portal.app.account("target", &[]).await);
    for known in Role::ALL {
        if Role::REGISTER.contains(&known) || known == Role::Evaluator {
            continue;
        }
        let grant = within(known, &house.ministry);
        let holder = house.official(known.as_str(), grant).await;
        assert_problem(&holder.get(&format!("/products/{}", product.id)).await, 404, "not_found");
        assert_problem(&holder.get("/cases").await, 403, "forbidden");
        let list: ProductPage = holder.get("/products?working=true").await.read_as();
        assert!(list.items.is_empty(), "{known:?}");
    }
    for (body, pointer) in [
        (json!({ "role": "case_handler" }), "/organisation_id"),
        (json!({ "role": "case_signer", "province_code": "01" }), "/organisation_id"),
        (json!({ "role": "reporter" }), "/organisation_id"),
        (json!({ "role": "steering_office", "province_code": "01" }), "/province_code"),
    ] {
        let problem =
            assert_problem(&house.admin.post(&path, &body).await, 422, "validation_failed");
        assert_eq!(problem.errors[0].pointer, pointer, "{body}");
    }
    let unit = json!({ "role": "case_handler", "organisation_id": house.office.id });
    let given = house.admin.post(&path, &unit).await.expect(201).json();
    assert_eq!(given["grants"][0]["organisation_name"], "Cục");
}
