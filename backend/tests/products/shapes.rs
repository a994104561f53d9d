//! The bodies as third parties see them: a change of a name or a type shows here first.

use super::stories::Portal;

macro_rules! assert_shape {
    ($name:literal, $body:expr) => {
        insta::assert_json_snapshot!($name, $body, {
            ".**.id" => "[id]",
            ".**.fingerprint" => "[fingerprint]",
            ".**.secret" => "[secret]",
            ".**.organisation_id" => "[id]",
            ".**.evaluation_id" => "[id]",
            ".**.opens" => "[id]",
            ".**.next_cursor" => "[cursor]",
        });
    };
}

#[actix_web::test]
async fn a_product_has_this_shape() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}", published.id);
    assert_shape!(
        "product_for_the_public",
        portal.app.client().get(&path).await.expect(200).json()
    );
    assert_shape!("product_for_its_owner", portal.company.get(&path).await.expect(200).json());
}

#[actix_web::test]
async fn lists_have_this_shape() {
    let portal = Portal::open().await;
    portal.published().await;
    portal.submitted().await;
    let list = portal.app.client().get("/products?count=true&facets=true").await.expect(200).json();
    assert_shape!("public_list", list);
    let work = portal.intake.get("/my-work?count=true").await.expect(200).json();
    assert_shape!("work_list", work);
    assert_shape!("register", portal.intake.get("/cases?count=true").await.expect(200).json());
}
