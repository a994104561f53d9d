//! Copies that are complete and current, and stay so whatever comes between.

use std::time::{Duration, Instant};

use nq57_platform::feed;
use nq57_shared::access::Role;
use nq57_shared::organisations::Organisation;
use reqwest::Method;
use serde_json::json;

use super::{Agency, Kind};
use crate::feed::{Mirror, Objects, put_many};
use crate::harness::{TestApp, role};
use crate::organisations::{enter, enterprise};
use crate::products::stories::Portal;

const KINDS: [Kind; 2] = [Kind::Database, Kind::Folder];

#[actix_web::test]
async fn a_first_copy_an_increment_and_an_un_publication() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let published = portal.published().await;
    app.sequenced().await;
    for kind in KINDS {
        let agency = Agency::new(kind, &app.address, &["product", "organisation", "reference"]);
        let first = agency.run(&["--json"]).await.expect(0).report();
        assert_eq!(first["types"]["product"]["upserts"], 1, "{first}");
        assert!(first["types"]["reference"]["upserts"].as_u64().expect("a number") > 100);
        assert_eq!(agency.ids("product").await, [published.id.to_string()]);
        let again = agency.run(&["--json"]).await.expect(0).report();
        assert_eq!((&again["upserts"], &again["deletes"]), (&json!(0), &json!(0)));
        agency.run(&["--verify", "--quiet"]).await.expect(0);

        let made: Organisation = enter(&portal.company, &enterprise("Công ty Một")).await;
        let seen = portal.read(&portal.publisher, &published).await;
        portal.send(&portal.publisher, &seen, "suspend").await.expect(200);
        app.sequenced().await;
        let more = agency.run(&["--json", "--verify"]).await.expect(0).report();
        assert_eq!((&more["upserts"], &more["deletes"]), (&json!(1), &json!(1)), "{more}");
        assert!(agency.ids("product").await.is_empty());
        assert!(agency.ids("organisation").await.contains(&made.id.to_string()));
        let seen = portal.read(&portal.publisher, &published).await;
        portal.send(&portal.publisher, &seen, "resume").await.expect(200);
        app.sequenced().await;
    }
}

#[actix_web::test]
async fn every_kind_of_mirror_is_the_source_row_by_row() {
    let portal = Portal::open().await;
    let app = &portal.app;
    portal.published().await;
    for name in ["Công ty Một", "Viện \"Hai\" & con", "Ba\u{2028}'; --"] {
        let _: Organisation = enter(&portal.company, &enterprise(name)).await;
    }
    app.sequenced().await;
    let types = ["product", "organisation", "reference", "reference_list"];
    let mut source = Mirror::of(&format!("types={}", types.join(",")));
    source.catch_up(&app.client()).await;
    for kind in [Kind::Database, Kind::Sqlite, Kind::Folder] {
        let agency = Agency::new(kind, &app.address, &types);
        agency.run(&["--verify"]).await.expect(0);
        let mut objects = Objects::new();
        for one in types {
            objects.extend(agency.objects(one).await);
        }
        assert!(objects.len() > 100);
        assert_eq!(objects, source.objects, "{kind:?}");
    }
}

#[actix_web::test]
async fn a_table_has_a_typed_column_for_each_member_and_the_data_as_they_came() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    portal.app.sequenced().await;
    let agency = Agency::new(Kind::Database, &portal.app.address, &["product"]);
    agency.run(&[]).await.expect(0);
    let columns = "SELECT title, trl, consent, sectors, province_code, revision, data, \
                   CAST(published_at AS TEXT) AS published FROM nq57_product";
    let row = agency.rows(columns).await.remove(0);
    let text = |name: &str| row.try_get::<String>("", name).expect("a text");
    assert_eq!(text("title"), published.content.title);
    assert_eq!(row.try_get::<i64>("", "trl").expect("a number"), 8);
    assert!(row.try_get::<bool>("", "consent").expect("yes or no"));
    assert_eq!(text("province_code"), "92");
    assert!(text("published").starts_with("2026-11-23"));
    let data: serde_json::Value = serde_json::from_str(&text("data")).expect("JSON");
    assert_eq!(data["code"], json!(published.code));
    if agency.is_sqlite() {
        assert_eq!(text("sectors"), r#"["agriculture","environment"]"#);
    } else {
        let counted = "SELECT jsonb_array_length(sectors) AS n FROM nq57_product";
        let row = agency.rows(counted).await.remove(0);
        assert_eq!(row.try_get::<i32>("", "n").expect("a number"), 2);
    }
    // A member that comes later has its column added, and filled from what is there.
    agency.execute("ALTER TABLE nq57_product DROP COLUMN title").await;
    agency.run(&[]).await.expect(0);
    let row = agency.rows("SELECT title FROM nq57_product").await.remove(0);
    assert_eq!(row.try_get::<String>("", "title").expect("filled"), published.content.title);
}

