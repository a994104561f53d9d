//! What is asked for is completed unseen: until it is sent again, officials read what was sent last, by every door.

use nq57_shared::access::Role;
use nq57_shared::audit::AuditEntry;
use nq57_shared::casework::{CasePage, WorkPage};
use nq57_shared::page::Page;
use nq57_shared::products::{Product, ProductFile, ProductPage};
use serde_json::{Value, json};

use super::files::{PDF, upload};
use super::stories::Portal;
use crate::harness::{Client, assert_problem, role};

const SENT: &str = "Cảm biến mặn cho ruộng lúa Lúa Trũng";
const SECRET: &str = "Bí mật chưa gửi";

/// A product about which the office has asked, with a text and a file that were not sent yet.
async fn being_completed(portal: &Portal) -> (Product, ProductFile) {
    let submitted = portal.submitted().await;
    let asked = portal.judge(&submitted, "ask").await;
    portal.send_at(&portal.intake, &submitted, asked, "request_information").await.expect(200);
    let own = portal.read(&portal.company, &submitted).await;
    let path = format!("/products/{}", own.id);
    let long = format!("{SECRET}: ").repeat(8);
    let change =
        json!({ "title": SECRET, "summary": long, "description": long, "sectors": ["health"] });
    let seen = own.revision.cast_signed();
    let changed: Product = portal.company.patch(&path, seen, &change).await.expect(200).read_as();
    assert_eq!(changed.content.title, SECRET, "who writes reads it");
    let file = upload(&portal.company, &changed, "bi-mat.pdf", PDF).await.expect(201).read_as();
    (portal.read(&portal.company, &changed).await, file)
}

/// Everything that an official finds of it, as text.
async fn everything(who: &Client, product: &Product) -> String {
    let path = format!("/products/{}", product.id);
    let mut all = String::new();
    for place in [
        path.as_str(),
        &format!("{path}/versions"),
        &format!("{path}/versions/1"),
        &format!("{path}/history"),
        &format!("{path}/eligibility"),
        &format!("{path}/evaluations"),
        "/products?working=true",
        "/cases",
    ] {
        all += &who.get(place).await.expect(200).text();
    }
    all
}

#[actix_web::test]
async fn officials_read_the_last_sent_text_until_it_is_sent_again() {
    let portal = Portal::open().await;
    let (own, file) = being_completed(&portal).await;
    let auditor = portal.app.signed_in("auditor", &[role(Role::Auditor)]).await;
    let download = format!("/products/{}/files/{}", own.id, file.id);
    for who in [&portal.intake, &portal.chair, &portal.publisher, &auditor] {
        let seen = portal.read(who, &own).await;
        assert_eq!(seen.content.title, SENT);
        assert!(seen.files.is_empty() && seen.description_html.contains("Cách đo"), "{seen:?}");
        assert!(seen.content.owner.contact.is_some(), "with the contact that was sent");
        let all = everything(who, &own).await;
        assert!(!all.contains(SECRET) && !all.contains(&file.id.to_string()), "{all}");
        assert_problem(&who.get(&download).await, 404, "not_found");
        let found = async |q: &str| -> (usize, usize) {
            let list = who.get(&format!("/products?working=true&{q}")).await;
            let cases = who.get(&format!("/cases?{}", q.replace("sector", "state"))).await;
            let (list, cases): (ProductPage, CasePage) = (list.read_as(), cases.read_as());
            (list.items.len(), cases.items.len())
        };
        assert_eq!(found("q=bi+mat").await, (0, 0));
        assert_eq!(found("q=lua+trung").await, (1, 1));
        let of = |sector: &str| format!("/products?working=true&sector={sector}");
        let (new, old): (ProductPage, ProductPage) =
            (who.get(&of("health")).await.read_as(), who.get(&of("agriculture")).await.read_as());
        assert_eq!((new.items.len(), old.items.len()), (0, 1));
    }
    portal.company.get(&download).await.expect(200);
    portal.send(&portal.company, &own, "submit").await.expect(200);
    let seen = portal.read(&portal.intake, &own).await;
    assert_eq!((seen.content.title.as_str(), seen.files.len()), (SECRET, 1));
    portal.intake.get(&download).await.expect(200);
    let list: ProductPage = portal.intake.get("/products?working=true&q=bi+mat").await.read_as();
    assert_eq!(list.items[0].title, SECRET);
    let work: WorkPage = portal.intake.get("/my-work").await.read_as();
    assert_eq!(work.items[0].case.title, SECRET);
}

#[actix_web::test]
async fn what_is_withdrawn_meanwhile_is_what_was_sent() {
    let portal = Portal::open().await;
    let (own, file) = being_completed(&portal).await;
    portal.send(&portal.company, &own, "withdraw").await.expect(200);
    for who in [&portal.intake, &portal.company] {
        assert_eq!(portal.read(who, &own).await.content.title, SENT);
    }
    let all = everything(&portal.intake, &own).await;
    assert!(!all.contains(SECRET) && !all.contains(&file.id.to_string()), "{all}");
    let download = format!("/products/{}/files/{}", own.id, file.id);
    assert_problem(&portal.intake.get(&download).await, 404, "not_found");
}

