//! What clients copy by the change feed: what everybody reads and the dossiers of their rows, followed through every change
//! of their access while a copy is half made.

use nq57_shared::clients::{ApiClient, ClientToken};
use nq57_shared::feed::{ChangeSummary, Operation};
use serde_json::{Value, json};

use super::rows::{sent, sent_for};
use super::tokens::ask;
use super::{Agency, of_provinces, reader, with};
use crate::feed::Mirror;
use crate::harness::{Client, TestApp, assert_problem};
use crate::products::stories::Portal;

const DOSSIERS: &str = "types=product_dossier";
const COPIES: [&str; 2] = ["changes:read", "dossiers:read"];

/// Three cases of 92 and two of 01.
async fn with_cases() -> (Portal, Agency) {
    let portal = Portal::open().await;
    for (n, province) in ["92", "01", "92", "01", "92"].into_iter().enumerate() {
        sent(&portal, &format!("Trạm {n}"), province).await;
    }
    let agency = Agency::open(&portal.app).await;
    portal.app.sequenced().await;
    (portal, agency)
}

/// The provinces of the dossiers in a copy.
fn provinces(mirror: &Mirror) -> Vec<String> {
    let ids = mirror.ids("product_dossier").into_iter();
    let province = |id| mirror.data("product_dossier", id)["competent_province"].clone();
    let mut all: Vec<String> =
        ids.map(|id| province(id).as_str().expect("a province").to_owned()).collect();
    all.sort_unstable();
    all
}

async fn live(who: &Client, query: &str) -> Vec<(String, u64)> {
    let said: ChangeSummary =
        who.get(&format!("/changes/summary{query}")).await.expect(200).read_as();
    let some = said.types.into_iter().filter(|one| one.kind.starts_with("product"));
    some.map(|one| (one.kind, one.live)).collect()
}

#[actix_web::test]
async fn a_client_copies_the_dossiers_of_its_rows_and_no_others() {
    let (portal, agency) = with_cases().await;
    let app = &portal.app;
    let here = agency.confirmed(&of_provinces(&COPIES, &["92"])).await;
    let here = agency.caller(app, &here).await;
    let there = agency.confirmed(&of_provinces(&COPIES, &["01"])).await;
    let there = agency.caller(app, &there).await;
    let mut mirror = Mirror::of(DOSSIERS);
    mirror.assert_equal(&here).await;
    assert_eq!(provinces(&mirror), ["92", "92", "92"]);
    assert_eq!(live(&here, "").await, [("product".into(), 0), ("product_dossier".into(), 3)]);
    let mut elsewhere = Mirror::of("types=product_dossier&province=01");
    elsewhere.assert_equal(&here).await;
    assert!(elsewhere.objects.is_empty() && elsewhere.changes.is_empty());
    assert_eq!(live(&here, "?province=01").await[1].1, 0);
    // A cursor is of whoever got it, and an answer is kept by nobody.
    for stranger in [&there, &portal.intake] {
        assert_problem(&stranger.get(&mirror.path()).await, 400, "invalid_cursor");
    }
    let answer = here.get(&mirror.path()).await.expect(200);
    assert!(!answer.header("cache-control").contains("public"));

    // Nothing named is nothing seen.
    let nothing = agency.confirmed(&of_provinces(&COPIES, &[])).await;
    let mut empty = Mirror::of(DOSSIERS);
    empty.assert_equal(&agency.caller(app, &nothing).await).await;
    assert!(empty.changes.is_empty());
}

#[actix_web::test]
async fn each_of_the_two_scopes_is_asked_for() {
    let (portal, agency) = with_cases().await;
    let app = &portal.app;
    let public = agency.confirmed(&of_provinces(&["changes:read"], &["92"])).await;
    let public = agency.caller(app, &public).await;
    for path in ["/changes", "/changes/summary"] {
        let refused = public.get(&format!("{path}?{DOSSIERS}")).await;
        let problem = assert_problem(&refused, 403, "scope_missing");
        assert!(problem.detail.is_some_and(|text| text.contains("dossiers:read")));
    }
    let mut mirror = Mirror::of("limit=100000");
    mirror.assert_equal(&public).await;
    assert!(mirror.ids("product_dossier").is_empty(), "not even by the way");
    assert!(!mirror.ids("province").is_empty() || !mirror.objects.is_empty());
    assert_eq!(live(&public, "").await, [("product".into(), 0)]);

    let other = agency.confirmed(&of_provinces(&["dossiers:read"], &["92"])).await;
    let other = agency.caller(app, &other).await;
    for path in ["/changes", "/changes/summary", "/changes/schema"] {
        let problem = assert_problem(&other.get(path).await, 403, "scope_missing");
        assert!(problem.detail.is_some_and(|text| text.contains("changes:read")), "{path}");
    }
}

async fn give(agency: &Agency, client: &ApiClient, patch: Value) {
    let changed: ApiClient = agency.edit(client, &patch).await.expect(200).read_as();
    if changed.awaits_confirmation {
        agency.send(&agency.admin, client, "confirm").await.expect(200);
    }
}

