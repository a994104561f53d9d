//! Following a submission by code and secret, without an account.

use nq57_shared::products::{Product, ProductEvent, ProductState};
use nq57_shared::tracking::TrackedThing;
use serde_json::json;

use crate::harness::{TestApp, assert_problem};
use crate::products::stories::Portal;

#[actix_web::test]
async fn the_right_secret_shows_where_it_stands() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let (code, secret) = (submitted.code.clone().expect("a code"), submitted.secret.clone());
    let secret = secret.expect("a secret");
    let ask = json!({"code": code.to_lowercase(), "secret": secret.to_uppercase()});
    let thing: TrackedThing =
        portal.app.client().post("/tracking", &ask).await.expect(200).read_as();
    assert_eq!((thing.code, thing.state), (code.clone(), ProductState::Submitted));
    assert_eq!((thing.timeline.len(), thing.product_id), (1, None));
    assert_eq!(thing.due_at, submitted.due_at);

    let failed = portal.judge(&submitted, "fail").await;
    let answer = portal.send_at(&portal.intake, &submitted, failed, "mark_ineligible").await;
    answer.expect(200);
    let ask = json!({"code": code, "secret": secret});
    let thing: TrackedThing = portal.app.client().post("/tracking", &ask).await.read_as();
    let last = thing.timeline.last().expect("a step");
    assert_eq!(last.event, ProductEvent::MarkIneligible);
    assert_eq!(last.reason.as_deref(), Some("Lý do của việc này."), "the sender reads why");
    let text = portal.app.client().post("/tracking", &ask).await.text();
    assert!(!text.contains("lan@dong-bung.example") && !text.contains(&secret));
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
