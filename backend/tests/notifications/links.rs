//! Every message that stands in an inbox leads to a page that exists and that its reader may open.

use std::collections::BTreeSet;

use chrono::Duration;
use nq57_backend::domains::products;
use nq57_backend::identity::clients;
use nq57_backend::slices::REGISTRY;
use nq57_platform::casework::deadlines;
use nq57_platform::outbox;
use nq57_shared::access::Role;
use nq57_shared::notifications::NotificationPage;
use nq57_shared::products::Product;
use serde_json::{Value, json};

use crate::clients::{Agency, of_provinces};
use crate::evaluations::stories::{open, panel as panel_of};
use crate::harness::{Client, role};
use crate::products::stories::{Portal, draft};

/// Where the browser application lists its pages.
const ROUTES: &str = include_str!("../../../frontend/src/routes.rs");
/// The pages that messages lead to, and what each asks the server for.
const PAGES: [(&str, &[&str]); 10] = [
    ("/ho-so/:id", &["/products/:id", "/products/:id/history"]),
    ("/san-pham/:id", &["/products/:id"]),
    ("/tham-dinh/:id", &["/products/:id", "/products/:id/eligibility"]),
    ("/hoi-dong/:id", &["/products/:id", "/panel-candidates"]),
    ("/danh-gia/:id", &["/evaluations/:id"]),
    (
        "/quyet-dinh/:id",
        &["/products/:id", "/products/:id/eligibility", "/products/:id/evaluations"],
    ),
    ("/to-chuc/:id", &["/organisations/:id/members", "/organisations/:id/join-requests"]),
    ("/to-chuc", &["/me"]),
    ("/ho-so", &["/products?mine=true"]),
    ("/tai-khoan", &["/me"]),
];
/// Letters that stand in no inbox.
const MAIL_ONLY: [&str; 5] =
    ["verify_email", "reset_password", "account_exists", "password_changed", "contact_confirm"];

/// What the page of this path asks for.
fn asked_by(path: &str) -> Vec<String> {
    let (first, id) = path.rsplit_once('/').expect("a path");
    let pattern = if first.is_empty() { path.to_owned() } else { format!("{first}/:id") };
    assert!(ROUTES.contains(&format!("path!(\"{pattern}\")")), "no page has the path {pattern}");
    let (_, operations) =
        PAGES.iter().find(|(page, _)| *page == pattern).unwrap_or_else(|| panic!("{pattern}"));
    operations.iter().map(|operation| operation.replace(":id", id)).collect()
}

#[actix_web::test]
async fn every_message_leads_to_a_page_that_its_reader_may_open() {
    let portal = Portal::open().await;
    let admin = portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
    let other_chair = portal.app.signed_in("other-chair", &[role(Role::PanelChair)]).await;
    let newcomer = portal.app.signed_in("newcomer", &[]).await;
    everything_with_products(&portal, &other_chair).await;
    everything_with_people(&admin, &newcomer, &portal.publisher).await;
    everything_with_clients(&portal, &admin, &newcomer).await;
    a_seat_lost(&portal, &admin).await;

    // Through every deadline day by day, then to the reminder and past the end of the publication.
    portal.app.advance(Duration::days(3));
    for days in [0, 1, 1, 1, 1, 1, 1, 5, 5, 10, 10, 664, 60] {
        portal.app.advance(Duration::days(days));
        deadlines::tick(portal.app.state.clone()).await.expect("ticked");
        while outbox::deliver_due(&portal.app.state).await.expect("delivered") > 0 {}
        products::expire(portal.app.state.clone()).await.expect("looked at");
        clients::remind(portal.app.state.clone()).await.expect("looked at");
    }

    let mut kinds = BTreeSet::new();
    let Portal { people, .. } = &portal;
    let [one, two] = &people.evaluators;
    for reader in [
        &people.company,
        &people.intake,
        &people.chair,
        one,
        two,
        &people.publisher,
        &admin,
        &other_chair,
        &newcomer,
    ] {
        let reader = portal.app.sign_in(reader.account()).await;
        for (kind, path) in inbox(&reader).await {
            for operation in asked_by(&path) {
                let answer = reader.get(&operation).await;
                assert_eq!(answer.status, 200, "{kind} leads to {path}: {operation}");
            }
            kinds.insert(kind);
        }
    }
    let names = REGISTRY.templates().map(|template| template.name);
    let all: BTreeSet<String> =
        names.filter(|name| !MAIL_ONLY.contains(name)).map(str::to_owned).collect();
    assert_eq!(kinds, all, "every message was told to somebody");
}

