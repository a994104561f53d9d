//! Who may know of a product at all, and what never leaves.

use nq57_shared::products::{Product, ProductPage};
use serde_json::json;

use super::stories::{Portal, draft};
use crate::harness::assert_problem;

#[actix_web::test]
async fn a_draft_is_nobodys_business_but_its_authors() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let path = format!("/products/{}", draft.id);
    let stranger = portal.app.signed_in("stranger", &[]).await;
    for (who, client) in [
        ("anybody", &portal.app.client()),
        ("a stranger", &stranger),
        ("intake", &portal.intake),
        ("the publisher", &portal.publisher),
    ] {
        for part in ["", "/history", "/versions", "/versions/1", "/versions/diff?from=1&to=1"] {
            let answer = client.get(&format!("{path}{part}")).await;
            assert_eq!(answer.status, 404, "{who} {part}: {}", answer.text());
        }
        if who != "anybody" {
            let patch = client.patch(&path, 1, &json!({"trl": 1})).await;
            assert_problem(&patch, 404, "not_found");
            let event =
                client.send_event(&format!("{path}/events"), 1, &json!({"event": "submit"})).await;
            assert_problem(&event, 404, "not_found");
        }
    }
    let anonymous = portal.app.client().patch(&path, 1, &json!({"trl": 1})).await;
    assert_problem(&anonymous, 401, "unauthenticated");
}

#[actix_web::test]
async fn a_submission_is_seen_by_officials_of_its_province_alone() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let path = format!("/products/{}", submitted.id);
    let here = portal.intake_of("92").await;
    let elsewhere = portal.intake_of("01").await;
    let seen: Product = here.get(&path).await.expect(200).read_as();
    assert!(seen.content.owner.contact.is_some(), "officials reach the owner");
    assert_problem(&elsewhere.get(&path).await, 404, "not_found");
    let count = async |client: &crate::harness::Client| {
        let page: ProductPage = client.get("/products?working=true&count=true").await.read_as();
        page.total
    };
    portal.drafted().await;
    assert_eq!(count(&here).await, Some(1));
    assert_eq!(count(&elsewhere).await, Some(0));
    assert_eq!(count(&portal.publisher).await, Some(1), "without a limit, and no drafts");
    assert_eq!(count(&portal.company).await, Some(2), "one's own, drafts included");
    assert_eq!(count(&portal.evaluators[0]).await, Some(0));
    let evaluator = portal.evaluators[0].get(&path).await;
    assert_problem(&evaluator, 404, "not_found");
}

#[actix_web::test]
async fn a_member_of_the_panel_reads_what_is_to_be_scored() {
    let portal = Portal::open().await;
    let product = portal.under_evaluation().await;
    let path = format!("/products/{}", product.id);
    let seen: Product = portal.evaluators[0].get(&path).await.expect(200).read_as();
    assert!(seen.evaluation_id.is_some() && seen.allowed_events.is_empty());
    let own: Product = portal.company.get(&path).await.read_as();
    assert_eq!(own.evaluation_id, None, "the submitter does not know the evaluation");
}

#[actix_web::test]
async fn contact_data_is_in_no_public_body() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}", published.id);
    let stranger = portal.app.signed_in("stranger", &[]).await;
    for client in [&portal.app.client(), &stranger] {
        for part in [
            "",
            "?public=true",
            "/history",
            "/versions",
            "/versions/1",
            "/versions/diff?from=1&to=1",
        ] {
            let text = client.get(&format!("{path}{part}")).await.expect(200).text();
            for secret in ["contact", "lan@dong-bung.example", "0900 000 012", "\"secret"] {
                assert!(!text.contains(secret), "{secret} in {part}: {text}");
            }
        }
    }
    for list in ["/products", "/products?q=cam", "/products/statistics"] {
        let text = portal.app.client().get(list).await.expect(200).text();
        assert!(!text.contains("lan@dong-bung.example"));
    }
    let own = portal.company.get(&path).await.text();
    assert!(own.contains("lan@dong-bung.example"));
    let public = portal.company.get(&format!("{path}?public=true")).await.text();
    assert!(!public.contains("lan@dong-bung.example"));
    assert_eq!(public, portal.app.client().get(&path).await.text());
    let version = portal.company.get(&format!("{path}/versions/1")).await.text();
    assert!(version.contains("lan@dong-bung.example"), "one's own sealed version is whole");
}

#[actix_web::test]
async fn an_unverified_address_cannot_begin_a_draft() {
    let portal = Portal::open().await;
    let register = json!({
        "email": "new@test.example", "password": "một mật khẩu dài", "display_name": "Mới",
    });
    portal.app.client().post("/auth/register", &register).await.expect(202);
    let login = json!({"email": "new@test.example", "password": "một mật khẩu dài"});
    let answer = portal.app.client().post("/auth/login", &login).await;
    assert_problem(&answer, 403, "email_unverified");
    let found =
        nq57_backend::identity::accounts::credentials(&portal.app.state.db, "new@test.example")
            .await;
    // It cannot sign in; were there a session all the same, it would not help.
    let unverified = portal.app.sign_in(found.expect("read").expect("an account").id).await;
    assert_problem(&unverified.post("/products", &draft()).await, 403, "email_unverified");
}
