//! The HTML of a description is made when it is written; it goes with the text into versions and publications.

use nq57_backend::domains::products;
use nq57_shared::products::Product;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::stories::Portal;
use crate::harness::TestApp;

async fn execute(app: &TestApp, sql: &str) {
    app.state.db.execute_unprepared(sql).await.expect("executed");
    app.state.public_cache.drop_all();
}

#[actix_web::test]
async fn reads_show_what_was_rendered_when_it_was_written() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let published = portal.read(&portal.company, &published).await;
    for table in ["products", "product_publications"] {
        let html = format!("UPDATE {table} SET description_html = '<p>đã dựng sẵn</p>'");
        execute(&portal.app, &html).await;
    }
    let nobody = portal.app.client();
    for reader in [&portal.company, &nobody] {
        assert_eq!(portal.read(reader, &published).await.description_html, "<p>đã dựng sẵn</p>");
    }
    let revised: Product = portal.send(&portal.company, &published, "revise").await.read_as();
    let path = format!("/products/{}", revised.id);
    let change = json!({"title": "Tên khác"});
    let seen = revised.revision.cast_signed();
    let edited: Product = portal.company.patch(&path, seen, &change).await.read_as();
    assert_eq!(edited.description_html, "<p>đã dựng sẵn</p>", "another member was changed");
    let change = json!({"description": "Một **điều** mới.\n"});
    let seen = edited.revision.cast_signed();
    let edited: Product = portal.company.patch(&path, seen, &change).await.read_as();
    assert_eq!(edited.description_html, "<p>Một <strong>điều</strong> mới.</p>\n");
    let emptied = json!({"description": null});
    let seen = edited.revision.cast_signed();
    let emptied: Product = portal.company.patch(&path, seen, &emptied).await.read_as();
    assert_eq!((emptied.description_html.as_str(), emptied.content.description.as_str()), ("", ""));
    let back: Product = portal.send(&portal.company, &emptied, "discard_revision").await.read_as();
    assert_eq!(back.description_html, published.description_html, "as the version has it");
}

#[actix_web::test]
async fn what_older_rules_made_is_made_anew() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let published = portal.read(&portal.company, &published).await;
    for table in ["products", "product_versions", "product_publications"] {
        execute(&portal.app, &format!("UPDATE {table} SET description_html = '', renderer = 0"))
            .await;
    }
    products::render_anew(portal.app.state.clone()).await.expect("rendered");
    let nobody = portal.app.client();
    for reader in [&portal.company, &nobody] {
        let now = portal.read(reader, &published).await;
        assert_eq!(now.description_html, published.description_html);
        assert!(now.description_html.contains("<h2>Cách đo</h2>"), "{}", now.description_html);
    }
    let revised: Product = portal.send(&portal.company, &published, "revise").await.read_as();
    let back: Product = portal.send(&portal.company, &revised, "discard_revision").await.read_as();
    assert_eq!(back.description_html, published.description_html, "that of the sealed version");
}
