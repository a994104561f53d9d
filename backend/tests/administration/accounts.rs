//! Finding, suspending and reinstating accounts; who may sit on a panel.

use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::accounts::{AccountSummary, PanelCandidate};
use nq57_shared::page::Page;
use reqwest::Method;
use serde_json::json;

use crate::accounts::{log_in, with_token_of};
use crate::harness::{PASSWORD, TestApp, assert_problem, role};

#[actix_web::test]
async fn administrators_find_accounts_by_name_address_and_role() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    app.account("Đặng Hùng", &[role(Role::Evaluator)]).await;
    app.account("lan", &[]).await;
    let get = |query: &'static str| {
        let admin = admin.clone();
        async move {
            let page: Page<AccountSummary> =
                admin.get(&format!("/accounts{query}")).await.read_as();
            page.items.into_iter().map(|one| one.display_name).collect::<Vec<_>>()
        }
    };
    assert_eq!(get("").await.len(), 3);
    assert_eq!(get("?q=dang").await, ["Đặng Hùng"]);
    assert_eq!(get("?q=lan%40test").await, ["lan"]);
    assert_eq!(get("?role=evaluator").await, ["Đặng Hùng"]);
    assert_eq!(get("?role=publisher").await, Vec::<String>::new());
    let first: Page<AccountSummary> = admin.get("/accounts?limit=2").await.read_as();
    let cursor = first.next_cursor.expect("there is more");
    let second: Page<AccountSummary> =
        admin.get(&format!("/accounts?limit=2&cursor={cursor}")).await.read_as();
    assert_eq!((second.items.len(), second.next_cursor), (1, None));
    assert_problem(&admin.get("/accounts?role=vua").await, 400, "invalid_parameter");
}

