//! What an organisation has begun and never sent goes along when its cases go over to a successor, and stays unread.

use chrono::Duration;
use nq57_platform::casework;
use nq57_shared::access::Role;
use nq57_shared::audit::AuditEntry;
use nq57_shared::casework::CasePage;
use nq57_shared::page::Page;
use nq57_shared::products::Product;
use nq57_shared::products::workflow::ProductEvent;
use serde_json::json;

use super::handing_over::{become_one, hand_over, organisations};
use super::{enter, enterprise};
use crate::harness::{assert_problem, role};
use crate::products::stories::{Portal, draft};

#[actix_web::test]
async fn drafts_go_along_to_be_sent_by_the_successor_and_stay_unread_by_whoever_hands_them_over() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let (lan, mai, binh) = (
        app.signed_in("lan", &[]).await,
        app.signed_in("mai", &[]).await,
        app.signed_in("binh", &[]).await,
    );
    let gone = enter(&lan, &enterprise("Công ty Cũ")).await;
    let successor = enter(&binh, &enterprise("Công ty Mới")).await;
    // A colleague who could read the draft.
    let joins = format!("/organisations/{}/join-requests", gone.id);
    let asked = mai.post(&joins, &json!({})).await.expect(201).json();
    let answer = format!("{joins}/{}/answer", asked["id"].as_str().expect("an id"));
    lan.post(&answer, &json!({ "approve": true })).await.expect(200);
    let create = format!("/products?organisation_id={}", gone.id);
    let begun: Product = lan.post(&create, &draft()).await.expect(201).read_as();
    let path = format!("/products/{}", begun.id);
    become_one(&admin, &[&gone], &successor).await;
    app.advance(Duration::days(1));
    let (admin, lan, binh) = (
        app.sign_in(admin.account()).await,
        app.sign_in(lan.account()).await,
        app.sign_in(binh.account()).await,
    );
    binh.get(&path).await.expect(404);

    let answer = admin.post("/cases/handovers", &organisations(&gone, &successor)).await;
    assert_eq!(answer.expect(200).json(), json!({ "moved": 1, "left": 0 }), "how many, no more");
    let again = hand_over(&admin, &organisations(&gone, &successor)).await;
    assert_eq!(again, (0, 0), "nothing goes over twice");
    assert_problem(&admin.get(&path).await, 404, "not_found");
    let audit = format!("/audit?subject_id={}", begun.id);
    let entries: Page<AuditEntry> = admin.get(&audit).await.read_as();
    assert_eq!(entries.items, Vec::new(), "nothing of what was never sent");
    let register: CasePage = admin.get("/cases").await.read_as();
    assert!(register.items.is_empty());

    let kept = portal.read(&lan, &begun).await;
    assert_eq!(kept.organisation_id, Some(successor.id), "who began it keeps it");
    assert!(!kept.allowed_events.contains(&ProductEvent::Submit), "for others to send");
    assert_problem(&lan.patch(&path, 1, &json!({ "title": "Khác" })).await, 412, "stale_revision");
    let seen = portal.read(&binh, &begun).await;
    portal.send(&binh, &seen, "submit").await.expect(200);
    let entries: Page<AuditEntry> = admin.get(&audit).await.read_as();
    let handed = entries.items.iter().find(|entry| entry.action == "product.handed_over");
    let detail = handed.map(|entry| entry.detail["changed"]["organisation_id"].clone());
    assert_eq!(detail, Some(json!([gone.id, successor.id])));
    for member in [&lan, &mai] {
        let standing = casework::standing_of(&app.state.db, begun.id.0, member.account()).await;
        assert!(standing.expect("read").is_author, "never judges it");
    }
}
