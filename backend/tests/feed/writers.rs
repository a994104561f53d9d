//! What enters the feed when, and what never does.

use chrono::Duration;
use nq57_platform::feed;
use nq57_shared::access::Role;
use nq57_shared::organisations::Organisation;
use nq57_shared::products::Product;
use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::Mirror;
use crate::harness::{Client, TestApp, role};
use crate::organisations::handing_over::{ends, hand_over, provinces};
use crate::organisations::{enter, enterprise};
use crate::products::stories::Portal;

async fn pulled(
    portal: &Portal,
    mirror: &mut Mirror,
    client: &Client,
) -> Vec<(String, Option<String>)> {
    portal.app.sequenced().await;
    let before = mirror.changes.len();
    mirror.catch_up(client).await;
    let new = &mirror.changes[before..];
    new.iter().map(|one| (format!("{:?}", one.op).to_lowercase(), one.cause.clone())).collect()
}

fn upsert() -> Vec<(String, Option<String>)> {
    vec![("upsert".into(), None)]
}

#[actix_web::test]
async fn a_product_enters_when_it_is_published_changes_with_what_is_public_and_leaves_when_it_is_not()
 {
    let portal = Portal::open().await;
    let everybody = portal.app.client();
    let mut mirror = Mirror::of("types=product");
    let decided = portal.decided().await;
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await, []);
    let published = portal.publish(&decided).await;
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await, upsert());
    // What everybody reads of it, and nothing else.
    let page = everybody.get(&format!("/products/{}", published.id)).await.json();
    for (name, value) in mirror.data("product", published.id).as_object().expect("an object") {
        assert_eq!(page[name], *value, "{name}");
    }

    let honours = json!({"honours": [{"award": "Giải thưởng", "year": 2025}]});
    let path = format!("/products/{}", published.id);
    let seen = portal.publisher.get(&path).await.revision();
    portal.publisher.put(&format!("{path}/honours"), seen, &honours).await.expect(200);
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await, upsert());
    assert_eq!(mirror.data("product", published.id)["honours"][0]["award"], "Giải thưởng");

    // The next version is its author's until it is published.
    let product = portal.read(&portal.company, &published).await;
    let revised: Product = portal.send(&portal.company, &product, "revise").await.read_as();
    let revision = revised.revision.cast_signed();
    portal.company.patch(&path, revision, &json!({"title": "Tên mới"})).await.expect(200);
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await, []);

    let seen = portal.read(&portal.publisher, &published).await;
    portal.send(&portal.publisher, &seen, "suspend").await.expect(200);
    let gone = vec![("delete".to_owned(), Some("unpublished".to_owned()))];
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await, gone);
    assert!(mirror.objects.is_empty());
    let seen = portal.read(&portal.publisher, &published).await;
    portal.send(&portal.publisher, &seen, "resume").await.expect(200);
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await, upsert());
    mirror.assert_equal(&everybody).await;
    mirror.assert_in_order();
}

#[actix_web::test]
async fn a_dossier_tells_what_the_submitter_may_know_and_nothing_of_what_is_being_written() {
    let portal = Portal::open().await;
    let mut mirror = Mirror::of("types=product_dossier");
    let reader = portal.intake_of("92").await;
    let draft = portal.drafted().await;
    assert_eq!(pulled(&portal, &mut mirror, &reader).await, [], "never sent is nobody's business");
    let submitted: Product = portal.send(&portal.company, &draft, "submit").await.read_as();
    assert_eq!(pulled(&portal, &mut mirror, &reader).await, upsert());
    let dossier = mirror.data("product_dossier", draft.id);
    assert_eq!(
        (&dossier["state"], &dossier["holder"], &dossier["code"]),
        (&json!("submitted"), &json!("intake"), &json!(submitted.code))
    );
    assert_eq!(dossier["due_at"], json!(submitted.due_at));
    let text = dossier.to_string();
    for secret in ["Nguyễn Thị Lan", "lan@dong-bung", "Đồng Bưng", "secret"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }

    // While its submitter writes, officials' systems hear nothing of the text.
    let checked = portal.judge(&submitted, "ask").await;
    let asked = portal.send_at(&portal.intake, &submitted, checked, "request_information").await;
    let asked: Product = asked.expect(200).read_as();
    assert_eq!(pulled(&portal, &mut mirror, &reader).await, upsert());
    let path = format!("/products/{}", draft.id);
    let revision = asked.revision.cast_signed();
    portal.company.patch(&path, revision, &json!({"title": "Đang viết dở"})).await.expect(200);
    assert_eq!(pulled(&portal, &mut mirror, &reader).await, []);
    assert_eq!(mirror.data("product_dossier", draft.id)["title"], json!(draft.content.title));
    let seen = portal.read(&portal.company, &draft).await;
    let again: Product = portal.send(&portal.company, &seen, "submit").await.expect(200).read_as();
    assert_eq!(pulled(&portal, &mut mirror, &reader).await, upsert());
    assert_eq!(mirror.data("product_dossier", draft.id)["title"], "Đang viết dở");

    // What happens inside of an evaluation is not told.
    let accepted = portal.accept(&again).await;
    portal.evaluate(&accepted).await;
    pulled(&portal, &mut mirror, &reader).await;
    assert_eq!(mirror.data("product_dossier", draft.id)["holder"], "panel");
    mirror.assert_equal(&reader).await;
}

