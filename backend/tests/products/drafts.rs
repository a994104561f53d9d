//! Writing a draft: what is kept, what is refused, and two people who write at once.

use nq57_shared::products::draft::OwnerType;
use nq57_shared::products::{Product, ProductPage};
use serde_json::{Value, json};

use super::stories::{Portal, draft, draft_with};
use crate::harness::{TestApp, assert_problem};

#[actix_web::test]
async fn title_kind_and_domain_are_enough_to_begin() {
    let app = TestApp::start().await;
    let company = app.signed_in("company", &[]).await;
    let begun = json!({"title": "  Lúa   Trũng ", "kind": "solution", "domain": "innovation"});
    let answer = company.post("/products", &begun).await.expect(201);
    let made: Product = answer.read_as();
    assert_eq!(made.content.title, "Lúa Trũng");
    assert_eq!(answer.header("location"), format!("/api/v1/products/{}", made.id));
    assert_eq!(answer.revision(), 1);
    assert_eq!(made.refused_events.len(), 1);
    assert_eq!(made.refused_events[0].code, "draft_incomplete");
}

#[actix_web::test]
async fn every_wrong_value_is_named_at_once_and_nothing_is_written() {
    let app = TestApp::start().await;
    let company = app.signed_in("company", &[]).await;
    let wrong = draft_with(&[
        ("title", json!("")),
        ("sectors", json!(["agriculture", "nonsense", "agriculture"])),
        ("trl", json!(12)),
        ("links", json!(["javascript:alert(1)"])),
        ("province_code", json!("00")),
    ]);
    let problem =
        assert_problem(&company.post("/products", &wrong).await, 422, "validation_failed");
    let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/title", "/sectors/2", "/trl", "/links/0"]);
    let unknown = draft_with(&[
        ("sectors", json!(["agriculture", "nonsense"])),
        ("province_code", json!("00")),
        ("strategic_technology", json!("x")),
    ]);
    let problem =
        assert_problem(&company.post("/products", &unknown).await, 422, "validation_failed");
    let found: Vec<_> = problem.errors.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
    let unknown = nq57_shared::problem::FieldCode::UnknownValue;
    assert_eq!(
        found,
        [("/sectors/1", unknown), ("/province_code", unknown), ("/strategic_technology", unknown)]
    );
    let list: ProductPage = company.get("/products?mine=true").await.read_as();
    assert!(list.items.is_empty());
}

#[actix_web::test]
async fn bodies_that_cannot_be_read_are_400_with_their_place() {
    let app = TestApp::start().await;
    let company = app.signed_in("company", &[]).await;
    for (changes, pointer) in [
        (("colour", json!("red")), "/colour"),
        (("trl", json!("eight")), "/trl"),
        (("owner", json!({"type": "person", "age": 3})), "/owner/age"),
    ] {
        let problem = assert_problem(
            &company.post("/products", &draft_with(&[changes])).await,
            400,
            "malformed_body",
        );
        assert_eq!(problem.errors[0].pointer, pointer);
    }
    let missing = json!({"title": "Lúa", "kind": "product"});
    let problem =
        assert_problem(&company.post("/products", &missing).await, 422, "validation_failed");
    assert_eq!(problem.errors[0].pointer, "/domain");
}

#[actix_web::test]
async fn a_retried_create_makes_one_draft() {
    let app = TestApp::start().await;
    let company = app.signed_in("company", &[]).await;
    let create = |body: Value, key: &'static str| {
        company.call(reqwest::Method::POST, "/products").idempotency_key(key).json(&body).send()
    };
    let first: Product = create(draft(), "one").await.expect(201).read_as();
    let second = create(draft(), "one").await.expect(201);
    assert_eq!(second.read_as::<Product>(), first);
    assert_eq!(second.revision(), 1);
    let other = create(draft_with(&[("trl", json!(3))]), "one").await;
    assert_problem(&other, 422, "idempotency_key_reused");
    create(draft(), "two").await.expect(201);
    let list: ProductPage = company.get("/products?mine=true&count=true").await.read_as();
    assert_eq!(list.total, Some(2));
}

