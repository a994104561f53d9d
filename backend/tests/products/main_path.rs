//! The main job of the portal, from the first word to the public page.

use nq57_shared::notifications::NotificationPage;
use nq57_shared::page::Page;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{
    EligibilityCheck, HistoryEntry, Product, ProductEvent, ProductPage, ProductState,
};
use serde_json::json;

use super::stories::{Portal, draft};

#[actix_web::test]
async fn a_draft_becomes_a_public_page() {
    let portal = Portal::open().await;

    let draft: Product = portal.company.post("/products", &draft()).await.expect(201).read_as();
    assert_eq!((draft.state, draft.version, draft.code), (ProductState::Draft, 1, None));
    assert_eq!(draft.holder, Some(Holder::Submitter));
    assert!(draft.may_edit && draft.allowed_events.contains(&ProductEvent::Submit));

    let submitted: Product =
        portal.send(&portal.company, &portal.drafted().await, "submit").await.read_as();
    assert_eq!(submitted.state, ProductState::Submitted);
    assert_eq!(submitted.code.as_deref(), Some("SP-2026-000001"));
    assert_eq!(submitted.secret.as_deref().map(str::len), Some(14), "shown once");
    assert_eq!(submitted.fingerprint.as_deref().map(str::len), Some(64));
    assert_eq!(submitted.holder, Some(Holder::Intake));
    assert_eq!(
        submitted.due_at.map(|due| due.to_rfc3339()).as_deref(),
        Some("2026-12-01T16:59:59.999999+00:00"),
        "five working days; the 24th is a holiday"
    );
    let again = portal.read(&portal.company, &submitted).await;
    assert_eq!(again.secret, None, "never again");

    let accepted = portal.accept(&submitted).await;
    assert_eq!((accepted.state, accepted.holder), (ProductState::Accepted, Some(Holder::Chair)));

    let decided = portal.decide(&accepted, "decide_publish").await;
    assert_eq!((decided.state, decided.holder), (ProductState::Decided, Some(Holder::Publisher)));
    let public = format!("/products/{}", decided.id);
    portal.app.client().get(&public).await.expect(404);

    let published = portal.publish(&decided).await;
    assert_eq!((published.state, published.public_version), (ProductState::Published, Some(1)));
    assert_eq!((published.holder, published.due_at), (None, None));

    let seen: Product = portal.app.client().get(&public).await.expect(200).read_as();
    assert_eq!(seen.content.title, "Cảm biến mặn cho ruộng lúa Lúa Trũng");
    assert_eq!(seen.fingerprint, submitted.fingerprint);
    assert!(seen.description_html.contains("<h2>Cách đo</h2>"));
    assert!(seen.allowed_events.is_empty() && seen.holder.is_none() && !seen.may_edit);
    let list: ProductPage = portal.app.client().get("/products").await.expect(200).read_as();
    assert_eq!(list.items.iter().map(|item| item.id).collect::<Vec<_>>(), [published.id]);
}

#[actix_web::test]
async fn what_is_asked_is_answered_and_the_time_stands_still_meanwhile() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let due = submitted.due_at;
    let items = json!({"items": [
        {"code": "owner_identified", "verdict": "ask", "note": "Hãy gửi lại mã số thuế."},
        {"code": "right_to_submit", "verdict": "pass"},
    ]});
    let path = format!("/products/{}/eligibility", submitted.id);
    let seen = portal.intake.put(&path, submitted.revision.cast_signed(), &items).await.revision();
    let asked: Product =
        portal.send_at(&portal.intake, &submitted, seen, "request_information").await.read_as();
    assert_eq!(
        (asked.state, asked.holder),
        (ProductState::MoreInformation, Some(Holder::Submitter))
    );
    assert_eq!(asked.reason.as_deref(), Some("Lý do của việc này."));
    assert!(asked.due_at > due, "ten working days to answer");

    let check: EligibilityCheck = portal.company.get(&path).await.read_as();
    assert_eq!(check.items[0].note.as_deref(), Some("Hãy gửi lại mã số thuế."));

    let path = format!("/products/{}", submitted.id);
    let patch = json!({"owner": {"tax_code": "0312345679"}});
    let edited: Product = portal
        .company
        .patch(&path, asked.revision.cast_signed(), &patch)
        .await
        .expect(200)
        .read_as();
    let answered: Product = portal.send(&portal.company, &edited, "submit").await.read_as();
    assert_eq!((answered.state, answered.version), (ProductState::Submitted, 2));
    assert_eq!(answered.code, submitted.code);
    assert_eq!((answered.secret, answered.due_at), (None, due), "the five days go on");

    let check: EligibilityCheck = portal.intake.get(&format!("{path}/eligibility")).await.read_as();
    let codes: Vec<_> = check.items.iter().map(|item| item.code.as_str()).collect();
    assert_eq!(
        (check.version, codes),
        (2, vec!["right_to_submit"]),
        "judged stands, asked is open"
    );

    let told: NotificationPage = portal.company.get("/notifications").await.read_as();
    let kinds: Vec<_> = told.items.iter().map(|notice| notice.kind.as_str()).collect();
    assert_eq!(kinds, ["information_requested", "submission_received"]);
    let told: NotificationPage = portal.intake.get("/notifications").await.read_as();
    let kinds: Vec<_> = told.items.iter().map(|notice| notice.kind.as_str()).collect();
    assert_eq!(kinds, ["information_provided", "task_waiting"]);
}

