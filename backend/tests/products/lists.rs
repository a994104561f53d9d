//! The catalogue: search without diacritics, filters, facets, pages that hold while rows are added.

use nq57_shared::products::{FacetCount, Product, ProductPage};
use serde_json::{Value, json};

use super::stories::{Portal, draft_with};
use crate::harness::{Client, assert_problem};

/// A product with this title and these values, published.
async fn publish(portal: &Portal, title: &str, changes: &[(&str, Value)]) {
    let mut all = vec![("title", json!(title))];
    all.extend_from_slice(changes);
    portal.published_as(&draft_with(&all)).await;
    portal.app.advance(chrono::Duration::seconds(1));
}

/// Three products that differ in everything that can be filtered by.
async fn catalogue() -> Portal {
    let portal = Portal::open().await;
    publish(&portal, "Cảm biến mặn Lúa Trũng", &[]).await;
    publish(
        &portal,
        "Máy đo đường huyết An Khang",
        &[
            ("sectors", json!(["health"])),
            ("province_code", json!("01")),
            ("domain", json!("innovation")),
            ("kind", json!("solution")),
            ("maturity", json!("new")),
            ("trl", json!(4)),
            ("summary", json!("Đo không cần lấy máu, cho người cao tuổi ở nhà.")),
        ],
    )
    .await;
    publish(
        &portal,
        "Nền tảng truy xuất nông sản",
        &[
            ("sectors", json!(["agriculture", "trade-services"])),
            ("province_code", json!("01")),
            ("domain", json!("digital_transformation")),
            ("trl", json!(9)),
        ],
    )
    .await;
    portal
}

async fn titles(client: &Client, query: &str) -> Vec<String> {
    let page: ProductPage = client.get(&format!("/products{query}")).await.expect(200).read_as();
    page.items.into_iter().map(|item| item.title).collect()
}

#[actix_web::test]
async fn search_and_filters_find_what_they_name() {
    let portal = catalogue().await;
    let anybody = portal.app.client();
    let (sensor, meter, platform) =
        ("Cảm biến mặn Lúa Trũng", "Máy đo đường huyết An Khang", "Nền tảng truy xuất nông sản");
    for (query, found) in [
        ("", vec![platform, meter, sensor]),
        ("?q=cam+bien+man", vec![sensor]),
        ("?q=C%E1%BA%A3m+bi%E1%BA%BFn", vec![sensor]),
        ("?q=SP-2026-000002", vec![meter]),
        ("?q=SP2026000002", vec![meter]),
        ("?q=sp+2026+2", vec![meter]),
        ("?q=cam+xyz", vec![]),
        ("?q=%25", vec![]),
        ("?q=_", vec![]),
        ("?q=%E2%80%A6&sort=title", vec![]),
        ("?q=+", vec![platform, meter, sensor]),
        ("?sector=agriculture", vec![platform, sensor]),
        ("?sector=health&sector=trade-services", vec![platform, meter]),
        ("?province=01", vec![platform, meter]),
        ("?domain=innovation", vec![meter]),
        ("?kind=solution", vec![meter]),
        ("?maturity=deployed&province=01", vec![platform]),
        ("?trl_min=8", vec![platform, sensor]),
        ("?q=nong+san&province=92", vec![]),
        ("?sort=title", vec![sensor, meter, platform]),
        ("?sort=-updated_at&limit=1", vec![platform]),
    ] {
        assert_eq!(titles(&anybody, query).await, found, "{query}");
        assert_eq!(titles(&portal.intake, query).await, found, "signed in: {query}");
    }
}

#[actix_web::test]
async fn characters_without_a_word_find_and_count_nothing() {
    let portal = catalogue().await;
    let path = "/products?q=%25&count=true&facets=true";
    let page: ProductPage = portal.app.client().get(path).await.read_as();
    assert_eq!((page.items.len(), page.total), (0, Some(0)));
    assert!(page.facets.is_some_and(|facets| facets.sector.is_empty() && facets.kind.is_empty()));
}

#[actix_web::test]
async fn what_was_typed_with_marks_weighs_more() {
    let portal = Portal::open().await;
    publish(&portal, "Ma trận điểm", &[]).await;
    publish(&portal, "Má phanh gốm", &[]).await;
    publish(&portal, "Mạ kẽm điện", &[]).await;
    let anybody = portal.app.client();
    assert_eq!(titles(&anybody, "?q=ma").await.len(), 3);
    assert_eq!(
        titles(&anybody, "?q=m%C3%A1").await.first().map(String::as_str),
        Some("Má phanh gốm")
    );
}