#[actix_web::test]
async fn a_patch_changes_what_it_names_and_empties_what_is_null() {
    let portal = Portal::open().await;
    let before = portal.drafted().await;
    let path = format!("/products/{}", before.id);
    let patch = json!({
        "trl": 9,
        "strategic_technology": null,
        "maturity": null,
        "links": [],
        "owner": {"type": "person", "tax_code": null, "contact": {"phone": "0911 111 111"}},
    });
    let answer = portal.company.patch(&path, 1, &patch).await.expect(200);
    assert_eq!(answer.revision(), 2);
    let after: Product = answer.read_as();
    assert_eq!((after.content.trl, after.content.maturity), (Some(9), None));
    assert!(after.content.links.is_empty());
    let owner = &after.content.owner;
    assert_eq!((owner.kind, owner.tax_code.as_deref()), (OwnerType::Person, None));
    assert_eq!(owner.name, before.content.owner.name);
    let contact = owner.contact.as_ref().expect("one's own contact");
    assert_eq!((contact.phone.as_str(), contact.name.as_str()), ("0911 111 111", "Nguyễn Thị Lan"));
    assert_eq!(after.content.summary, before.content.summary);

    let same = portal.company.patch(&path, 2, &patch).await.expect(200);
    assert_eq!(same.revision(), 2, "a patch that changes nothing keeps the revision");
}

#[actix_web::test]
async fn a_patch_cannot_do_what_a_draft_cannot() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let path = format!("/products/{}", draft.id);
    for (patch, status, code, pointer) in [
        (json!({"title": null}), 422, "validation_failed", "/title"),
        (json!({"state": "published"}), 400, "malformed_body", "/state"),
        (
            json!({"owner": {"contact": {"email": "nobody"}}}),
            422,
            "validation_failed",
            "/owner/contact/email",
        ),
        (json!({"sectors": ["nonsense"]}), 422, "validation_failed", "/sectors/0"),
        (json!({"kind": "thing"}), 422, "validation_failed", "/kind"),
    ] {
        let problem = assert_problem(&portal.company.patch(&path, 1, &patch).await, status, code);
        assert_eq!(problem.errors[0].pointer, pointer, "{patch}");
    }
    let list = portal.company.patch(&path, 1, &json!(["title"])).await;
    assert_problem(&list, 400, "malformed_body");
    assert_eq!(portal.read(&portal.company, &draft).await.revision, 1);
}

#[actix_web::test]
async fn the_second_of_two_writers_is_told() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let path = format!("/products/{}", draft.id);
    let patches = [json!({"trl": 5}), json!({"trl": 6})];
    let (one, two) = tokio::join!(
        portal.company.patch(&path, 1, &patches[0]),
        portal.company.patch(&path, 1, &patches[1]),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let late = portal.company.patch(&path, 1, &patches[0]).await;
    assert_problem(&late, 412, "stale_revision");
    let blind = portal.company.call(reqwest::Method::PATCH, &path).json(&patches[0]).send().await;
    assert_problem(&blind, 428, "revision_required");
}

#[actix_web::test]
async fn members_of_an_organisation_share_its_drafts() {
    let portal = Portal::open().await;
    let founder = portal.app.signed_in("founder", &[]).await;
    let body = json!({"name": "Công ty Đồng Bưng", "kind": "enterprise", "tax_code": "0312345678"});
    let organisation = founder.post("/organisations", &body).await.expect(201).json();
    let founder = portal.app.sign_in(founder.account()).await;
    let made: Product = founder.post("/products", &draft()).await.expect(201).read_as();
    assert_eq!(
        made.organisation_id.map(|id| id.to_string()).as_deref(),
        organisation["id"].as_str()
    );
    let path = format!("/products?organisation_id={}", organisation["id"].as_str().expect("an id"));
    let problem =
        assert_problem(&portal.company.post(&path, &draft()).await, 400, "invalid_parameter");
    assert_eq!(problem.errors[0].pointer, "#query/organisation_id");
}
