//! Following a submission by code and secret, without an account.

use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{Product, ProductEvent, ProductState};
use nq57_shared::tracking::{RenewedSecret, TrackedCase};
use serde_json::json;

use crate::contracts::secrets;
use crate::harness::{Answer, Client, TestApp, assert_problem};
use crate::products::stories::Portal;

#[actix_web::test]
async fn the_right_secret_shows_where_it_stands() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let (code, secret) = (submitted.code.clone().expect("a code"), submitted.secret.clone());
    let secret = secret.expect("a secret");
    let ask = json!({"code": code.to_lowercase(), "secret": secret.to_uppercase()});
    let thing: TrackedCase =
        portal.app.client().post("/tracking", &ask).await.expect(200).read_as();
    assert_eq!(
        (thing.code, thing.state),
        (code.clone(), ProductState::Submitted.as_str().to_owned())
    );
    assert_eq!((thing.timeline.len(), thing.id), (1, None));
    assert_eq!(thing.due_at, submitted.due_at);

    let failed = portal.judge(&submitted, "fail").await;
    let answer = portal.send_at(&portal.intake, &submitted, failed, "mark_ineligible").await;
    answer.expect(200);
    let ask = json!({"code": code, "secret": secret});
    let thing: TrackedCase = portal.app.client().post("/tracking", &ask).await.read_as();
    let last = thing.timeline.last().expect("a step");
    assert_eq!(last.event, ProductEvent::MarkIneligible.as_str());
    assert_eq!(last.reason.as_deref(), Some("Lý do của việc này."), "the sender reads why");
    let text = portal.app.client().post("/tracking", &ask).await.text();
    assert!(!text.contains("lan@dong-bung.example") && !text.contains(&secret));
}

async fn look_up(portal: &Portal, code: &str, secret: &str) -> Answer {
    portal.app.client().post("/tracking", &json!({"code": code, "secret": secret})).await
}

async fn renew(who: &Client, product: &Product, revision: u64) -> Answer {
    let path = format!("/products/{}/secret", product.id);
    who.call(reqwest::Method::POST, &path).if_match(revision.cast_signed()).send().await
}

#[actix_web::test]
async fn a_code_that_was_typed_loosely_is_found() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let (code, secret) = (submitted.code.expect("a code"), submitted.secret.expect("a secret"));
    assert_eq!(code, "SP-2026-000001");
    for typed in ["SP2026000001", "sp 2026 1", "sp-2026-1", " Sp 2026 000 001 ", "SP–2026–000001"]
    {
        let answer = look_up(&portal, typed, &secret.replace('-', " ")).await.expect(200);
        assert_eq!(answer.json()["code"], code, "{typed}");
    }
    for query in ["?working=true&q=sp+2026+1", "?working=true&q=SP2026000001"] {
        let found = portal.intake.get(&format!("/products{query}")).await.expect(200).json();
        assert_eq!(found["items"][0]["code"], code, "{query}");
    }
}

#[actix_web::test]
async fn a_new_secret_ends_the_old_one_and_stands_nowhere() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let (code, old) = (submitted.code.clone().expect("a code"), submitted.secret.clone());
    let old = old.expect("a secret");
    assert!(submitted.may_renew_secret);

    let answer = renew(&portal.company, &submitted, submitted.revision).await.expect(200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let renewed: RenewedSecret = answer.read_as();
    assert_eq!((renewed.code.as_str(), renewed.revision), (code.as_str(), submitted.revision + 1));
    assert_ne!(renewed.secret, old);
    assert_problem(&look_up(&portal, &code, &old).await, 404, "not_found");
    look_up(&portal, &code, &renewed.secret).await.expect(200);

    let again = renew(&portal.company, &submitted, submitted.revision).await;
    assert_problem(&again, 412, "stale_revision");
    look_up(&portal, &code, &renewed.secret).await.expect(200);
    let kept = secrets::everything(&portal.app).await;
    assert!(kept.contains("product.secret_renewed"), "the audit has it");
    assert!(!kept.contains(&renewed.secret) && !kept.contains(&renewed.secret.replace('-', "")));
}

