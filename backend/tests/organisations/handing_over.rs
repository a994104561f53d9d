//! Cases of what has ended go over to what took its place: by an administrator, with a reason, never by themselves.

use chrono::Duration;
use nq57_platform::outbox;
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::casework::{CasePage, WorkPage};
use nq57_shared::handover::{Handover, HandoverProgress};
use nq57_shared::ids::ProductId;
use nq57_shared::organisations::Organisation;
use nq57_shared::page::Page;
use nq57_shared::problem::FieldCode;
use nq57_shared::products::Product;
use serde_json::{Value, json};

use super::{enter, enterprise};
use crate::harness::{Answer, Client, TestApp, assert_problem, role};
use crate::products::stories::{Portal, draft, draft_with};

const REASON: &str = "Sáp nhập theo nghị quyết.";

/// The province ends today.
pub async fn ends(admin: &Client, province: &str) {
    let list = admin.get("/reference/provinces").await.expect(200);
    let seen = list.revision();
    let list = list.json();
    let entries = list["entries"].as_array().expect("entries");
    let entry = entries.iter().find(|entry| entry["code"] == province).expect("the province");
    let mut entry = entry.clone();
    let members = entry.as_object_mut().expect("an entry");
    members.remove("code");
    members.insert("valid_to".to_owned(), json!("2026-11-23"));
    admin.put(&format!("/reference/provinces/{province}"), seen, &entry).await.expect(200);
}

pub fn provinces(from: &str, to: &str) -> Value {
    json!({ "from": { "province_code": from }, "to": { "province_code": to }, "reason": REASON })
}

pub fn organisations(from: &Organisation, to: &Organisation) -> Value {
    let (from, to) = (json!({ "organisation_id": from.id }), json!({ "organisation_id": to.id }));
    json!({ "from": from, "to": to, "reason": REASON })
}

pub async fn hand_over(admin: &Client, body: &Value) -> (u64, u64) {
    let answer = admin.post("/cases/handovers", body).await.expect(200);
    let progress: HandoverProgress = answer.read_as();
    (progress.moved, progress.left)
}

async fn work(who: &Client) -> Vec<ProductId> {
    let page: WorkPage = who.get("/my-work").await.expect(200).read_as();
    page.items.into_iter().map(|item| ProductId(item.case.id)).collect()
}

async fn register(who: &Client) -> Vec<ProductId> {
    let page: CasePage = who.get("/cases").await.expect(200).read_as();
    page.items.into_iter().map(|case| ProductId(case.id)).collect()
}

/// Who had the case, as an official reads it.
async fn history(who: &Client, product: &Product) -> Vec<Handover> {
    let path = format!("/cases/{}/handovers", product.id);
    let page: Page<Handover> = who.get(&path).await.expect(200).read_as();
    page.items
}

async fn admin_of(app: &TestApp) -> Client {
    app.signed_in("admin", &[role(Role::Administrator)]).await
}

pub fn wrong(answer: &Answer) -> (String, FieldCode) {
    let problem = assert_problem(answer, 422, "validation_failed");
    (problem.errors[0].pointer.clone(), problem.errors[0].code)
}