#[actix_web::test]
async fn a_recommendation_moves_no_dossier_before_the_decision() {
    let portal = Portal::open().await;
    let mut mirror = Mirror::of("types=product_dossier");
    let accepted = portal.accepted().await;
    pulled(&portal, &mut mirror, &portal.intake).await;
    portal.recommend(&accepted).await;
    assert_eq!(
        pulled(&portal, &mut mirror, &portal.intake).await,
        upsert(),
        "the evaluation began"
    );
    assert_eq!(mirror.data("product_dossier", accepted.id)["holder"], "panel");
    let seen = portal.read(&portal.publisher, &accepted).await;
    portal.send(&portal.publisher, &seen, "decide_publish").await.expect(200);
    assert_eq!(pulled(&portal, &mut mirror, &portal.intake).await, upsert());
    assert_eq!(mirror.data("product_dossier", accepted.id)["holder"], "publisher");
}

#[actix_web::test]
async fn organisations_and_entries_of_lists_come_with_every_change() {
    let portal = Portal::open().await;
    let (app, everybody) = (&portal.app, portal.app.client());
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let mut mirror = Mirror::of("types=organisation,reference,reference_list&limit=100000");
    pulled(&portal, &mut mirror, &everybody).await;
    assert!(mirror.ids("reference").contains(&"provinces/92"));
    assert_eq!(mirror.data("reference", "provinces/92")["list"], "provinces");

    let made: Organisation = enter(&portal.company, &enterprise("Công ty Một")).await;
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await, upsert());
    let path = format!("/organisations/{}", made.id);
    let seen = admin.get(&path).await.revision();
    admin.call(Method::POST, &format!("{path}/verify")).if_match(seen).send().await.expect(200);
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await, upsert());
    assert_eq!(mirror.data("organisation", made.id)["is_verified"], true);
    let other = enter(&portal.company, &enterprise("Công ty Hai")).await;
    let seen = admin.get(&path).await.revision();
    let became = json!({"successors": [{"organisation_id": other.id, "on": "2026-07-01"}]});
    admin.put(&format!("{path}/successors"), seen, &became).await.expect(200);
    assert_eq!(pulled(&portal, &mut mirror, &everybody).await.len(), 2);

    let seen = admin.get("/reference/sectors").await.revision();
    let entry = json!({"name": {"vi": "Nghề muối", "en": "Salt"}, "source": "Thử"});
    admin.put("/reference/sectors/salt", seen, &entry).await.expect(200);
    let told = pulled(&portal, &mut mirror, &everybody).await;
    assert_eq!(told.len(), 2, "the entry and the list, no other entry");
    assert_eq!(mirror.data("reference", "sectors/salt")["name"]["vi"], "Nghề muối");
    mirror.assert_equal(&everybody).await;
}