/// Kind and path of every message.
async fn inbox(reader: &Client) -> Vec<(String, String)> {
    let (mut all, mut address) = (Vec::new(), "/notifications?limit=100".to_owned());
    loop {
        let page: NotificationPage = reader.get(&address).await.read_as();
        for one in &page.items {
            // What a key begins with is shown as it is.
            let plain = |text: &str| text.replace("nq57_", "");
            let codes =
                |text: &str| plain(text).contains(['{', '}', '_']) || text.contains("product.");
            assert!(!codes(&one.title) && !codes(&one.text), "a code has no word: {}", one.text);
        }
        let told = page.items.into_iter();
        all.extend(told.map(|one| (one.kind, one.path.expect("every message leads somewhere"))));
        let Some(cursor) = page.next_cursor else { return all };
        address = format!("/notifications?limit=100&cursor={cursor}");
    }
}

/// Leaves a product in every state in which a deadline runs, and one to expire.
async fn everything_with_products(portal: &Portal, other_chair: &Client) {
    let Portal { people, .. } = portal;
    portal.submitted().await;
    portal.accepted().await;
    portal.decided().await;
    let declined = portal.accepted().await;
    portal.decide(&declined, "decide_decline").await;
    let failed = portal.submitted().await;
    let checked = portal.judge(&failed, "fail").await;
    portal.send_at(&people.intake, &failed, checked, "mark_ineligible").await.expect(200);
    let taken_back = portal.submitted().await;
    portal.send(&people.company, &taken_back, "withdraw").await.expect(200);

    ask(portal).await;
    let asked = ask(portal).await;
    portal.send(&people.company, &asked, "submit").await.expect(200);

    let published = portal.published().await;
    portal.send(&people.publisher, &published, "suspend").await.expect(200);
    let suspended = portal.read(&people.publisher, &published).await;
    portal.send(&people.publisher, &suspended, "resume").await.expect(200);

    let judged = portal.accepted().await;
    let evaluation = portal.evaluate(&judged).await;
    let path = format!("/evaluations/{}", evaluation.id);
    let revision = people.chair.get(&path).await.revision();
    let conflict = json!({"answer": "declared", "note": "Người nhà."});
    let [one, _] = &people.evaluators;
    one.put(&format!("{path}/conflicts/me"), revision, &conflict).await.expect(200);
    let seen = portal.read(&people.chair, &judged).await;
    portal.send(&people.chair, &seen, "require_on_site").await.expect(200);
    let panel = json!({
        "chair_id": other_chair.account(),
        "member_ids": people.evaluators.each_ref().map(Client::account),
        "quorum": 1,
        "due_on": "2099-12-18",
    });
    let revision = people.chair.get(&path).await.revision();
    people.chair.put(&format!("{path}/panel"), revision, &panel).await.expect(200);
    let told = inbox(other_chair).await;
    let assigned = |(kind, _): &&(String, String)| kind == "chair_assigned";
    assert_eq!(told.iter().filter(assigned).count(), 1, "who takes the chair over is told");

    // A recommendation that its quorum does not outlive, and a chair who is recused.
    let recommended = portal.accepted().await;
    let evaluation = portal.recommend(&recommended).await;
    let path = format!("/evaluations/{}", evaluation.id);
    let revision = one.get(&path).await.revision();
    one.put(&format!("{path}/conflicts/me"), revision, &conflict).await.expect(200);
    let led = portal.accepted().await;
    let evaluation =
        open(&people.chair, &led, &panel_of(&people.chair, &[one, &people.chair])).await;
    let path =
        format!("/evaluations/{}", evaluation.expect(201).json()["id"].as_str().expect("an id"));
    let revision = people.chair.get(&path).await.revision();
    people.chair.put(&format!("{path}/conflicts/me"), revision, &conflict).await.expect(200);
}