#[actix_web::test]
async fn a_copy_that_is_half_made_follows_what_is_taken_and_given_back() {
    let (portal, agency) = with_cases().await;
    let app = &portal.app;
    let client = agency.confirmed(&of_provinces(&COPIES, &["92", "01"])).await;
    let caller = agency.caller(app, &client).await;
    for (limit, before) in [(1, 1), (1, 3), (2, 2), (100, 1)] {
        give(&agency, &client, json!({"provinces": ["92", "01"]})).await;
        let mut mirror = Mirror::of(&format!("{DOSSIERS}&limit={limit}"));
        for _ in 0..before {
            mirror.pull(&caller).await;
        }
        // Taken.
        give(&agency, &client, json!({"provinces": ["92"]})).await;
        mirror.pull(&caller).await;
        // Something moves while the copy is being led over.
        sent(&portal, "Trạm mới", "01").await;
        sent(&portal, "Trạm mới", "92").await;
        app.sequenced().await;
        mirror.assert_equal(&caller).await;
        assert!(provinces(&mirror).iter().all(|one| one == "92"), "{:?}", provinces(&mirror));
        let dropped = mirror.changes.iter().filter(|one| one.op == Operation::Delete);
        assert!(dropped.clone().all(|one| one.cause.as_deref() == Some("out_of_scope")));
        // Given back, and taken again before it was followed.
        give(&agency, &client, json!({"provinces": ["92", "01"]})).await;
        mirror.pull(&caller).await;
        give(&agency, &client, json!({"provinces": ["01"]})).await;
        mirror.pull(&caller).await;
        give(&agency, &client, json!({"provinces": ["92", "01"]})).await;
        mirror.assert_equal(&caller).await;
        let all = provinces(&mirror);
        assert!(all.iter().any(|one| one == "92") && all.iter().any(|one| one == "01"));
        assert_eq!(mirror.resets, 0, "nothing is copied anew");
    }
}

#[actix_web::test]
async fn a_scope_that_is_taken_takes_its_type_out_of_the_copy() {
    let (portal, agency) = with_cases().await;
    let client = agency.confirmed(&of_provinces(&COPIES, &["92"])).await;
    let caller = agency.caller(&portal.app, &client).await;
    let mut mirror = Mirror::of("limit=100000");
    mirror.assert_equal(&caller).await;
    let public = mirror.objects.len() - 3;
    assert_eq!(provinces(&mirror).len(), 3);
    give(&agency, &client, json!({"scopes": ["changes:read"]})).await;
    mirror.assert_equal(&caller).await;
    assert_eq!(mirror.objects.len(), public);
    give(&agency, &client, json!({"scopes": COPIES})).await;
    mirror.assert_equal(&caller).await;
    assert_eq!((provinces(&mirror).len(), mirror.resets), (3, 0));
    // Without the other one it is told why there is nothing more.
    give(&agency, &client, json!({"scopes": ["dossiers:read"]})).await;
    assert_problem(&caller.get(&mirror.path()).await, 403, "scope_missing");
}

#[actix_web::test]
async fn a_token_of_fewer_scopes_takes_no_more_out_than_it_opens() {
    let (portal, agency) = with_cases().await;
    let app = &portal.app;
    let client = agency.confirmed(&of_provinces(&COPIES, &["92"])).await;
    let secret = agency.secret(&client, "client_secret").await.secret;
    let mut mirror = Mirror::of("limit=100000");
    mirror.assert_equal(&agency.caller(app, &client).await).await;
    let id = client.id.to_string();
    for (scope, dossiers) in [("changes:read", 0), ("changes:read dossiers:read", 3)] {
        let form = format!("grant_type=client_credentials&scope={}", scope.replace(' ', "+"));
        let token: ClientToken = ask(app, Some((&id, &secret)), &form).await.expect(200).read_as();
        mirror.assert_equal(&with(app, &token.access_token)).await;
        assert_eq!((provinces(&mirror).len(), mirror.resets), (dossiers, 0), "{scope}");
    }
}

#[actix_web::test]
async fn what_moves_below_its_organisation_is_copied_anew() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let agency = Agency::open(app).await;
    let other = app.signed_in("other-manager", &[]).await;
    let below = Agency::of(agency.admin.clone(), other, "Trung tâm Ứng dụng").await;
    sent_for(&below.manager, &below, "Của đơn vị trực thuộc").await;
    let mut body = reader();
    body["scopes"] = json!(COPIES);
    body["organisations"] = json!([agency.id]);
    let client = agency.confirmed(&body).await;
    let caller = agency.caller(app, &client).await;
    let mut mirror = Mirror::of(DOSSIERS);
    let follow = async |mirror: &mut Mirror, parent: Value| {
        let path = format!("/organisations/{}", below.id);
        let seen = agency.admin.get(&path).await.revision();
        agency.admin.patch(&path, seen, &json!({ "parent_id": parent })).await.expect(200);
        app.sequenced().await;
        mirror.assert_equal(&caller).await;
        (mirror.objects.len(), mirror.resets)
    };
    app.sequenced().await;
    mirror.assert_equal(&caller).await;
    assert!(mirror.objects.is_empty());
    // What stood below before nobody knows any more.
    assert_eq!(follow(&mut mirror, json!(agency.id)).await, (1, 1));
    assert_eq!(follow(&mut mirror, Value::Null).await, (0, 2));
}

#[actix_web::test]
async fn a_client_that_was_stopped_reads_no_change() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.confirmed(&of_provinces(&COPIES, &["92"])).await;
    let caller = agency.caller(&app, &client).await;
    let mut mirror = Mirror::of("");
    mirror.catch_up(&caller).await;
    agency.send(&agency.manager, &client, "suspend").await.expect(200);
    assert_problem(&caller.get(&mirror.path()).await, 401, "client_suspended");
    agency.send(&agency.manager, &client, "resume").await.expect(200);
    mirror.assert_equal(&caller).await;
    assert_eq!(mirror.resets, 0);
}
