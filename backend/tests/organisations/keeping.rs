//! Entering, finding, editing and confirming organisations.

use nq57_shared::access::Role;
use nq57_shared::accounts::Account;
use nq57_shared::organisations::Organisation;
use nq57_shared::page::Page;
use nq57_shared::problem::FieldCode;
use reqwest::Method;
use serde_json::json;

use super::{enter, enterprise};
use crate::accounts::register;
use crate::harness::{TestApp, assert_problem, role};

fn names(page: &Page<Organisation>) -> Vec<&str> {
    page.items.iter().map(|one| one.name.as_str()).collect()
}

#[actix_web::test]
async fn the_founder_manages_what_was_entered() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let body = json!({
        "name": " Công ty  Đồng Bưng ", "kind": "enterprise", "tax_code": "0312345678", "province_code": "92",
    });
    let made = lan.post("/organisations", &body).await.expect(201);
    let organisation: Organisation = made.read_as();
    assert_eq!(
        (organisation.name.as_str(), organisation.is_verified),
        ("Công ty Đồng Bưng", false)
    );
    assert_eq!(made.header("location"), format!("/api/v1/organisations/{}", organisation.id));

    let me: Account = lan.get("/me").await.read_as();
    assert_eq!(me.organisations.len(), 1);
    assert!(me.organisations[0].is_manager);

    let read = app.client().get(&format!("/organisations/{}", organisation.id)).await;
    assert_eq!(read.read_as::<Organisation>(), organisation);
    assert_eq!(read.revision(), 1);

    let twice = json!({ "name": "Công ty khác", "kind": "enterprise", "tax_code": "0312345678" });
    let told = assert_problem(&lan.post("/organisations", &twice).await, 409, "already_exists");
    assert_eq!(told.errors[0].pointer, "/tax_code", "beside the field");
}

#[actix_web::test]
async fn a_repeated_request_enters_one_organisation() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let post = |body: serde_json::Value| {
        lan.call(Method::POST, "/organisations").idempotency_key("mot-lan").json(&body).send()
    };
    let first = post(enterprise("Viện Thử")).await.expect(201);
    let again = post(enterprise("Viện Thử")).await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(first.header("location"), again.header("location"));
    assert_problem(&post(enterprise("Viện Khác")).await, 422, "idempotency_key_reused");
    let page: Page<Organisation> = app.client().get("/organisations").await.read_as();
    assert_eq!(names(&page), ["Viện Thử"]);
}

#[actix_web::test]
async fn the_public_list_is_searched_without_diacritics_and_paged() {
    let app = TestApp::start().await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    for (name, kind, province) in [
        ("Công ty Đổi Mới", "enterprise", "01"),
        ("Viện Đổi Mới", "institute", "79"),
        ("Sở Khoa học", "department", "01"),
    ] {
        let code = (kind == "department").then_some("H26.01");
        let body = json!({ "name": name, "kind": kind, "province_code": province, "code": code });
        enter(&admin, &body).await;
    }
    let public = app.client();
    let get = |query: &'static str| {
        let public = public.clone();
        async move {
            public.get(&format!("/organisations{query}")).await.read_as::<Page<Organisation>>()
        }
    };
    assert_eq!(names(&get("?q=doi+moi").await), ["Công ty Đổi Mới", "Viện Đổi Mới"]);
    assert_eq!(names(&get("?q=m%E1%BB%9Bi%20vi").await), ["Viện Đổi Mới"]);
    assert!(names(&get("?q=%25").await).is_empty(), "a pattern is no word");
    assert_eq!(names(&get("?kind=institute").await), ["Viện Đổi Mới"]);
    assert_eq!(names(&get("?province=01").await), ["Công ty Đổi Mới", "Sở Khoa học"]);

    let first = get("?limit=2").await;
    let cursor = first.next_cursor.expect("there is more");
    let second: Page<Organisation> =
        public.get(&format!("/organisations?limit=2&cursor={cursor}")).await.read_as();
    assert_eq!(names(&second), ["Viện Đổi Mới"]);
    assert_eq!(second.next_cursor, None);
    let foreign = public.get(&format!("/organisations?q=vien&cursor={cursor}")).await;
    assert_problem(&foreign, 400, "invalid_cursor");
    for wrong in ["?limit=0", "?limit=101", "?kind=khac", "?la=1"] {
        let answer = public.get(&format!("/organisations{wrong}")).await;
        assert_problem(&answer, 400, "invalid_parameter");
    }
}

