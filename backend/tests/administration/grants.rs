//! Giving roles and taking them away.

use chrono::Duration;
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::accounts::{Account, AccountSummary};
use nq57_shared::problem::FieldCode;
use reqwest::Method;
use serde_json::json;

use crate::accounts::mailbox;
use crate::harness::{Client, TestApp, assert_problem, role};

async fn grant_of(admin: &Client, holder: &Client) -> String {
    let account: AccountSummary =
        admin.get(&format!("/accounts/{}", holder.account())).await.read_as();
    format!("/accounts/{}/grants/{}", holder.account(), account.grants[0].id)
}

#[actix_web::test]
async fn a_role_holds_at_once_and_is_gone_at_once() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let lan = app.signed_in("lan", &[]).await;
    let path = format!("/accounts/{}/grants", lan.account());
    assert_problem(&lan.get("/panel-candidates").await, 403, "forbidden");

    let body = json!({ "role": "panel_chair", "province_code": "01" });
    let given: AccountSummary = admin.post(&path, &body).await.expect(201).read_as();
    let expected = RoleGrant { province_code: Some("01".into()), ..role(Role::PanelChair) };
    assert_eq!(given.grants[0].role, expected);
    let me: Account = lan.get("/me").await.read_as();
    assert_eq!(me.grants, [expected]);
    lan.get("/panel-candidates").await.expect(200);
    assert_problem(&admin.post(&path, &body).await, 409, "already_exists");
    assert_eq!(mailbox::letters(&app, "lan@test.example").await.len(), 1);

    let grant = grant_of(&admin, &lan).await;
    admin.delete(&grant).await.expect(204);
    assert_problem(&lan.get("/panel-candidates").await, 403, "forbidden");
    assert_problem(&admin.delete(&grant).await, 404, "not_found");
    assert_eq!(mailbox::letters(&app, "lan@test.example").await.len(), 2);
}

#[actix_web::test]
async fn a_role_ends_by_itself_on_its_day() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let account = app.account("lan", &[]).await;
    let path = format!("/accounts/{account}/grants");
    // It is Monday the 23rd in Vietnam.
    let past =
        admin.post(&path, &json!({ "role": "panel_chair", "expires_on": "2026-11-23" })).await;
    let problem = assert_problem(&past, 422, "validation_failed");
    assert_eq!(
        (problem.errors[0].pointer.as_str(), problem.errors[0].code),
        ("/expires_on", FieldCode::Inconsistent)
    );
    let body = json!({ "role": "panel_chair", "expires_on": "2026-11-24" });
    admin.post(&path, &body).await.expect(201);

    let lan = app.sign_in(account).await;
    lan.get("/panel-candidates").await.expect(200);
    app.advance(Duration::hours(15));
    let lan = app.sign_in(account).await;
    let me: Account = lan.get("/me").await.read_as();
    assert_eq!(me.grants, []);
    assert_problem(&lan.get("/panel-candidates").await, 403, "forbidden");
}

#[actix_web::test]
async fn a_repeated_request_gives_one_role() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let lan = app.account("lan", &[]).await;
    let give = || {
        let call = admin.call(Method::POST, &format!("/accounts/{lan}/grants"));
        call.idempotency_key("mot-lan").json(&json!({ "role": "evaluator" })).send()
    };
    let first = give().await.expect(201);
    assert_eq!(give().await.expect(201).json(), first.json());
    let account: AccountSummary = admin.get(&format!("/accounts/{lan}")).await.read_as();
    assert_eq!(account.grants.len(), 1);
}

#[actix_web::test]
async fn roles_are_given_and_taken_by_administrators_only_and_to_what_exists() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let publisher = app.signed_in("publisher", &[role(Role::Publisher)]).await;
    let path = format!("/accounts/{}/grants", publisher.account());
    let body = json!({ "role": "administrator" });
    assert_problem(&app.client().post(&path, &body).await, 401, "unauthenticated");
    assert_problem(&publisher.post(&path, &body).await, 403, "forbidden");
    let grant = grant_of(&admin, &publisher).await;
    assert_problem(&app.client().delete(&grant).await, 401, "unauthenticated");
    assert_problem(&publisher.delete(&grant).await, 403, "forbidden");

    let missing = format!("/accounts/{}/grants", uuid::Uuid::nil());
    assert_problem(&admin.post(&missing, &body).await, 404, "not_found");
    for (body, pointer, code) in [
        (
            json!({ "role": "evaluator", "province_code": "00" }),
            "/province_code",
            FieldCode::UnknownValue,
        ),
        (
            json!({ "role": "evaluator", "organisation_id": uuid::Uuid::nil() }),
            "/organisation_id",
            FieldCode::UnknownValue,
        ),
        (
            json!({ "role": "administrator", "province_code": "01" }),
            "/province_code",
            FieldCode::NotAllowed,
        ),
        (
            json!({ "role": "evaluator", "province_code": "01", "organisation_id": uuid::Uuid::nil() }),
            "/organisation_id",
            FieldCode::Inconsistent,
        ),
        (json!({ "role": "vua" }), "/role", FieldCode::UnknownValue),
    ] {
        let problem = assert_problem(&admin.post(&path, &body).await, 422, "validation_failed");
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code), (pointer, code));
    }
}

#[actix_web::test]
async fn the_last_administrator_keeps_the_role() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let grant = grant_of(&admin, &admin).await;
    assert_problem(&admin.delete(&grant).await, 409, "last_administrator");
    admin.get("/accounts").await.expect(200);
}

#[actix_web::test]
async fn two_administrators_who_revoke_each_other_at_once_do_not_both_succeed() {
    let app = TestApp::start().await;
    let one = app.signed_in("admin1", &[role(Role::Administrator)]).await;
    let two = app.signed_in("admin2", &[role(Role::Administrator)]).await;
    let (of_one, of_two) = (grant_of(&one, &one).await, grant_of(&one, &two).await);
    let (first, second) =
        futures_util::future::join(one.delete(&of_two), two.delete(&of_one)).await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    // The second is either the last one, or no administrator any more.
    assert_eq!(statuses[0], 204);
    assert!(matches!(statuses[1], 403 | 409), "{statuses:?}");
    let left = nq57_backend::identity::accounts::count_administrators(
        &app.state.db,
        app.state.clock.now(),
    );
    assert_eq!(left.await.expect("a number"), 1);
}