#[actix_web::test]
async fn the_history_tells_the_way_and_names_parts_not_persons() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}/history", published.id);
    let whole: Page<HistoryEntry> = portal.company.get(&path).await.read_as();
    let events: Vec<_> = whole.items.iter().map(|entry| (entry.event, entry.by)).collect();
    assert_eq!(
        events,
        [
            (ProductEvent::Submit, Some(Holder::Submitter)),
            (ProductEvent::Accept, Some(Holder::Intake)),
            (ProductEvent::StartEvaluation, Some(Holder::Chair)),
            (ProductEvent::DecidePublish, Some(Holder::Publisher)),
            (ProductEvent::Publish, Some(Holder::Publisher)),
        ]
    );
    let public: Page<HistoryEntry> = portal.app.client().get(&path).await.read_as();
    let reasons: Vec<_> =
        public.items.iter().filter(|e| e.reason.is_some()).map(|e| e.event).collect();
    assert_eq!(reasons, [ProductEvent::DecidePublish], "only reasons of decisions are public");
    let text = portal.app.client().get(&path).await.text();
    assert!(!text.contains(&portal.publisher.account().to_string()));

    let first: Page<HistoryEntry> =
        portal.company.get(&format!("{path}?limit=2&count=true")).await.read_as();
    assert_eq!(first.total, Some(5));
    let cursor = first.next_cursor.expect("more");
    let rest: Page<HistoryEntry> =
        portal.company.get(&format!("{path}?limit=3&cursor={cursor}")).await.read_as();
    assert_eq!((first.items.len(), rest.items.len(), rest.next_cursor), (2, 3, None));
}

#[actix_web::test]
async fn declining_ends_it_with_a_reason_and_nothing_becomes_public() {
    let portal = Portal::open().await;
    let declined = portal.decide(&portal.accepted().await, "decide_decline").await;
    assert_eq!((declined.state, declined.holder), (ProductState::Declined, None));
    assert_eq!(declined.reason.as_deref(), Some("Lý do của việc này."));
    let owner = portal.read(&portal.company, &declined).await;
    assert!(owner.allowed_events.is_empty(), "{:?}", owner.allowed_events);
    portal.app.client().get(&format!("/products/{}", declined.id)).await.expect(404);
}

#[actix_web::test]
async fn suspending_hides_at_once_and_resuming_shows_the_published_version() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}", published.id);
    portal.app.client().get(&path).await.expect(200);
    portal.app.client().get("/products").await.expect(200);
    let suspended: Product = portal.send(&portal.publisher, &published, "suspend").await.read_as();
    assert_eq!((suspended.state, suspended.public_version), (ProductState::Suspended, None));
    portal.app.client().get(&path).await.expect(404);
    let list: ProductPage = portal.app.client().get("/products").await.read_as();
    assert!(list.items.is_empty());
    let found: ProductPage = portal.app.client().get("/products?q=cam+bien").await.read_as();
    assert!(found.items.is_empty());

    let resumed: Product = portal.send(&portal.publisher, &suspended, "resume").await.read_as();
    assert_eq!((resumed.state, resumed.public_version), (ProductState::Published, Some(1)));
    let shown: Product = portal.app.client().get(&path).await.expect(200).read_as();
    assert_eq!(shown.published_at, published.published_at, "publication does not become younger");
}

#[actix_web::test]
async fn withdrawing_takes_it_back_for_good() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let published = portal.read(&portal.company, &published).await;
    let withdrawn: Product = portal.send(&portal.company, &published, "withdraw").await.read_as();
    assert_eq!(withdrawn.state, ProductState::Withdrawn);
    assert!(withdrawn.allowed_events.is_empty());
    portal.app.client().get(&format!("/products/{}", published.id)).await.expect(404);
}