#[actix_web::test]
async fn facets_count_under_all_filters_but_their_own() {
    let portal = catalogue().await;
    let path = "/products?province=01&facets=true&count=true";
    let page: ProductPage = portal.app.client().get(path).await.expect(200).read_as();
    assert_eq!(page.total, Some(2));
    let facets = page.facets.expect("asked for");
    let counts = |facet: &[FacetCount]| -> Vec<(String, u64)> {
        facet.iter().map(|count| (count.code.clone(), count.count)).collect()
    };
    assert_eq!(counts(&facets.province), [("01".into(), 2), ("92".into(), 1)]);
    assert_eq!(
        counts(&facets.sector),
        [("agriculture".into(), 1), ("health".into(), 1), ("trade-services".into(), 1)]
    );
    assert_eq!(counts(&facets.kind), [("product".into(), 1), ("solution".into(), 1)]);
    assert_eq!(
        counts(&facets.domain),
        [("digital_transformation".into(), 1), ("innovation".into(), 1)]
    );
    assert_eq!(counts(&facets.maturity), [("deployed".into(), 1), ("new".into(), 1)]);

    let page: ProductPage =
        portal.app.client().get("/products?q=do&sector=health&facets=true").await.read_as();
    assert_eq!(page.total, None, "only when asked");
    let facets = page.facets.expect("asked for");
    assert!(counts(&facets.sector).contains(&("health".into(), 1)));
    assert_eq!(counts(&facets.province), [("01".into(), 1)]);
}

#[actix_web::test]
async fn pages_hold_while_products_are_added() {
    let portal = catalogue().await;
    let anybody = portal.app.client();
    for sort in ["-published_at", "-updated_at", "title"] {
        let answer = anybody.get(&format!("/products?sort={sort}&limit=2")).await.expect(200);
        let first: ProductPage = answer.read_as();
        let cursor = first.next_cursor.clone().expect("more");
        let link = answer.header("link");
        assert!(link.contains(&format!("cursor={cursor}>; rel=\"next\"")), "{link}");
        publish(&portal, &format!("Bơm mới {sort}"), &[("province_code", json!("96"))]).await;
        let path = format!("/products?sort={sort}&limit=2&cursor={cursor}");
        let second: ProductPage = anybody.get(&path).await.expect(200).read_as();
        assert_eq!(second.items.iter().filter(|item| first.items.contains(item)).count(), 0);
        assert!(!second.items.is_empty());
    }
}

#[actix_web::test]
async fn a_whole_walk_meets_everything_once() {
    let portal = catalogue().await;
    for query in ["?limit=1", "?limit=1&q=do", "?limit=1&q=do&trl_min=1", "?limit=1&sort=title"] {
        let all = titles(&portal.app.client(), &query.replace("limit=1", "limit=100")).await;
        let mut met = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/products{query}{cursor}");
            let page: ProductPage = portal.app.client().get(&path).await.expect(200).read_as();
            met.extend(page.items.into_iter().map(|item| item.title));
            match page.next_cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(met, all, "{query}");
    }
}

#[actix_web::test]
async fn parameters_that_make_no_sense_are_400_with_their_name() {
    let portal = catalogue().await;
    let anybody = portal.app.client();
    let page: ProductPage = anybody.get("/products?limit=1").await.read_as();
    let cursor = page.next_cursor.expect("more");
    for query in [
        format!("cursor={cursor}&province=01"),
        format!("cursor={cursor}&sort=title"),
        "cursor=nonsense".to_owned(),
    ] {
        let answer = anybody.get(&format!("/products?{query}")).await;
        assert_problem(&answer, 400, "invalid_cursor");
    }
    for (query, name) in [
        ("colour=red", "colour"),
        ("limit=101", "limit"),
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("trl_min=12", "trl_min"),
        ("domain=magic", "domain"),
        ("sort=relevance", "sort"),
        ("sort=price", "sort"),
        ("state=draft", "state"),
        ("mine=true&facets=true", "facets"),
        ("sort=waiting", "sort"),
        ("working=true&sort=waiting", "sort"),
        ("mine=maybe", "mine"),
        ("domain=innovation=", "domain"),
        ("limit=2=", "limit"),
    ] {
        let problem = assert_problem(
            &anybody.get(&format!("/products?{query}")).await,
            400,
            "invalid_parameter",
        );
        assert_eq!(problem.errors[0].pointer, format!("#query/{name}"), "{query}");
    }
    assert_problem(&anybody.get("/products?mine=true").await, 401, "unauthenticated");
}