#[actix_web::test]
async fn open_cases_of_a_province_that_ended_are_handled_by_the_one_that_took_its_place() {
    let portal = Portal::open().await;
    let admin = admin_of(&portal.app).await;
    let published = portal.published().await;
    let waiting = portal.submitted().await;
    let judged = portal.accepted().await;
    portal.evaluate(&judged).await;
    let (old, new) = (portal.intake_of("92").await, portal.intake_of("01").await);
    let early = admin.post("/cases/handovers", &provinces("92", "01")).await;
    assert_problem(&early, 409, "office_in_force");
    ends(&admin, "92").await;
    portal.app.advance(Duration::days(1));
    let mut signed_in = Vec::new();
    for who in [&admin, &old, &new, &portal.company] {
        signed_in.push(portal.app.sign_in(who.account()).await);
    }
    let [admin, old, new, company] = signed_in.as_slice() else { panic!("four") };
    assert_eq!(work(old).await, [waiting.id], "nothing moves by itself");
    assert_eq!(work(new).await, []);
    let before = portal.read(company, &waiting).await;

    assert_eq!(hand_over(admin, &provinces("92", "01")).await, (2, 0));
    assert_eq!(work(old).await, []);
    assert_eq!(work(new).await, [waiting.id]);
    assert_eq!(register(old).await, [published.id], "who is done with a case keeps it");
    let mut found = register(new).await;
    found.sort_unstable();
    assert_eq!(found, [waiting.id, judged.id]);
    let after = portal.read(company, &waiting).await;
    assert_eq!(after.competent_province.as_deref(), Some("01"));
    assert_eq!((after.due_at, after.state), (before.due_at, before.state), "deadlines run on");
    assert!(after.revision > before.revision, "who has the page open is told");
    old.get(&format!("/products/{}", waiting.id)).await.expect(404);
    let checklist = format!("/products/{}/eligibility", waiting.id);
    new.get(&checklist).await.expect(200);
    old.get(&checklist).await.expect(404);

    let told = history(new, &waiting).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].from.province_code.as_deref(), Some("92"));
    assert_eq!(told[0].to.province_code.as_deref(), Some("01"));
    assert_eq!((told[0].by, told[0].reason.as_str()), (Some(admin.account()), REASON));
    let audit = admin
        .get(&format!("/audit?action=case.handed_over&subject_id={}", waiting.id))
        .await
        .expect(200)
        .json();
    assert_eq!(audit["items"][0]["detail"]["changed"]["province_code"], json!(["92", "01"]));
    assert_eq!(audit["items"][0]["subject_type"], "product");

    assert_eq!(hand_over(admin, &provinces("92", "01")).await, (0, 0), "nothing goes over twice");
    assert_eq!(history(new, &waiting).await.len(), 1);
    let mut all = provinces("92", "01");
    all["include_closed"] = json!(true);
    assert_eq!(hand_over(admin, &all).await, (1, 0));
    assert!(register(new).await.contains(&published.id));
}

#[actix_web::test]
async fn what_was_never_ended_is_no_successor_or_is_unknown_hands_nothing_over() {
    let app = TestApp::start().await;
    let (lan, admin) = (app.signed_in("lan", &[]).await, admin_of(&app).await);
    let one = enter(&lan, &enterprise("Một")).await;
    let two = enter(&lan, &enterprise("Hai")).await;
    let three = enter(&lan, &enterprise("Ba")).await;
    let refused = lan.post("/cases/handovers", &organisations(&one, &two)).await;
    assert_problem(&refused, 403, "forbidden");
    let refused = admin.post("/cases/handovers", &organisations(&one, &two)).await;
    assert_problem(&refused, 409, "office_in_force");
    become_one(&admin, &[&one], &two).await;
    app.advance(Duration::days(1));
    let admin = app.sign_in(admin.account()).await;
    let (from, to) = ("/from/organisation_id".to_owned(), "/to/organisation_id".to_owned());
    let nobody = Organisation { id: uuid::Uuid::nil().into(), ..one.clone() };
    for (body, expected) in [
        (organisations(&one, &three), (to.clone(), FieldCode::Inconsistent)),
        (organisations(&one, &one), (to.clone(), FieldCode::Inconsistent)),
        (organisations(&one, &nobody), (to, FieldCode::UnknownValue)),
        (organisations(&nobody, &two), (from, FieldCode::UnknownValue)),
        (provinces("00", "01"), ("/from/province_code".to_owned(), FieldCode::UnknownValue)),
        (provinces("92", "00"), ("/to/province_code".to_owned(), FieldCode::UnknownValue)),
    ] {
        assert_eq!(wrong(&admin.post("/cases/handovers", &body).await), expected, "{body}");
    }
    assert_eq!(hand_over(&admin, &organisations(&one, &two)).await, (0, 0));
}