/// A member of a panel loses the role, and gets it back later.
async fn a_seat_lost(portal: &Portal, admin: &Client) {
    portal.evaluate(&portal.accepted().await).await;
    let [member, _] = &portal.evaluators;
    let account = format!("/accounts/{}", member.account());
    let held = admin.get(&account).await.expect(200).json();
    let id = held["grants"][0]["id"].as_str().expect("an id");
    admin.delete(&format!("{account}/grants/{id}")).await.expect(204);
    while outbox::deliver_due(&portal.app.state).await.expect("delivered") > 0 {}
    let again = json!({"role": "evaluator"});
    admin.post(&format!("{account}/grants"), &again).await.expect(201);
}

/// The organisation ends, and what it has sent goes over to another one.
async fn hand_over(admin: &Client, founder: &Client, from: &str) {
    let new = json!({"name": "Công ty Hai", "kind": "enterprise"});
    let to: Value = founder.post("/organisations", &new).await.expect(201).json();
    let create = format!("/products?organisation_id={from}");
    let sent: Product = founder.post(&create, &draft()).await.expect(201).read_as();
    let events = format!("/products/{}/events", sent.id);
    let submit = json!({"event": "submit"});
    founder.send_event(&events, sent.revision.cast_signed(), &submit).await.expect(200);
    let path = format!("/organisations/{from}");
    let seen = admin.get(&path).await.revision();
    let seen = admin.patch(&path, seen, &json!({"valid_to": "2026-11-01"})).await.revision();
    let successors = json!({"successors": [{"organisation_id": to["id"], "on": "2026-11-02"}]});
    admin.put(&format!("{path}/successors"), seen, &successors).await.expect(200);
    let body = json!({
        "from": {"organisation_id": from},
        "to": {"organisation_id": to["id"]},
        "reason": "Sáp nhập.",
    });
    admin.post("/cases/handovers", &body).await.expect(200);
}

/// A submission of which more is asked.
async fn ask(portal: &Portal) -> Product {
    let unclear = portal.submitted().await;
    let checked = portal.judge(&unclear, "ask").await;
    let event = "request_information";
    portal.send_at(&portal.intake, &unclear, checked, event).await.expect(200);
    portal.read(&portal.company, &unclear).await
}

async fn everything_with_people(admin: &Client, newcomer: &Client, founder: &Client) {
    let new = json!({"name": "Công ty Một", "kind": "enterprise"});
    let organisation: Value = founder.post("/organisations", &new).await.expect(201).json();
    let path =
        format!("/organisations/{}/join-requests", organisation["id"].as_str().expect("an id"));
    for approve in [false, true] {
        let request = newcomer.post(&path, &json!({})).await.expect(201).json();
        let answer = format!("{path}/{}/answer", request["id"].as_str().expect("an id"));
        founder.post(&answer, &json!({"approve": approve})).await.expect(200);
    }
    hand_over(admin, founder, organisation["id"].as_str().expect("an id")).await;
    let grants = format!("/accounts/{}/grants", newcomer.account());
    let given = admin.post(&grants, &json!({"role": "evaluator"})).await.expect(201).json();
    let id = given["grants"][0]["id"].as_str().expect("an id").to_owned();
    admin.delete(&format!("{grants}/{id}")).await.expect(204);
}

/// A client that is confirmed, suspended, exposed, and runs out with its key.
async fn everything_with_clients(portal: &Portal, admin: &Client, manager: &Client) {
    let agency = Agency::of(admin.clone(), manager.clone(), "Sở Khoa học và Công nghệ").await;
    agency.verify().await;
    let mut body = of_provinces(&["cases:read"], &["92"]);
    body["expires_at"] = json!("2026-12-20T02:00:00Z");
    let client = agency.confirmed(&body).await;
    let soon = json!({"kind": "key", "expires_at": "2026-12-10T02:00:00Z"});
    agency.make_secret(&client, &soon).await.expect(201);
    let exposed = agency.secret(&client, "client_secret").await.secret;
    portal.app.client().get(&format!("/products?key={exposed}")).await.expect(400);
    agency.send(admin, &client, "suspend").await.expect(200);
}