#[actix_web::test]
async fn accounts_of_others_are_for_administrators_of_everything() {
    let app = TestApp::start().await;
    let lan = app.account("lan", &[]).await;
    let provincial = RoleGrant { province_code: Some("01".into()), ..role(Role::Administrator) };
    let chair = app.signed_in("chair", &[role(Role::PanelChair), provincial]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let one = format!("/accounts/{lan}");
    let body = json!({ "is_suspended": true, "reason": "thử" });
    for path in ["/accounts", &one] {
        assert_problem(&app.client().get(path).await, 401, "unauthenticated");
        assert_problem(&chair.get(path).await, 403, "forbidden");
        admin.get(path).await.expect(200);
    }
    assert_problem(&app.client().patch(&one, 1, &body).await, 401, "unauthenticated");
    assert_problem(&chair.patch(&one, 1, &body).await, 403, "forbidden");
    let missing = format!("/accounts/{}", uuid::Uuid::nil());
    assert_problem(&admin.get(&missing).await, 404, "not_found");
    assert_problem(&admin.patch(&missing, 1, &body).await, 404, "not_found");
}

#[actix_web::test]
async fn a_suspended_account_is_out_at_once_and_comes_back_when_reinstated() {
    let app = TestApp::start().await;
    let lan = app.account("lan", &[]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let session = log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    with_token_of(&app, &session).get("/me").await.expect(200);
    let path = format!("/accounts/{lan}");
    let revision = admin.get(&path).await.revision();

    let suspend = json!({ "is_suspended": true, "reason": "Dùng chung mật khẩu" });
    let blind = admin.call(Method::PATCH, &path).json(&suspend).send().await;
    assert_problem(&blind, 428, "revision_required");
    let without_reason =
        admin.patch(&path, revision, &json!({ "is_suspended": true, "reason": " " })).await;
    assert_problem(&without_reason, 422, "validation_failed");
    let suspended = admin.patch(&path, revision, &suspend).await;
    assert!(suspended.read_as::<AccountSummary>().is_suspended);
    assert_problem(&admin.patch(&path, revision, &suspend).await, 412, "stale_revision");

    assert_problem(&with_token_of(&app, &session).get("/me").await, 401, "unauthenticated");
    let cookie = crate::accounts::cookie_of(&session).expect("a cookie");
    assert_problem(&crate::accounts::refresh(&app, &cookie).await, 401, "session_ended");
    assert_problem(&log_in(&app, "lan@test.example", PASSWORD).await, 401, "invalid_credentials");

    let reinstate = json!({ "is_suspended": false, "reason": "Đã đổi mật khẩu" });
    admin.patch(&path, suspended.revision(), &reinstate).await.expect(200);
    log_in(&app, "lan@test.example", PASSWORD).await.expect(200);
    // The old session stays over.
    assert_problem(&with_token_of(&app, &session).get("/me").await, 401, "unauthenticated");
}

#[actix_web::test]
async fn the_last_administrator_cannot_be_suspended() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let path = format!("/accounts/{}", admin.account());
    let suspend = json!({ "is_suspended": true, "reason": "thử" });
    assert_problem(&admin.patch(&path, 1, &suspend).await, 409, "last_administrator");
    let second = app.signed_in("admin2", &[role(Role::Administrator)]).await;
    second.patch(&path, 1, &suspend).await.expect(200);
}

#[actix_web::test]
async fn chairs_see_who_may_sit_on_a_panel() {
    let app = TestApp::start().await;
    let chair = app.signed_in("chair", &[role(Role::PanelChair)]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let lan = app.signed_in("lan", &[role(Role::Evaluator), role(Role::Evaluator)]).await;
    let gone = app.account("gone", &[role(Role::Evaluator)]).await;
    let path = format!("/accounts/{gone}");
    admin.patch(&path, 1, &json!({ "is_suspended": true, "reason": "thử" })).await.expect(200);
    lan.post("/organisations", &json!({ "name": "Viện Thử", "kind": "institute" }))
        .await
        .expect(201);

    let page: Page<PanelCandidate> = chair.get("/panel-candidates").await.read_as();
    let found: Vec<_> =
        page.items.iter().map(|one| (one.display_name.as_str(), one.roles.clone())).collect();
    assert_eq!(found, [("chair", vec![Role::PanelChair]), ("lan", vec![Role::Evaluator])]);
    assert_eq!(page.items[1].organisations, ["Viện Thử"]);
    admin.get("/panel-candidates?q=lan").await.expect(200);
    assert_problem(&lan.get("/panel-candidates").await, 403, "forbidden");
    assert_problem(&app.client().get("/panel-candidates").await, 401, "unauthenticated");
}

#[actix_web::test]
async fn candidates_are_sorted_and_found_by_their_names_and_never_by_their_addresses() {
    let app = TestApp::start().await;
    let chair = app.signed_in("chair", &[role(Role::PanelChair)]).await;
    app.account("lan", &[role(Role::Evaluator)]).await;
    let names = async |query: &str| -> Vec<String> {
        let page: Page<PanelCandidate> =
            chair.get(&format!("/panel-candidates?q={query}")).await.read_as();
        page.items.into_iter().map(|one| one.display_name).collect()
    };
    assert_eq!(names("LAN").await, ["lan"]);
    assert!(names("lan%20test").await.is_empty(), "no word of the address");
    assert!(names("example").await.is_empty());
}

#[actix_web::test]
async fn a_cursor_tells_nothing_and_cannot_be_made_by_hand() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let app = TestApp::start().await;
    let other = app.sibling().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    app.account("lan", &[role(Role::Evaluator)]).await;
    app.account("minh", &[role(Role::Evaluator)]).await;
    let first: Page<serde_json::Value> = admin.get("/accounts?limit=1").await.read_as();
    let cursor = first.next_cursor.expect("more");
    let inside = URL_SAFE_NO_PAD.decode(&cursor).expect("base64");
    let readable = String::from_utf8_lossy(&inside);
    assert!(!readable.contains("admin") && !readable.contains("test"), "{readable}");
    let same: Page<serde_json::Value> = admin.get("/accounts?limit=1").await.read_as();
    assert_eq!(same.next_cursor.as_deref(), Some(cursor.as_str()), "the same page has one body");
    for place in [0, inside.len() / 2, inside.len() - 1] {
        let mut forged = inside.clone();
        forged[place] ^= 1;
        let forged = URL_SAFE_NO_PAD.encode(forged);
        let answer = admin.get(&format!("/accounts?limit=1&cursor={forged}")).await;
        assert_problem(&answer, 400, "invalid_cursor");
    }
    let elsewhere = admin.get(&format!("/panel-candidates?cursor={cursor}")).await;
    assert_problem(&elsewhere, 400, "invalid_cursor");
    let next = admin.at(&other.address).get(&format!("/accounts?limit=1&cursor={cursor}")).await;
    let next: Page<serde_json::Value> = next.expect(200).read_as();
    assert_eq!(next.items[0]["display_name"], "lan", "another server of the same installation");
}

#[actix_web::test]
async fn a_chair_with_limits_sees_who_could_judge_within_them() {
    let app = TestApp::start().await;
    let within = |role: Role, province: &str| RoleGrant {
        role,
        organisation_id: None,
        province_code: Some(province.to_owned()),
    };
    let chair = app.signed_in("chair-92", &[within(Role::PanelChair, "92")]).await;
    let everywhere = app.signed_in("chair", &[role(Role::PanelChair)]).await;
    app.account("here", &[within(Role::Evaluator, "92")]).await;
    app.account("elsewhere", &[within(Role::Evaluator, "01")]).await;
    app.account("anywhere", &[role(Role::Evaluator)]).await;
    app.account("intake", &[role(Role::IntakeOfficer)]).await;
    let names = async |who: &crate::harness::Client| -> Vec<String> {
        let page: Page<PanelCandidate> = who.get("/panel-candidates").await.read_as();
        page.items.into_iter().map(|one| one.display_name).collect()
    };
    assert_eq!(names(&chair).await, ["anywhere", "chair", "chair-92", "here"]);
    assert_eq!(names(&everywhere).await, ["anywhere", "chair", "chair-92", "elsewhere", "here"]);
}