/// The last day of these is today; the other one is what they become.
pub async fn become_one(admin: &Client, gone: &[&Organisation], successor: &Organisation) {
    for one in gone {
        let path = format!("/organisations/{}", one.id);
        let seen = admin.get(&path).await.revision();
        let ends = json!({ "valid_to": "2026-11-23" });
        let seen = admin.patch(&path, seen, &ends).await.expect(200).revision();
        let body =
            json!({ "successors": [{ "organisation_id": successor.id, "on": "2026-11-24" }] });
        admin.put(&format!("{path}/successors"), seen, &body).await.expect(200);
    }
}

#[actix_web::test]
async fn members_of_the_successor_act_for_what_the_merged_company_has_sent() {
    let portal = Portal::open().await;
    let (app, admin) = (&portal.app, admin_of(&portal.app).await);
    let (lan, binh) = (app.signed_in("lan", &[]).await, app.signed_in("binh", &[]).await);
    let gone = enter(&lan, &enterprise("Công ty Cũ")).await;
    let successor = enter(&binh, &enterprise("Công ty Mới")).await;
    // A colleague of the company that goes, who becomes an official later.
    let mai = app.signed_in("mai", &[]).await;
    let asked = format!("/organisations/{}/join-requests", gone.id);
    let asked = mai.post(&asked, &json!({ "message": "" })).await.expect(201).json();
    let answer = format!(
        "/organisations/{}/join-requests/{}",
        gone.id,
        asked["id"].as_str().expect("an id")
    );
    lan.post(&format!("{answer}/answer"), &json!({ "approve": true })).await;

    let create = format!("/products?organisation_id={}", gone.id);
    let begun: Product = lan.post(&create, &draft()).await.expect(201).read_as();
    let sent: Product = portal.send(&lan, &begun, "submit").await.expect(200).read_as();
    let asked = portal.judge(&sent, "ask").await;
    let asked = portal.send_at(&portal.intake, &sent, asked, "request_information").await;
    let asked: Product = asked.expect(200).read_as();
    let public = draft_with(&[("title", json!("Cảm biến khác"))]);
    let public: Product = lan.post(&create, &public).await.expect(201).read_as();
    let public: Product = portal.send(&lan, &public, "submit").await.expect(200).read_as();
    let public = portal.accept(&public).await;
    let public = portal.publish(&portal.decide(&public, "decide_publish").await).await;

    become_one(&admin, &[&gone], &successor).await;
    app.advance(Duration::days(1));
    let (admin, binh) = (app.sign_in(admin.account()).await, app.sign_in(binh.account()).await);
    let path = format!("/products/{}", asked.id);
    binh.get(&path).await.expect(404);
    let mut all = organisations(&gone, &successor);
    all["include_closed"] = json!(true);
    assert_eq!(hand_over(&admin, &all).await, (2, 0));

    assert_eq!(work(&binh).await, [asked.id]);
    let seen: Product = binh.get(&path).await.expect(200).read_as();
    assert_eq!(seen.organisation_id, Some(successor.id));
    portal.send(&binh, &seen, "submit").await.expect(200);
    let shown: Product = app.client().get(&format!("/products/{}", public.id)).await.read_as();
    assert_eq!(shown.organisation_id, Some(successor.id), "also in public");
    let revised = portal.read(&binh, &public).await;
    portal.send(&binh, &revised, "revise").await.expect(200);

    // Who belonged to the company that is gone judges nothing of it; who sent it keeps it.
    let official =
        RoleGrant { role: Role::IntakeOfficer, organisation_id: None, province_code: None };
    let grant = json!({ "role": official.role });
    let grants = format!("/accounts/{}/grants", mai.account());
    admin.post(&grants, &grant).await.expect(201);
    let mai = app.sign_in(mai.account()).await;
    assert!(portal.read(&mai, &asked).await.allowed_events.is_empty());
    assert_eq!(work(&mai).await, []);
    assert!(!register(&mai).await.contains(&asked.id));
    let lan = app.sign_in(lan.account()).await;
    lan.get(&path).await.expect(200);
    let officer = app.sign_in(portal.intake.account()).await;
    let told = history(&officer, &asked).await;
    assert_eq!(told[0].from.organisation_id, Some(gone.id));
    assert_eq!(told[0].to.organisation_id, Some(successor.id));
    assert_problem(&mai.get(&format!("/cases/{}/handovers", asked.id)).await, 404, "not_found");
}