#[actix_web::test]
async fn who_asks_for_a_province_is_told_when_something_leaves_it_and_comes() {
    let portal = Portal::open().await;
    let everybody = portal.app.client();
    let admin = portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
    let mut here = Mirror::of("types=organisation&province=92");
    let mut there = Mirror::of("types=organisation&province=01");
    let mut both = Mirror::of("types=organisation&province=01,92");
    let mut body = enterprise("Công ty Một");
    body["province_code"] = json!("92");
    let made = enter(&portal.company, &body).await;
    assert_eq!(pulled(&portal, &mut here, &everybody).await, upsert());
    assert_eq!(pulled(&portal, &mut there, &everybody).await, []);
    assert_eq!(pulled(&portal, &mut both, &everybody).await, upsert());
    let path = format!("/organisations/{}", made.id);
    let seen = admin.get(&path).await.revision();
    admin.patch(&path, seen, &json!({"province_code": "01"})).await.expect(200);
    let left = vec![("delete".to_owned(), Some("out_of_scope".to_owned()))];
    assert_eq!(pulled(&portal, &mut here, &everybody).await, left);
    assert_eq!(pulled(&portal, &mut there, &everybody).await, upsert());
    assert_eq!(pulled(&portal, &mut both, &everybody).await, upsert(), "it is still there");
    for mirror in [&mut here, &mut there, &mut both] {
        mirror.assert_equal(&everybody).await;
    }
    // What has no province is in every answer.
    let mut lists = Mirror::of("types=organisation,reference_list&province=92");
    lists.catch_up(&everybody).await;
    assert!(lists.ids("organisation").is_empty() && lists.ids("reference_list").len() > 5);
    let mut all = Mirror::of("province=92&limit=100000");
    all.assert_equal(&everybody).await;
    assert!(!all.ids("reference").is_empty() && all.ids("organisation").is_empty());
}

#[actix_web::test]
async fn a_case_that_goes_over_leaves_the_copy_of_one_office_and_comes_into_that_of_the_other() {
    let portal = Portal::open().await;
    let admin = portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
    let (old, new) = (portal.intake_of("92").await, portal.intake_of("01").await);
    let waiting = portal.submitted().await;
    let mut here = Mirror::of("types=product_dossier");
    let mut there = here.clone();
    assert_eq!(pulled(&portal, &mut here, &old).await, upsert());
    assert_eq!(pulled(&portal, &mut there, &new).await, []);
    ends(&admin, "92").await;
    portal.app.advance(Duration::days(1));
    let admin = portal.app.sign_in(admin.account()).await;
    let (old, new) =
        (portal.app.sign_in(old.account()).await, portal.app.sign_in(new.account()).await);
    assert_eq!(hand_over(&admin, &provinces("92", "01")).await, (1, 0));
    let left = vec![("delete".to_owned(), Some("out_of_scope".to_owned()))];
    assert_eq!(pulled(&portal, &mut here, &old).await, left);
    assert_eq!(pulled(&portal, &mut there, &new).await, upsert());
    assert_eq!(there.data("product_dossier", waiting.id)["competent_province"], "01");
}

#[actix_web::test]
async fn a_writer_that_forgets_the_feed_is_found_and_put_right() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let made = [
        enter(&founder, &enterprise("Công ty Một")).await,
        enter(&founder, &enterprise("Công ty Hai")).await,
    ];
    app.sequenced().await;
    assert_eq!(app.differences(), []);
    let mut mirror = Mirror::of("types=organisation");
    mirror.catch_up(&app.client()).await;
    app.writes_behind_the_server();
    for sql in [
        format!("UPDATE organisations SET name = 'Tên khác' WHERE name = '{}'", made[0].name),
        format!("UPDATE organisations SET province_code = '92' WHERE name = '{}'", made[1].name),
        "DELETE FROM reference_entries WHERE list = 'trl' AND code = '9'".to_owned(),
        "DELETE FROM change WHERE type = 'reference' AND object_id = 'trl/8'".to_owned(),
    ] {
        app.state.db.execute_unprepared(&sql).await.expect("written");
    }
    let mut found: Vec<_> =
        app.differences().into_iter().map(|one| (one.kind, one.id, one.what)).collect();
    found.sort();
    let mut expected = vec![
        ("organisation", made[0].id.to_string(), "stands in the feed as it was"),
        ("organisation", made[1].id.to_string(), "stands in the feed for others"),
        ("reference", "trl/8".to_owned(), "is missing in the feed"),
        ("reference", "trl/9".to_owned(), "stands in the feed and should not"),
    ];
    expected.sort();
    assert_eq!(found, expected);
    let kinds: Vec<_> = app.state.registry.feed().collect();
    let mut repaired = 0;
    for kind in kinds {
        repaired += feed::rebuild(&app.state, kind).await.expect("rebuilt");
    }
    assert_eq!(repaired, 4);
    assert_eq!(app.differences(), []);
    mirror.assert_equal(&app.client()).await;
    assert_eq!(mirror.data("organisation", made[0].id)["name"], "Tên khác");
}
