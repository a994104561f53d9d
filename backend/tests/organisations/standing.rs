//! Who stands in the name of an organisation: only who belongs to it, while it lasts.

use chrono::Duration;
use nq57_backend::identity::accounts;
use nq57_platform::persistence::transaction;
use nq57_shared::access::Role;
use nq57_shared::notifications::NotificationPage;
use nq57_shared::organisations::{JoinRequest, Organisation};
use nq57_shared::problem::FieldCode;
use nq57_shared::products::workflow::ProductEvent;
use nq57_shared::products::{Product, ProductState};
use serde_json::{Value, json};

use super::handing_over::{become_one, hand_over, organisations, wrong};
use super::{enter, enterprise};
use crate::harness::{Client, TestApp, assert_problem, role};
use crate::products::stories::{Portal, draft};

async fn asks(who: &Client, organisation: &Organisation) -> String {
    let path = format!("/organisations/{}/join-requests", organisation.id);
    let asked: JoinRequest = who.post(&path, &json!({})).await.expect(201).read_as();
    format!("{path}/{}/answer", asked.id)
}

async fn joins(who: &Client, manager: &Client, organisation: &Organisation) {
    manager.post(&asks(who, organisation).await, &json!({ "approve": true })).await.expect(200);
}

#[actix_web::test]
async fn who_has_become_an_auditor_or_was_suspended_is_not_let_in_by_an_older_request() {
    let app = TestApp::start().await;
    let (lan, admin) = (
        app.signed_in("lan", &[]).await,
        app.signed_in("admin", &[role(Role::Administrator)]).await,
    );
    let organisation = enter(&lan, &enterprise("Viện Thử")).await;
    let (hung, mai) = (app.signed_in("hung", &[]).await, app.signed_in("mai", &[]).await);
    let (of_hung, of_mai) = (asks(&hung, &organisation).await, asks(&mai, &organisation).await);
    let (clock, account) = (&app.state.clock, hung.account());
    transaction::write(&app.state.db, async |tx| {
        accounts::give_role(tx, clock, account, &role(Role::Auditor), None).await
    })
    .await
    .expect("given");
    let path = format!("/accounts/{}", mai.account());
    let seen = admin.get(&path).await.revision();
    let suspended = json!({ "is_suspended": true, "reason": "thử" });
    admin.patch(&path, seen, &suspended).await.expect(200);
    for request in [&of_hung, &of_mai] {
        let refused = lan.post(request, &json!({ "approve": true })).await;
        assert_eq!(wrong(&refused), ("/approve".to_owned(), FieldCode::NotAllowed));
        lan.post(request, &json!({ "approve": false })).await.expect(200);
    }
}

#[actix_web::test]
async fn nobody_sends_in_the_name_of_an_organisation_that_was_left() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let (lan, mai) = (app.signed_in("lan", &[]).await, app.signed_in("mai", &[]).await);
    let organisation = enter(&lan, &enterprise("Công ty Thử")).await;
    joins(&mai, &lan, &organisation).await;
    let create = format!("/products?organisation_id={}", organisation.id);
    let unsent: Product = mai.post(&create, &draft()).await.expect(201).read_as();
    let sent: Product = mai.post(&create, &draft()).await.expect(201).read_as();
    let sent: Product = portal.send(&mai, &sent, "submit").await.expect(200).read_as();
    assert!(portal.read(&mai, &unsent).await.allowed_events.contains(&ProductEvent::Submit));
    let member = format!("/organisations/{}/members/{}", organisation.id, mai.account());
    lan.delete(&member).await.expect(204);

    let left = portal.read(&mai, &unsent).await;
    assert_eq!(left.allowed_events, [ProductEvent::Withdraw], "what is offered can be done");
    assert_problem(&portal.send(&mai, &unsent, "submit").await, 403, "forbidden");
    assert_eq!(portal.read(&lan, &unsent).await.state, ProductState::Draft);
    portal.send(&lan, &unsent, "submit").await.expect(200);
    assert!(portal.read(&mai, &sent).await.allowed_events.contains(&ProductEvent::Withdraw));
}

#[actix_web::test]
async fn what_an_ended_organisation_has_not_sent_says_why_it_cannot_be() {
    let portal = Portal::open().await;
    let (app, lan) = (&portal.app, portal.app.signed_in("lan", &[]).await);
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let (gone, successor) = (
        enter(&lan, &enterprise("Công ty Cũ")).await,
        enter(&lan, &enterprise("Công ty Mới")).await,
    );
    let create = format!("/products?organisation_id={}", gone.id);
    let unsent: Product = lan.post(&create, &draft()).await.expect(201).read_as();
    let public: Product = lan.post(&create, &draft()).await.expect(201).read_as();
    let public: Product = portal.send(&lan, &public, "submit").await.expect(200).read_as();
    let public = portal.accept(&public).await;
    let public = portal.publish(&portal.decide(&public, "decide_publish").await).await;
    become_one(&admin, &[&gone], &successor).await;
    app.advance(Duration::days(1));
    let lan = app.sign_in(lan.account()).await;
    for (product, event) in [(&unsent, ProductEvent::Submit), (&public, ProductEvent::Revise)] {
        let read = portal.read(&lan, product).await;
        assert!(!read.allowed_events.contains(&event), "{event:?}");
        let refused = read.refused_events.iter().find(|refused| refused.event == event);
        assert_eq!(refused.map(|one| one.code.as_str()), Some("organisation_ended"));
        let refused = portal.send(&lan, &read, event.as_str()).await;
        assert_problem(&refused, 409, "organisation_ended");
    }
}

