//! A database that was restored is another history from there on: who read beyond copies anew, and nobody has to say so.

use chrono::Duration;
use nq57_platform::feed;
use nq57_shared::organisations::Organisation;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::Mirror;
use crate::harness::{Client, Installation, Process, TestApp, assert_problem, until};
use crate::organisations::{enter, enterprise};

/// The reader at the server, once everything that was written has its number.
async fn reader(server: &Process) -> Client {
    let reader = Client::new(&server.address, None);
    until("everything has its number", async || {
        let all = reader.get("/organisations?count=true").await.json()["total"].as_u64();
        let said = reader.get("/changes/summary?types=organisation").await.json();
        said["types"][0]["live"].as_u64() == all
    })
    .await;
    reader
}

async fn rename(who: &Client, organisation: &Organisation, name: &str) {
    let path = format!("/organisations/{}", organisation.id);
    let seen = who.get(&path).await.revision();
    who.patch(&path, seen, &json!({ "name": name })).await.expect(200);
}

/// So that the numbers of several organisations are apart.
async fn entered(who: &Client, server: &Process, names: &[&str]) -> Vec<Organisation> {
    let mut all = Vec::new();
    for name in names {
        all.push(enter(who, &enterprise(name)).await);
        reader(server).await;
    }
    all
}

#[actix_web::test]
async fn a_restored_database_resets_who_read_beyond_and_lets_everybody_else_go_on() {
    let place = Installation::new();
    let founder = place.people(&[("founder".to_owned(), vec![])]).await.remove(0);
    let mut server = place.serve().await;
    let at = founder.at(&server.address);
    let all = entered(&at, &server, &["Một", "Hai", "Ba", "Bốn", "Năm"]).await;
    let old = reader(&server).await;
    let mut before = Mirror::of("types=organisation");
    before.catch_up(&old).await;
    server.kill();
    place.database().save();

    let mut server = place.serve().await;
    let at = founder.at(&server.address);
    // What is renamed moves behind all others: the walk that is half done will not meet it where it was.
    rename(&at, &all[0], "Một đã đổi tên").await;
    let lost = enter(&at, &enterprise("Sẽ mất")).await;
    let now = reader(&server).await;
    until("the new name has its number", async || {
        let mut look = Mirror::of("types=organisation");
        look.catch_up(&now).await;
        look.data("organisation", all[0].id)["name"] == "Một đã đổi tên"
    })
    .await;
    let mut half = Mirror::of("types=organisation&limit=2");
    half.pull(&now).await;
    assert_eq!(half.ids("organisation").len(), 2);
    let mut beyond = Mirror::of("types=organisation");
    beyond.catch_up(&now).await;
    assert!(beyond.ids("organisation").contains(&lost.id.to_string().as_str()));
    server.kill();
    place.database().restore();

    let server = place.serve().await;
    let now = reader(&server).await;
    for mirror in [&half, &beyond] {
        assert_problem(&now.get(&mirror.path()).await, 410, "feed_reset");
    }
    // Also when the numbers have come as far again as they were.
    let at = founder.at(&server.address);
    entered(&at, &server, &["Sáu", "Bảy", "Tám", "Chín"]).await;
    for mirror in [&mut half, &mut beyond] {
        assert_problem(&now.get(&mirror.path()).await, 410, "feed_reset");
        mirror.assert_equal(&now).await;
        assert_eq!((mirror.resets, mirror.objects.len()), (1, 9));
        assert!(!mirror.ids("organisation").contains(&lost.id.to_string().as_str()));
    }
    before.assert_equal(&now).await;
    assert_eq!(before.resets, 0, "what it has is true here too");
}

#[actix_web::test]
async fn a_server_that_finds_less_than_it_has_seen_begins_another_history() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    enter(&founder, &enterprise("Một")).await;
    app.sequenced().await;
    let mut before = Mirror::of("types=organisation");
    before.catch_up(&app.client()).await;
    enter(&founder, &enterprise("Hai")).await;
    app.sequenced().await;
    let mut beyond = Mirror::of("types=organisation");
    beyond.catch_up(&app.client()).await;
    // As if another state of the database had come in under the running server.
    for sql in [
        "DELETE FROM change WHERE seq = (SELECT seq FROM change_head)",
        "DELETE FROM memberships WHERE organisation_id = (SELECT id FROM organisations WHERE name = 'Hai')",
        "DELETE FROM organisations WHERE name = 'Hai'",
        "UPDATE change_head SET seq = seq - 1",
    ] {
        app.state.db.execute_unprepared(sql).await.expect("done");
    }
    assert_problem(&app.client().get(&beyond.path()).await, 410, "feed_reset");
    enter(&founder, &enterprise("Ba")).await;
    app.sequenced().await;
    assert_problem(&app.client().get(&beyond.path()).await, 410, "feed_reset");
    beyond.assert_equal(&app.client()).await;
    assert_eq!(beyond.resets, 1);
    before.assert_equal(&app.client()).await;
    assert_eq!(before.resets, 0);
}

#[actix_web::test]
async fn a_start_of_a_server_takes_nothing_from_anybody() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let mut mirror = Mirror::of("types=organisation&limit=1");
    for n in 0..4 {
        feed::begin(&app.state).await.expect("begun");
        enter(&founder, &enterprise(&format!("Công ty {n}"))).await;
        app.sequenced().await;
        feed::begin(&app.state).await.expect("begun again");
        mirror.pull(&app.client()).await;
    }
    mirror.assert_equal(&app.client()).await;
    assert_eq!((mirror.resets, mirror.objects.len()), (0, 4));
}

#[actix_web::test]
async fn a_copy_that_rested_for_longer_than_deletions_are_kept_begins_anew() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    app.writes_behind_the_server();
    super::order::put_many(&app, 2).await;
    enter(&founder, &enterprise("Một")).await;
    app.sequenced().await;
    let client = app.client();
    let mut rested = Mirror::of("types=organisation");
    rested.catch_up(&client).await;
    let mut halfway = Mirror::of("types=organisation&limit=1");
    halfway.pull(&client).await;
    // The comparison takes out what no table has, and a year later what is left of it.
    feed::compare(app.state.clone()).await.expect("compared");
    app.advance(Duration::days(399));
    feed::compare(app.state.clone()).await.expect("compared");
    let mut awake = rested.clone();
    awake.catch_up(&client).await;
    assert_eq!((awake.resets, awake.objects.len()), (0, 1), "two deletions came");
    app.advance(Duration::days(2));
    feed::compare(app.state.clone()).await.expect("compared");
    for mirror in [&mut rested, &mut halfway] {
        assert_problem(&client.get(&mirror.path()).await, 410, "feed_expired");
        mirror.assert_equal(&client).await;
        assert_eq!((mirror.resets, mirror.objects.len()), (1, 1));
    }
    awake.assert_equal(&client).await;
    assert_eq!(awake.resets, 0);
}