#[actix_web::test]
async fn a_value_that_ends_in_an_equals_sign_still_filters_and_an_empty_one_does_not() {
    let portal = catalogue().await;
    let anybody = portal.app.client();
    let found = async |query: &str| {
        let page: ProductPage = anybody.get(&format!("/products?{query}")).await.read_as();
        page.items.len()
    };
    let all = found("").await;
    assert!(all > 1);
    assert_eq!(found("province=01=").await, 0);
    assert_eq!(found("q=%3D%3Dnothing=").await, 0);
    for empty in ["province=", "q=", "count=", "limit=&cursor=", "&&province=&"] {
        assert_eq!(found(empty).await, all, "{empty}");
    }
}

#[actix_web::test]
async fn public_pages_are_served_with_a_tag_and_change_when_something_is_published() {
    let portal = catalogue().await;
    let anybody = portal.app.client();
    let first = anybody.get("/products?limit=1").await.expect(200);
    let tag = first.header("etag").to_owned();
    assert_eq!(first.header("cache-control"), "public, no-cache");
    let call = |tag: &str| {
        anybody.call(reqwest::Method::GET, "/products?limit=1").header("If-None-Match", tag).send()
    };
    let known = call(&tag).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    publish(&portal, "Bơm mới", &[]).await;
    let fresh = call(&tag).await.expect(200);
    assert_ne!(fresh.header("etag"), tag);
    let mine = portal.company.get("/products?mine=true").await.expect(200);
    assert_eq!(mine.header("cache-control"), "private, no-store");
}

#[actix_web::test]
async fn ones_own_list_shows_working_versions_and_filters_by_state() {
    let portal = catalogue().await;
    portal.drafted().await;
    portal.submitted().await;
    let count = async |query: &str| {
        let page: ProductPage =
            portal.company.get(&format!("/products?mine=true&count=true{query}")).await.read_as();
        assert_eq!(page.total, Some(page.items.len() as u64));
        page.items.len()
    };
    assert_eq!(count("").await, 5);
    assert_eq!(count("&state=draft").await, 1);
    assert_eq!(count("&state=draft&state=submitted").await, 2);
    assert_eq!(count("&q=cam+bien").await, 3);
    assert_eq!(count("&q=SP-2026-000004").await, 1);
    assert_eq!(count("&sector=health").await, 1);
    assert_eq!(count("&sort=-published_at&trl_min=9").await, 1);
    assert_eq!(count("&sort=title&kind=solution&domain=innovation&maturity=new").await, 1);
}

#[actix_web::test]
async fn ones_own_list_begins_with_what_waits_for_its_submitter() {
    let mut portal = Portal::open().await;
    asked(&portal, "Hỏi trước").await;
    named(&portal, "Nháp cũ").await;
    portal.app.advance(chrono::Duration::days(3));
    portal.people.company = portal.app.sign_in(portal.company.account()).await;
    portal.people.intake = portal.app.sign_in(portal.intake.account()).await;
    asked(&portal, "Hỏi sau").await;
    let sent = named(&portal, "Đã gửi").await;
    portal.send(&portal.company, &sent, "submit").await.expect(200);
    let withdrawn = named(&portal, "Đã rút").await;
    let withdrawn = portal.send(&portal.company, &withdrawn, "submit").await.read_as();
    portal.app.advance(chrono::Duration::minutes(1));
    portal.send(&portal.company, &withdrawn, "withdraw").await.expect(200);
    named(&portal, "Nháp mới").await;

    let wanted = ["Hỏi trước", "Hỏi sau", "Nháp mới", "Nháp cũ", "Đã rút", "Đã gửi"];
    let own = "?mine=true&sort=waiting";
    assert_eq!(titles(&portal.company, own).await, wanted);
    let mut met = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/products{own}&limit=1{cursor}");
        let page: ProductPage = portal.company.get(&path).await.expect(200).read_as();
        met.extend(page.items.into_iter().map(|item| item.title));
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(met, wanted, "page by page");
}

/// A draft of the company with this title.
async fn named(portal: &Portal, title: &str) -> Product {
    portal.app.advance(chrono::Duration::minutes(1));
    let draft = draft_with(&[("title", json!(title))]);
    portal.company.post("/products", &draft).await.expect(201).read_as()
}

/// A submission whose submitter is asked for information.
async fn asked(portal: &Portal, title: &str) {
    let draft = named(portal, title).await;
    let sent: Product = portal.send(&portal.company, &draft, "submit").await.expect(200).read_as();
    let judged = portal.judge(&sent, "ask").await;
    portal.send_at(&portal.intake, &sent, judged, "request_information").await.expect(200);
}