/// The steps that wait for this person.
async fn steps(who: &Client) -> Vec<String> {
    let page: WorkPage = who.get("/my-work").await.expect(200).read_as();
    page.items.into_iter().map(|item| item.step).collect()
}

#[actix_web::test]
async fn a_panel_out_of_reach_after_a_handover_waits_for_those_who_may_name_another() {
    let portal = Portal::open().await;
    let (app, admin) = (&portal.app, admin_of(&portal.app).await);
    let of = |role, province: &str| RoleGrant {
        role,
        organisation_id: None,
        province_code: Some(province.to_owned()),
    };
    let old = app.signed_in("chair-92", &[of(Role::PanelChair, "92")]).await;
    let new = app.signed_in("chair-01", &[of(Role::PanelChair, "01")]).await;
    let product = portal.accepted().await;
    let [one, two] = &portal.evaluators;
    let body = crate::evaluations::stories::panel(&old, &[one, two]);
    crate::evaluations::stories::open(&old, &product, &body).await.expect(201);
    assert_eq!(steps(one).await, ["declare_conflict"]);
    ends(&admin, "92").await;
    app.advance(Duration::days(1));
    let (admin, old) = (app.sign_in(admin.account()).await, app.sign_in(old.account()).await);
    let (new, one) = (app.sign_in(new.account()).await, app.sign_in(one.account()).await);
    assert_eq!(hand_over(&admin, &provinces("92", "01")).await, (1, 0));
    while outbox::deliver_due(&app.state).await.expect("delivered") > 0 {}
    assert_eq!(steps(&new).await, ["replace_panel"]);
    assert!(steps(&old).await.is_empty());
    assert_eq!(steps(&one).await, ["declare_conflict"], "whoever still reaches it goes on");
}

#[actix_web::test]
async fn what_a_member_of_the_successor_has_scored_counts_no_more_after_the_handover() {
    let portal = Portal::open().await;
    let (app, admin) = (&portal.app, admin_of(&portal.app).await);
    let (lan, binh) = (app.signed_in("lan", &[]).await, app.signed_in("binh", &[]).await);
    let gone = enter(&lan, &enterprise("Công ty Cũ")).await;
    let successor = enter(&binh, &enterprise("Công ty Mới")).await;
    let [one, _] = &portal.evaluators;
    let requests = format!("/organisations/{}/join-requests", successor.id);
    let asked = one.post(&requests, &json!({ "message": "" })).await.expect(201).json();
    let answer = format!("{requests}/{}/answer", asked["id"].as_str().expect("an id"));
    binh.post(&answer, &json!({ "approve": true })).await.expect(200);
    let create = format!("/products?organisation_id={}", gone.id);
    let begun: Product = lan.post(&create, &draft()).await.expect(201).read_as();
    let sent: Product = portal.send(&lan, &begun, "submit").await.expect(200).read_as();
    let product = portal.accept(&sent).await;
    portal.recommend(&product).await;
    become_one(&admin, &[&gone], &successor).await;
    app.advance(Duration::days(1));
    let publisher = app.sign_in(portal.publisher.account()).await;
    // The chair was shown the sheets, and names nobody.
    let blind = app.signed_in("blind", &[role(Role::PanelChair)]).await;
    let admin = app.sign_in(admin.account()).await;
    assert_eq!(hand_over(&admin, &organisations(&gone, &successor)).await, (1, 0));
    // Before anything has followed from it, nothing is decided with it.
    let seen = portal.read(&publisher, &product).await;
    let decided = portal.send(&publisher, &seen, "decide_publish").await;
    assert_problem(&decided, 409, "quorum_not_met");
    while outbox::deliver_due(&app.state).await.expect("delivered") > 0 {}
    let evaluation = format!("/evaluations/{}", seen.evaluation_id.expect("an evaluation"));
    let seen = publisher.get(&evaluation).await.expect(200).json();
    assert_eq!(seen["recommendation"], Value::Null);
    assert_eq!(seen["state"], "open");
    assert_eq!(steps(&blind).await, ["replace_panel"]);
}
