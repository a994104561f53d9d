//! Which rows a client sees: those of its provinces and organisations, wherever it looks, and nothing else.

use nq57_shared::casework::CasePage;
use nq57_shared::products::Product;
use serde_json::{Value, json};

use super::{Agency, of_provinces, reader};
use crate::harness::{Client, assert_problem};
use crate::products::stories::{Portal, draft, draft_with};

pub async fn sent(portal: &Portal, title: &str, province: &str) -> Product {
    let draft = draft_with(&[("title", json!(title)), ("province_code", json!(province))]);
    let draft: Product = portal.company.post("/products", &draft).await.expect(201).read_as();
    portal.send(&portal.company, &draft, "submit").await.expect(200).read_as()
}

async fn cases(who: &Client, query: &str) -> CasePage {
    who.get(&format!("/cases?{query}")).await.expect(200).read_as()
}

async fn titles(who: &Client, query: &str) -> Vec<String> {
    cases(who, query).await.items.into_iter().map(|case| case.title).collect()
}

#[actix_web::test]
async fn a_client_of_one_province_sees_nothing_of_another_anywhere() {
    let portal = Portal::open().await;
    let app = &portal.app;
    for n in 0..3 {
        sent(&portal, &format!("Trạm mặn {n}"), "92").await;
    }
    let away = sent(&portal, "Trạm gió", "01").await;
    let agency = Agency::open(app).await;
    let all = ["products:read", "cases:read", "changes:read", "dossiers:read"];
    let here = agency.confirmed(&of_provinces(&all, &["92"])).await;
    let here = agency.caller(app, &here).await;
    let there = agency.confirmed(&of_provinces(&all, &["01"])).await;
    let there = agency.caller(app, &there).await;

    let page = cases(&here, "count=true").await;
    assert_eq!((page.items.len(), page.total), (3, Some(3)));
    let counted: u64 = page.counts.expect("counts").iter().map(|count| count.cases).sum();
    assert_eq!(counted, 3);
    let counted = page.provinces.as_deref().expect("provinces").iter();
    let counted: Vec<_> = counted.map(|one| (one.province_code.as_str(), one.count)).collect();
    assert_eq!(counted, [("92", 3)]);
    assert!(page.items.iter().all(|case| case.province_code.as_deref() == Some("92")));
    assert_eq!(titles(&there, "").await, ["Trạm gió"]);
    let code = away.code.clone().expect("a code");
    for query in ["province=01", "q=gio", &format!("q={code}"), "state=submitted&province=01"] {
        let page = cases(&here, &format!("{query}&count=true")).await;
        assert_eq!((page.items.len(), page.total), (0, Some(0)), "{query}");
        assert!(page.counts.expect("counts").is_empty(), "{query}");
        assert!(page.provinces.expect("provinces").is_empty(), "{query}");
    }
    // A cursor is of whoever got it.
    let first = cases(&here, "limit=1").await;
    let cursor = first.next_cursor.expect("there is more");
    assert_eq!(titles(&here, &format!("limit=2&cursor={cursor}")).await.len(), 2);
    for stranger in [&there, &portal.intake] {
        let stolen = stranger.get(&format!("/cases?limit=2&cursor={cursor}")).await;
        assert_problem(&stolen, 400, "invalid_cursor");
    }
    // By id there is nothing but what is public, wherever it belongs.
    for path in ["", "/versions", "/versions/1", "/versions/diff?from=1&to=1", "/history"] {
        let answer = here.get(&format!("/products/{}{path}", away.id)).await;
        assert_problem(&answer, 404, "not_found");
    }
    for working in ["mine=true", "working=true", "mine=true&state=submitted"] {
        assert_problem(&here.get(&format!("/products?{working}")).await, 403, "forbidden");
    }
    let handovers = here.get(&format!("/cases/{}/handovers", away.id)).await;
    assert_problem(&handovers, 403, "forbidden");
    assert_eq!(here.get("/products?count=true").await.json()["total"], 0);
}