#[actix_web::test]
async fn a_next_version_that_is_withdrawn_or_suspended_unsent_stays_unread() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let own = portal.read(&portal.company, &published).await;
    let draft: Product = portal.send(&portal.company, &own, "revise").await.expect(200).read_as();
    let (path, seen) = (format!("/products/{}", own.id), draft.revision.cast_signed());
    let secret = json!({ "title": SECRET });
    let draft: Product = portal.company.patch(&path, seen, &secret).await.expect(200).read_as();
    portal.send(&portal.company, &draft, "withdraw").await.expect(200);
    for who in [&portal.intake, &portal.publisher] {
        assert_eq!(portal.read(who, &own).await.content.title, SENT);
        assert!(!everything(who, &own).await.contains(SECRET));
    }
}

#[actix_web::test]
async fn the_next_version_that_is_completed_when_it_is_suspended_shows_what_was_sent() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let own = portal.read(&portal.company, &published).await;
    let draft: Product = portal.send(&portal.company, &own, "revise").await.expect(200).read_as();
    let path = format!("/products/{}", own.id);
    let edit = async |product: &Product, title: &str| -> Product {
        let seen = product.revision.cast_signed();
        portal.company.patch(&path, seen, &json!({ "title": title })).await.expect(200).read_as()
    };
    let draft = edit(&draft, "Phiên bản hai").await;
    let sent: Product = portal.send(&portal.company, &draft, "submit").await.expect(200).read_as();
    let seen = portal.read(&portal.intake, &sent).await;
    let asked = portal.judge(&seen, "ask").await;
    portal.send_at(&portal.intake, &sent, asked, "request_information").await.expect(200);
    edit(&portal.read(&portal.company, &own).await, SECRET).await;
    let seen = portal.read(&portal.publisher, &own).await;
    portal.send(&portal.publisher, &seen, "suspend").await.expect(200);
    let seen = portal.read(&portal.publisher, &own).await;
    assert_eq!((seen.content.title.as_str(), seen.version), ("Phiên bản hai", 2));
    assert!(!everything(&portal.publisher, &own).await.contains(SECRET));
}

#[actix_web::test]
async fn what_was_never_sent_is_nobodys_business_also_when_it_is_withdrawn() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    portal.send(&portal.company, &draft, "withdraw").await.expect(200);
    let auditor = portal.app.signed_in("auditor", &[role(Role::Auditor)]).await;
    for who in [&portal.intake, &portal.publisher, &auditor] {
        assert_problem(&who.get(&format!("/products/{}", draft.id)).await, 404, "not_found");
        let list: ProductPage = who.get("/products?working=true").await.read_as();
        assert!(list.items.is_empty());
    }
    let entries = format!("/audit?subject_id={}&count=true", draft.id);
    let entries: Page<AuditEntry> = auditor.get(&entries).await.expect(200).read_as();
    assert_eq!((entries.items, entries.total), (Vec::new(), Some(0)), "not even that it is there");
    assert_eq!(portal.read(&portal.company, &draft).await.content.title, SENT);
}

/// The deeds of writing that the audit shows of a product, the earliest first.
async fn writing(auditor: &Client, product: &Product) -> Vec<Value> {
    let path = format!("/audit?subject_id={}&count=true&limit=100", product.id);
    let entries: Page<AuditEntry> = auditor.get(&path).await.expect(200).read_as();
    assert_eq!(entries.total, Some(entries.items.len() as u64), "not even counted");
    let is_writing =
        |entry: &AuditEntry| entry.action.contains("edited") || entry.action.contains("file");
    let written = entries.items.into_iter().rev().filter(is_writing);
    let sectors = |changed: &Value| changed["sectors"].clone();
    written.map(|entry| entry.detail.get("changed").map(sectors).unwrap_or_default()).collect()
}

#[actix_web::test]
async fn the_audit_says_what_an_answer_changed_once_it_is_sent_and_nothing_of_one_that_is_taken_back()
 {
    let portal = Portal::open().await;
    let auditor = portal.app.signed_in("auditor", &[role(Role::Auditor)]).await;
    let (sent, _) = being_completed(&portal).await;
    let (taken_back, _) = being_completed(&portal).await;
    for product in [&sent, &taken_back] {
        assert_eq!(writing(&auditor, product).await, Vec::<Value>::new(), "not sent yet");
    }
    portal.send(&portal.company, &taken_back, "withdraw").await.expect(200);
    assert_eq!(writing(&auditor, &taken_back).await, Vec::<Value>::new(), "nor ever");
    portal.send(&portal.company, &sent, "submit").await.expect(200);
    let changed = json!([["agriculture", "environment"], ["health"]]);
    assert_eq!(writing(&auditor, &sent).await, [changed, Value::Null], "the text and the file");
}

#[actix_web::test]
async fn the_audit_says_nothing_of_a_next_version_that_was_given_up_also_when_another_one_is_sent()
{
    let portal = Portal::open().await;
    let auditor = portal.app.signed_in("auditor", &[role(Role::Auditor)]).await;
    let published = portal.published().await;
    let path = format!("/products/{}", published.id);
    let begins = async |sector: &str| -> Product {
        let own = portal.read(&portal.company, &published).await;
        let next: Product = portal.send(&portal.company, &own, "revise").await.read_as();
        let (seen, change) = (next.revision.cast_signed(), json!({ "sectors": [sector] }));
        portal.company.patch(&path, seen, &change).await.expect(200).read_as()
    };
    let given_up = begins("health").await;
    portal.send(&portal.company, &given_up, "discard_revision").await.expect(200);
    let sent = begins("energy").await;
    assert_eq!(writing(&auditor, &published).await, Vec::<Value>::new());
    portal.send(&portal.company, &sent, "submit").await.expect(200);
    let changed = json!([["agriculture", "environment"], ["energy"]]);
    assert_eq!(writing(&auditor, &published).await, [changed]);
}