#[actix_web::test]
async fn only_managers_and_administrators_edit_with_the_revision_they_saw() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let stranger = app.signed_in("hung", &[role(Role::Publisher)]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let made =
        enter(&lan, &json!({ "name": "Viện Cũ", "kind": "institute", "province_code": "92" }))
            .await;
    let path = format!("/organisations/{}", made.id);
    let body = json!({ "name": "Viện Mới", "province_code": null });

    assert_problem(&app.client().patch(&path, 1, &body).await, 401, "unauthenticated");
    assert_problem(&stranger.patch(&path, 1, &body).await, 403, "forbidden");
    let blind = lan.call(Method::PATCH, &path).json(&body).send().await;
    assert_problem(&blind, 428, "revision_required");

    let edited = lan.patch(&path, 1, &body).await;
    let after: Organisation = edited.read_as();
    assert_eq!((after.name.as_str(), after.province_code.as_deref()), ("Viện Mới", None));
    assert_eq!(edited.revision(), 2);
    assert_problem(&lan.patch(&path, 1, &body).await, 412, "stale_revision");
    admin.patch(&path, 2, &json!({ "kind": "university" })).await.expect(200);
    let missing = format!("/organisations/{}", uuid::Uuid::nil());
    assert_problem(&admin.patch(&missing, 1, &body).await, 404, "not_found");
}

#[actix_web::test]
async fn an_administrator_confirms_and_whatever_a_manager_changes_needs_confirming_again() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let made = enter(&lan, &enterprise("Công ty A")).await;
    let (path, verify) =
        (format!("/organisations/{}", made.id), format!("/organisations/{}/verify", made.id));

    assert_problem(&lan.send_event(&verify, 1, &json!({})).await, 403, "forbidden");
    assert_problem(&admin.post(&verify, &json!({})).await, 428, "revision_required");
    let verified: Organisation = admin.send_event(&verify, 1, &json!({})).await.read_as();
    assert!(verified.is_verified);
    assert_problem(&admin.send_event(&verify, 1, &json!({})).await, 412, "stale_revision");

    let same: Organisation = lan.patch(&path, 2, &json!({ "name": "Công ty A" })).await.read_as();
    assert!(same.is_verified, "nothing has become another");
    let mut revision = 3;
    for change in [json!({ "name": "Bộ Giả" }), json!({ "province_code": "01" })] {
        let changed = lan.patch(&path, revision, &change).await.expect(200);
        assert!(!changed.read_as::<Organisation>().is_verified, "{change}");
        let again = admin.send_event(&verify, changed.revision(), &json!({})).await.expect(200);
        revision = again.revision();
    }
    let above = enter(&lan, &enterprise("Bộ Thật")).await;
    let kept = admin.patch(&path, revision, &json!({ "parent_id": above.id })).await;
    assert!(kept.read_as::<Organisation>().is_verified, "an administrator knows");

    let edits = format!("/audit?action=organisation.edited&subject_id={}", made.id);
    let audit = admin.get(&edits).await.expect(200).json();
    let changed = |place: usize| &audit["items"][place]["detail"]["changed"];
    assert_eq!(*changed(0), json!({ "parent_id": [null, above.id] }));
    assert_eq!(*changed(1), json!({ "province_code": [null, "01"], "is_verified": [true, false] }));
}

#[actix_web::test]
async fn what_only_the_server_can_know_to_be_wrong_is_named() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[role(Role::Administrator)]).await;
    let above = enter(&lan, &enterprise("Tập đoàn")).await;
    let below =
        enter(&lan, &json!({ "name": "Công ty con", "kind": "enterprise", "parent_id": above.id }))
            .await;
    let cases = [
        (json!({ "province_code": "00" }), "/province_code", FieldCode::UnknownValue),
        (json!({ "parent_id": uuid::Uuid::nil() }), "/parent_id", FieldCode::UnknownValue),
        (json!({ "parent_id": below.id }), "/parent_id", FieldCode::Inconsistent),
        (json!({ "tax_code": "12" }), "/tax_code", FieldCode::InvalidFormat),
        (json!({ "name": "" }), "/name", FieldCode::Required),
    ];
    for (body, pointer, code) in cases {
        let answer = lan.patch(&format!("/organisations/{}", above.id), 1, &body).await;
        let problem = assert_problem(&answer, 422, "validation_failed");
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code), (pointer, code));
    }
}

#[actix_web::test]
async fn an_unverified_address_cannot_enter_organisations() {
    let app = TestApp::start().await;
    register(&app, "moi@test.example", "mot-cau-de-nho", "Mới").await.expect(202);
    let found =
        nq57_backend::identity::accounts::credentials(&app.state.db, "moi@test.example").await;
    // It cannot sign in; were there a session all the same, it would not help.
    let unverified = app.sign_in(found.expect("read").expect("an account").id).await;
    let refused = unverified.post("/organisations", &enterprise("Công ty")).await;
    assert_problem(&refused, 403, "email_unverified");
    let anonymous = app.client().post("/organisations", &enterprise("Công ty")).await;
    assert_problem(&anonymous, 401, "unauthenticated");
}