/// The next version of what is public, after it was refused.
async fn refused_again(portal: &Portal, lan: &Client, public: &Product, event: &str) -> Product {
    let own = portal.read(lan, public).await;
    let next: Product = portal.send(lan, &own, "revise").await.expect(200).read_as();
    let next: Product = portal.send(lan, &next, "submit").await.expect(200).read_as();
    if event == "decide_decline" {
        let accepted = portal.accept(&next).await;
        return portal.decide(&accepted, event).await;
    }
    let seen = portal.read(&portal.intake, &next).await;
    let checked = portal.judge(&seen, "fail").await;
    portal.send_at(&portal.intake, &next, checked, event).await.expect(200).read_as()
}

#[actix_web::test]
async fn a_next_version_that_could_never_be_sent_is_not_begun_after_a_refusal_either() {
    let portal = Portal::open().await;
    let (app, lan) = (&portal.app, portal.app.signed_in("lan", &[]).await);
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let (gone, successor) = (
        enter(&lan, &enterprise("Công ty Cũ")).await,
        enter(&lan, &enterprise("Công ty Mới")).await,
    );
    let create = format!("/products?organisation_id={}", gone.id);
    let mut refused = Vec::new();
    for event in ["decide_decline", "mark_ineligible"] {
        let sent: Product = lan.post(&create, &draft()).await.expect(201).read_as();
        let sent: Product = portal.send(&lan, &sent, "submit").await.expect(200).read_as();
        let sent = portal.accept(&sent).await;
        let public = portal.publish(&portal.decide(&sent, "decide_publish").await).await;
        refused.push(refused_again(&portal, &lan, &public, event).await);
    }
    for product in &refused {
        let own = portal.read(&lan, product).await;
        assert!(own.allowed_events.contains(&ProductEvent::Revise), "while it lasts: {own:?}");
    }
    become_one(&admin, &[&gone], &successor).await;
    app.advance(Duration::days(1));
    let lan = app.sign_in(lan.account()).await;
    for product in &refused {
        let own = portal.read(&lan, product).await;
        assert!(!own.allowed_events.contains(&ProductEvent::Revise), "{:?}", own.state);
        let answer = portal.send(&lan, &own, "revise").await;
        assert_problem(&answer, 409, "organisation_ended");
    }
}

#[actix_web::test]
async fn nobody_hands_cases_over_to_the_own_side_or_to_what_is_not_yet_and_the_managers_are_told() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let other = app.signed_in("other", &[role(Role::Administrator)]).await;
    let (lan, binh) = (app.signed_in("lan", &[]).await, app.signed_in("binh", &[]).await);
    let gone = enter(&lan, &enterprise("Công ty Cũ")).await;
    let own = enter(&admin, &enterprise("Công ty Của Tôi")).await;
    joins(&binh, &admin, &own).await;
    let create = format!("/products?organisation_id={}", gone.id);
    let sent: Product = lan.post(&create, &draft()).await.expect(201).read_as();
    portal.send(&lan, &sent, "submit").await.expect(200);
    become_one(&other, &[&gone], &own).await;
    app.advance(Duration::days(1));
    let (admin, other) = (app.sign_in(admin.account()).await, app.sign_in(other.account()).await);
    let body = organisations(&gone, &own);
    let to = "/to/organisation_id".to_owned();
    assert_eq!(
        wrong(&admin.post("/cases/handovers", &body).await),
        (to.clone(), FieldCode::NotAllowed)
    );

    let path = format!("/organisations/{}", own.id);
    let begins = async |on: Value| {
        let seen = other.get(&path).await.revision();
        other.patch(&path, seen, &json!({ "valid_from": on })).await.expect(200);
    };
    begins(json!("2027-06-01")).await;
    assert_eq!(wrong(&other.post("/cases/handovers", &body).await), (to, FieldCode::Inconsistent));
    begins(Value::Null).await;

    assert_eq!(hand_over(&other, &body).await, (1, 0));
    for manager in [&lan, &admin] {
        let told = app.sign_in(manager.account()).await;
        let told: NotificationPage = told.get("/notifications").await.expect(200).read_as();
        let told = told.items.iter().filter(|one| one.kind == "cases_handed_over").count();
        assert_eq!(told, 1, "the managers of both are told, once");
    }
    let member = app.sign_in(binh.account()).await;
    let member: NotificationPage = member.get("/notifications").await.expect(200).read_as();
    assert!(member.items.iter().all(|one| one.kind != "cases_handed_over"));
}
