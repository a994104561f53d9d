//! The office that handles a case is fixed by the first submission; the submitter cannot choose another one.

use nq57_shared::casework::WorkPage;
use nq57_shared::products::{Product, ProductPage};
use serde_json::json;

use super::stories::Portal;

/// Whether this product is in the page of a list.
fn lists(page: &ProductPage, product: &Product) -> bool {
    page.items.iter().any(|item| item.id == product.id)
}

#[actix_web::test]
async fn another_province_in_the_text_moves_no_case_to_another_office() {
    let portal = Portal::open().await;
    let (first, other) = (portal.intake_of("92").await, portal.intake_of("01").await);
    let submitted = portal.submitted().await;
    let asked = portal.judge(&submitted, "ask").await;
    let asked = portal.send_at(&portal.intake, &submitted, asked, "request_information").await;
    let asked: Product = asked.expect(200).read_as();
    assert_eq!(asked.competent_province.as_deref(), Some("92"));

    let path = format!("/products/{}", asked.id);
    let moved = json!({"province_code": "01"});
    let seen = portal.read(&portal.company, &asked).await.revision.cast_signed();
    let moved: Product = portal.company.patch(&path, seen, &moved).await.read_as();
    assert_eq!(moved.content.province_code.as_deref(), Some("01"), "the text may say so");
    for step in ["while it is changed", "once it is sent again"] {
        first.get(&path).await.expect(200);
        other.get(&path).await.expect(404);
        for (officer, sees) in [(&first, true), (&other, false)] {
            let page: ProductPage = officer.get("/products?working=true").await.read_as();
            assert_eq!(lists(&page, &asked), sees, "the list {step}");
        }
        if step == "while it is changed" {
            portal.send(&portal.company, &moved, "submit").await.expect(200);
        }
    }
    for (officer, has) in [(&first, true), (&other, false)] {
        let work: WorkPage = officer.get("/my-work").await.read_as();
        assert_eq!(work.items.iter().any(|item| item.case.id == asked.id.0), has);
    }
    let now = portal.read(&first, &asked).await;
    assert_eq!(now.competent_province.as_deref(), Some("92"));
}

#[actix_web::test]
async fn the_next_version_stays_with_the_office_that_knows_the_case() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let published = portal.read(&portal.company, &published).await;
    assert_eq!(portal.read(&portal.app.client(), &published).await.competent_province, None);
    let revised: Product = portal.send(&portal.company, &published, "revise").await.read_as();
    let path = format!("/products/{}", revised.id);
    let seen = revised.revision.cast_signed();
    let moved = json!({"province_code": "01", "title": "Phiên bản hai"});
    let moved: Product = portal.company.patch(&path, seen, &moved).await.read_as();
    portal.send(&portal.company, &moved, "submit").await.expect(200);
    portal
        .intake_of("92")
        .await
        .put(&format!("{path}/eligibility"), 0, &json!({"items": []}))
        .await
        .expect(412);
    let refused = portal
        .intake_of("01")
        .await
        .put(&format!("{path}/eligibility"), 0, &json!({"items": []}))
        .await;
    assert!(matches!(refused.status, 403 | 404), "{}", refused.text());
}