#[actix_web::test]
async fn a_source_that_was_restored_is_copied_anew_and_what_is_gone_is_dropped() {
    let app = TestApp::start().await;
    app.writes_behind_the_server();
    put_many(&app, 2_500).await;
    app.sequenced().await;
    for kind in KINDS {
        let agency = Agency::new(kind, &app.address, &["organisation"]);
        agency.run(&["--quiet"]).await.expect(0);
        assert_eq!(agency.ids("organisation").await.len(), 2_500);
        // A state of the database that knows fewer, and no number as great.
        use sea_orm::ConnectionTrait;
        for sql in [
            "DELETE FROM change WHERE seq > (SELECT seq - 500 FROM change_head)",
            "UPDATE change_head SET seq = seq - 500",
        ] {
            app.state.db.execute_unprepared(sql).await.expect("restored");
        }
        let anew = agency.run(&["--json", "--verify"]).await.expect(0).report();
        assert_eq!((&anew["upserts"], &anew["deletes"]), (&json!(2_000), &json!(0)), "{anew}");
        assert_eq!(agency.ids("organisation").await.len(), 2_000);
        feed::begin(&app.state).await.expect("begun");
        put_many(&app, 2_500).await;
        app.sequenced().await;
    }
}

#[actix_web::test]
async fn a_run_that_follows_has_changes_at_once_and_ends_when_it_is_asked_to() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let agency = Agency::new(Kind::Database, &app.address, &["organisation"]);
    agency.run(&[]).await.expect(0);
    let mut going = agency.spawn(&["--follow", "--quiet"]);
    crate::harness::until("it waits", async || app.state.feed.waiting() > 0).await;
    enter(&founder, &enterprise("Công ty Một")).await;
    app.sequenced().await;
    let began = Instant::now();
    crate::harness::until("it is there", async || agency.ids("organisation").await.len() == 1)
        .await;
    assert!(began.elapsed() < Duration::from_secs(10));
    // Nobody else writes to the copy meanwhile.
    let second = agency.run(&[]).await.expect(6);
    assert!(second.said.contains("locked"), "{second:?}");
    let id = going.0.id().to_string();
    let asked = std::process::Command::new("kill").args(["-TERM", &id]).status();
    assert!(asked.is_ok_and(|status| status.success()));
    let ended = tokio::task::spawn_blocking(move || going.0.wait()).await.expect("waited");
    assert_eq!(ended.expect("ended").code(), Some(0));
}

#[actix_web::test]
async fn a_grant_that_is_taken_and_given_back_empties_and_fills_the_copy() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let sent = portal.submitted().await;
    app.sequenced().await;
    let official = portal.intake_of("92").await;
    let agency = Agency::new(Kind::Database, &app.address, &["product_dossier"]);
    let key = agency.secret("key", official.token());
    agency.settle(
        &format!("key_file = \"{}\"", key.display()),
        "types = [\"product_dossier\"]\nprovinces = [\"92\"]\npatience_seconds = 2",
    );
    agency.run(&["--verify"]).await.expect(0);
    assert_eq!(agency.ids("product_dossier").await, [sent.id.to_string()]);
    let account = format!("/accounts/{}", official.account());
    let grants = admin.get(&account).await.json()["grants"].clone();
    let other = json!({"role": "intake_officer", "province_code": "01"});
    admin.post(&format!("{account}/grants"), &other).await;
    let path = format!("{account}/grants/{}", grants[0]["id"].as_str().expect("an id"));
    admin.call(Method::DELETE, &path).send().await;
    agency.run(&["--verify"]).await.expect(0);
    assert!(agency.ids("product_dossier").await.is_empty(), "what may not be read is dropped");
    let back = json!({"role": "intake_officer", "province_code": "92"});
    admin.post(&format!("{account}/grants"), &back).await;
    agency.run(&["--verify"]).await.expect(0);
    assert_eq!(agency.ids("product_dossier").await, [sent.id.to_string()]);
}

#[actix_web::test]
async fn other_types_make_another_copy_of_the_same_mirror() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    enter(&founder, &enterprise("Công ty Một")).await;
    app.sequenced().await;
    let agency = Agency::new(Kind::Database, &app.address, &["organisation"]);
    agency.run(&[]).await.expect(0);
    let all = agency.run(&["--json", "--verify", "--types", "reference_list"]).await.expect(0);
    assert!(all.report()["types"]["reference_list"]["upserts"].as_u64().expect("some") > 5);
    assert!(agency.ids("organisation").await.is_empty(), "it is not asked for any more");
}
