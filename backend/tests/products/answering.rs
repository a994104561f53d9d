//! The audit says what somebody answers for, old and new; the public history has full pages.

use nq57_shared::access::Role;
use nq57_shared::page::Page;
use nq57_shared::products::{HistoryEntry, Product, ProductEvent};
use serde_json::{Value, json};

use super::stories::Portal;
use crate::harness::{Client, role};

/// The details of the latest entry of this deed about this thing.
async fn detail(admin: &Client, subject: &str, action: &str) -> Value {
    let path = format!("/audit?subject_id={subject}&action={action}&limit=1");
    let listed = admin.get(&path).await.expect(200).json();
    listed["items"][0]["detail"].clone()
}

#[actix_web::test]
async fn the_audit_of_a_product_says_what_was_changed_by_codes_and_never_by_texts() {
    let portal = Portal::open().await;
    let admin = portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
    let draft = portal.drafted().await;
    let id = draft.id.to_string();
    let path = format!("/products/{id}");
    let patch = json!({"title": "Tên mới không vào sổ", "trl": 7, "province_code": "01"});
    portal.company.patch(&path, draft.revision.cast_signed(), &patch).await.expect(200);
    let unsent = detail(&admin, &id, "product.edited").await;
    assert_eq!(unsent, Value::Null, "what was never sent is its author's");

    let draft = portal.read(&portal.company, &draft).await;
    let submitted: Product = portal.send(&portal.company, &draft, "submit").await.read_as();
    let edited = detail(&admin, &id, "product.edited").await;
    assert_eq!(edited["fields"], json!(["province_code", "title", "trl"]));
    assert_eq!(edited["changed"], json!({"trl": [8, 7], "province_code": ["92", "01"]}));
    assert!(!edited.to_string().contains("Tên mới"));
    let revision = portal.judge(&submitted, "ask").await;
    let once = Product { revision: revision.cast_unsigned(), ..submitted.clone() };
    portal.judge(&once, "pass").await;
    let judged = detail(&admin, &id, "product.eligibility_recorded").await;
    assert_eq!(judged["changed"]["owner_identified"], json!(["ask", "pass"]));
    assert!(!judged.to_string().contains("Vì vậy"), "no notes");

    let seen = portal.read(&portal.intake, &submitted).await;
    let accepted: Product = portal.send(&portal.intake, &seen, "accept").await.read_as();
    let state = detail(&admin, &id, "product.state_changed").await;
    assert_eq!(state["changed"]["state"], json!(["submitted", "accepted"]));
    assert_eq!(state["changed"]["holder"], json!(["intake", "chair"]));
    assert_eq!(state["event"], "accept");
    let decided = portal.decide(&accepted, "decide_publish").await;
    let published = portal.publish(&decided).await;
    let state = detail(&admin, &id, "product.state_changed").await;
    assert_eq!(state["changed"]["public_version"], json!([null, 1]));

    let honours = json!({"honours": [{"award": "Sao Khuê", "year": 2026}]});
    let seen = portal.read(&portal.publisher, &published).await;
    let path = format!("{path}/honours");
    portal.publisher.put(&path, seen.revision.cast_signed(), &honours).await.expect(200);
    let honoured = detail(&admin, &id, "product.honours_recorded").await;
    let now = json!([{"award": "Sao Khuê", "year": 2026, "category": null, "rank": null}]);
    assert_eq!(honoured["changed"]["honours"], json!([[], now]));
}

#[actix_web::test]
async fn the_audit_of_accounts_and_organisations_says_what_was_changed() {
    let app = crate::harness::TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let lan = app.signed_in("lan", &[]).await;
    let id = lan.account().to_string();
    let grant = json!({"role": "panel_chair", "province_code": "92", "expires_on": "2027-01-31"});
    let given = admin.post(&format!("/accounts/{id}/grants"), &grant).await.expect(201).json();
    let details = json!({"role": "panel_chair", "province": "92", "expires_on": "2027-01-31"});
    let granted = detail(&admin, &id, "account.role_granted").await;
    assert_eq!(granted["changed"]["grant"], json!([null, details]));
    let grant = given["grants"][0]["id"].as_str().expect("a grant").to_owned();
    admin.delete(&format!("/accounts/{id}/grants/{grant}")).await.expect(204);
    let revoked = detail(&admin, &id, "account.role_revoked").await;
    assert_eq!(revoked["changed"]["grant"][0]["role"], "panel_chair");
    assert_eq!(revoked["changed"]["grant"][0]["province"], "92");
    assert!(revoked["changed"]["grant"][1].is_null());

    let entered = json!({"name": "Viện Thử", "kind": "institute", "province_code": "92"});
    let made = lan.post("/organisations", &entered).await.expect(201).json();
    let id = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/organisations/{id}");
    admin
        .call(reqwest::Method::POST, &format!("{path}/verify"))
        .if_match(1)
        .send()
        .await
        .expect(200);
    let patch = json!({"name": "Viện Khác", "province_code": "01"});
    lan.patch(&path, 2, &patch).await.expect(200);
    let edited = detail(&admin, &id, "organisation.edited").await;
    assert_eq!(edited["fields"], json!(["is_verified", "name", "province_code"]));
    assert_eq!(edited["changed"]["province_code"], json!(["92", "01"]));
    assert_eq!(edited["changed"]["is_verified"], json!([true, false]));
    let verified = detail(&admin, &id, "organisation.verified").await;
    assert_eq!(verified["changed"]["is_verified"], json!([false, true]));
}

#[actix_web::test]
async fn pages_of_the_public_history_are_full_and_leave_out_what_is_not_public() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let mut own = portal.read(&portal.company, &published).await;
    for event in ["revise", "discard_revision", "revise", "discard_revision"] {
        own = portal.send(&portal.company, &own, event).await.read_as();
    }
    portal.send(&portal.company, &own, "revise").await.expect(200);
    let draft = portal.read(&portal.company, &own).await;
    let patch = json!({"title": "Tên của phiên bản hai"});
    let path = format!("/products/{}", draft.id);
    portal.company.patch(&path, draft.revision.cast_signed(), &patch).await.expect(200);
    let draft = portal.read(&portal.company, &draft).await;
    let submitted: Product = portal.send(&portal.company, &draft, "submit").await.read_as();
    portal.accept(&submitted).await;
    let all: Page<HistoryEntry> =
        portal.app.client().get(&format!("{path}/history")).await.read_as();
    let events: Vec<_> = all.items.iter().map(|entry| entry.event).collect();
    use ProductEvent::{Accept, DecidePublish, Publish, StartEvaluation, Submit};
    assert_eq!(events, [Submit, Accept, StartEvaluation, DecidePublish, Publish]);
    let mut cursor = String::new();
    let mut walked = Vec::new();
    loop {
        let place = format!("{path}/history?limit=1{cursor}");
        let page: Page<HistoryEntry> = portal.app.client().get(&place).await.read_as();
        assert_eq!(page.items.len(), 1, "no page is empty");
        walked.extend(page.items.iter().map(|entry| entry.event));
        let Some(next) = page.next_cursor else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(walked, events);
}
