//! One's own account.

use nq57_shared::accounts::Account;
use nq57_shared::language::Language;
use reqwest::Method;
use serde_json::json;

use crate::harness::{TestApp, assert_problem};

#[actix_web::test]
async fn one_changes_ones_own_name_and_language_with_the_revision_one_saw() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let read = lan.get("/me").await;
    let revision = read.revision();

    let body = json!({ "display_name": " Trần  Lan ", "language": "vi" });
    let changed = lan.patch("/me", revision, &body).await;
    let me: Account = changed.read_as();
    assert_eq!((me.display_name.as_str(), me.language), ("Trần Lan", Language::Vi));
    assert_eq!(changed.revision(), revision + 1);

    let stale = lan.patch("/me", revision, &json!({ "display_name": "Khác" })).await;
    assert_problem(&stale, 412, "stale_revision");
    let blind =
        lan.call(Method::PATCH, "/me").json(&json!({ "display_name": "Khác" })).send().await;
    assert_problem(&blind, 428, "revision_required");
    let malformed =
        lan.call(Method::PATCH, "/me").header("If-Match", "sai").json(&body).send().await;
    assert_problem(&malformed, 400, "invalid_header");
    let me: Account = lan.get("/me").await.read_as();
    assert_eq!(me.display_name, "Trần Lan");
}

#[actix_web::test]
async fn an_unchanged_account_is_not_sent_again() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let read = lan.get("/me").await.expect(200);
    let again =
        lan.call(Method::GET, "/me").header("If-None-Match", read.header("etag")).send().await;
    again.expect(304);
}

#[actix_web::test]
async fn address_roles_and_nonsense_cannot_be_patched() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    for body in [
        json!({ "email": "x@test.example" }),
        json!({ "grants": [] }),
        json!({ "display_name": 7 }),
    ] {
        assert_problem(&lan.patch("/me", 1, &body).await, 400, "malformed_body");
    }
    let empty = lan.patch("/me", 1, &json!({ "display_name": "  " })).await;
    assert_problem(&empty, 422, "validation_failed");
    assert_problem(&app.client().get("/me").await, 401, "unauthenticated");
}