#[actix_web::test]
async fn only_the_submitter_of_something_sent_gets_a_new_secret() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    for official in [&portal.intake, &portal.chair, &portal.publisher] {
        assert!(!portal.read(official, &submitted).await.may_renew_secret);
        let answer = renew(official, &submitted, submitted.revision).await;
        assert_problem(&answer, 403, "forbidden");
    }
    let stranger = portal.app.signed_in("stranger", &[]).await;
    assert_problem(&renew(&stranger, &submitted, submitted.revision).await, 404, "not_found");
    let secret = submitted.secret.clone().expect("a secret");
    look_up(&portal, submitted.code.as_deref().expect("a code"), &secret).await.expect(200);

    let draft = portal.drafted().await;
    assert!(!draft.may_renew_secret);
    let answer = renew(&portal.company, &draft, draft.revision).await;
    assert_problem(&answer, 409, "not_submitted");
}

#[actix_web::test]
async fn a_wrong_secret_and_an_unknown_code_are_the_same_404() {
    let portal = Portal::open().await;
    let submitted: Product = portal.submitted().await;
    let code = submitted.code.expect("a code");
    let mut texts = Vec::new();
    for ask in [
        json!({"code": code, "secret": "2222-2222-2222"}),
        json!({"code": "SP-2026-999999", "secret": submitted.secret}),
        json!({"code": "nonsense", "secret": "x"}),
    ] {
        let answer = portal.app.client().post("/tracking", &ask).await;
        let mut problem = assert_problem(&answer, 404, "not_found");
        problem.request_id = None;
        texts.push(problem);
    }
    assert!(texts.iter().all(|problem| *problem == texts[0]));
    let empty = portal.app.client().post("/tracking", &json!({"code": "", "secret": ""})).await;
    assert_problem(&empty, 422, "validation_failed");
}

#[actix_web::test]
async fn guessing_is_slowed_down() {
    let app = TestApp::start_with(|config| config.limits.trackings_per_minute = 3).await;
    let guess = json!({"code": "SP-2026-000001", "secret": "2222-2222-2222"});
    for _ in 0..3 {
        app.client().post("/tracking", &guess).await.expect(404);
    }
    let answer = app.client().post("/tracking", &guess).await;
    assert_problem(&answer, 429, "too_many_requests");
    assert!(answer.header("retry-after").parse::<u64>().is_ok());
}

#[actix_web::test]
async fn what_is_written_for_the_next_version_does_not_show() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let (code, secret) = (submitted.code.clone().expect("a code"), submitted.secret.clone());
    let accepted = portal.accept(&submitted).await;
    let published = portal.publish(&portal.decide(&accepted, "decide_publish").await).await;
    let own = portal.read(&portal.company, &published).await;
    let draft: Product = portal.send(&portal.company, &own, "revise").await.read_as();
    let path = format!("/products/{}", draft.id);
    let title = json!({"title": "Bí mật chưa nộp"});
    portal.company.patch(&path, draft.revision.cast_signed(), &title).await.expect(200);
    let shown = look_up(&portal, &code, &secret.expect("a secret")).await.expect(200);
    assert_eq!(shown.json()["title"], published.content.title.as_str());
}

#[actix_web::test]
async fn what_happens_inside_of_an_evaluation_does_not_show() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let (code, secret) = (submitted.code.clone().expect("a code"), submitted.secret.clone());
    let secret = secret.expect("a secret");
    portal.recommend(&portal.accept(&submitted).await).await;
    let inside = portal.read(&portal.publisher, &submitted).await;
    let told: TrackedCase = look_up(&portal, &code, &secret).await.expect(200).read_as();
    let events: Vec<&str> = told.timeline.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["submit", "accept", "start_evaluation"]);
    assert_eq!((inside.holder, told.holder.as_deref()), (Some(Holder::Publisher), Some("panel")));
    assert_ne!(told.due_at, inside.due_at);
    assert_eq!(told.due_at, portal.read(&portal.company, &submitted).await.due_at);
}

#[actix_web::test]
async fn a_caller_who_writes_an_address_of_his_own_beside_that_of_the_proxy_pays_all_the_same() {
    let app = TestApp::start_with(|config| {
        config.http.trusted_proxies = vec!["127.0.0.1".into()];
        config.limits.trackings_per_minute = 3;
    })
    .await;
    let ask = json!({"code": "SP-2026-000001", "secret": "aaaa-bbbb-cccc"});
    let mut statuses = Vec::new();
    for n in 0..6 {
        // As HAProxy writes it: a line of its own after the caller's.
        let call = app.client().call(reqwest::Method::POST, "/tracking").json(&ask);
        let call = call.header("X-Forwarded-For", format!("198.51.100.{n}"));
        statuses.push(call.header("X-Forwarded-For", "203.0.113.7").send().await.status);
    }
    assert_eq!(statuses[..3], [404; 3]);
    assert_eq!(statuses[3..], [429; 3]);
}