#[actix_web::test]
async fn a_client_reads_what_everybody_reads() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let agency = Agency::open(&portal.app).await;
    let client = agency.caller(&portal.app, &agency.make(&reader()).await).await;
    let nobody = portal.app.client();
    for path in ["", "/versions", "/versions/1", "/history"] {
        let path = format!("/products/{}{path}", published.id);
        let [seen, public] = [client.get(&path).await, nobody.get(&path).await];
        assert_eq!(seen.expect(200).json(), public.expect(200).json(), "{path}");
    }
    for path in ["/products?count=true&facets=true", "/products/statistics"] {
        assert_eq!(client.get(path).await.json(), nobody.get(path).await.json(), "{path}");
    }
}

#[actix_web::test]
async fn no_row_is_named_is_none_and_less_holds_at_once() {
    let portal = Portal::open().await;
    sent(&portal, "Trạm mặn", "92").await;
    let agency = Agency::open(&portal.app).await;
    let nothing = agency.confirmed(&of_provinces(&["cases:read"], &[])).await;
    let nothing = agency.caller(&portal.app, &nothing).await;
    let page = cases(&nothing, "count=true").await;
    assert_eq!((page.items.len(), page.total), (0, Some(0)));

    let client = agency.confirmed(&of_provinces(&["cases:read"], &["92", "01"])).await;
    let caller = agency.caller(&portal.app, &client).await;
    assert_eq!(titles(&caller, "").await.len(), 1);
    agency.edit(&client, &json!({"provinces": ["01"]})).await.expect(200);
    assert_eq!(titles(&caller, "").await.len(), 0);
    // What was given up has to be confirmed again.
    agency.edit(&client, &json!({"provinces": ["92", "01"]})).await.expect(200);
    assert_eq!(titles(&caller, "").await.len(), 0);
    agency.send(&agency.admin, &client, "confirm").await.expect(200);
    assert_eq!(titles(&caller, "").await.len(), 1);
    agency.edit(&client, &json!({"scopes": ["products:read"]})).await.expect(200);
    assert_problem(&caller.get("/cases").await, 403, "scope_missing");
}

pub async fn sent_for(sender: &Client, organisation: &Agency, title: &str) {
    let mut draft = draft();
    draft["title"] = json!(title);
    let path = format!("/products?organisation_id={}", organisation.id);
    let draft: Product = sender.post(&path, &draft).await.expect(201).read_as();
    let events = format!("/products/{}/events", draft.id);
    let submit = json!({"event": "submit"});
    sender.send_event(&events, draft.revision.cast_signed(), &submit).await.expect(200);
}

#[actix_web::test]
async fn an_organisation_includes_what_is_below_it_today_and_leaves_out_the_clients_own() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let agency = Agency::open(app).await;
    let other = app.signed_in("other-manager", &[]).await;
    let below = Agency::of(agency.admin.clone(), other, "Trung tâm Ứng dụng").await;
    sent_for(&agency.manager, &agency, "Của chính mình").await;
    sent_for(&below.manager, &below, "Của đơn vị trực thuộc").await;
    let mut body = reader();
    body["scopes"] = json!(["cases:read"]);
    body["organisations"] = json!([agency.id]);
    let client = agency.confirmed(&body).await;
    let caller = agency.caller(app, &client).await;
    assert_eq!(titles(&caller, "").await.len(), 0, "who has sent it learns less than the register");

    let path = format!("/organisations/{}", below.id);
    let place = async |parent: Value| {
        let seen = agency.admin.get(&path).await.revision();
        agency.admin.patch(&path, seen, &json!({ "parent_id": parent })).await.expect(200);
    };
    place(json!(agency.id)).await;
    assert_eq!(titles(&caller, "").await, ["Của đơn vị trực thuộc"]);
    place(Value::Null).await;
    assert_eq!(titles(&caller, "").await.len(), 0);
}
