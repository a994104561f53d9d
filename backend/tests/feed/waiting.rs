//! Requests that wait for something to change.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use nq57_platform::feed;
use reqwest::Method;

use super::Mirror;
use crate::harness::{Installation, TestApp, assert_problem, until};
use crate::organisations::{enter, enterprise};

/// Long enough that nobody mistakes it for the machine being slow, short enough to wait for.
const SOON: Duration = Duration::from_secs(10);

async fn waiting() -> (TestApp, Mirror) {
    let app = TestApp::start().await;
    let mut mirror = Mirror::of("types=organisation");
    mirror.catch_up(&app.client()).await;
    mirror.query = "types=organisation&wait=30".into();
    (app, mirror)
}

#[actix_web::test]
async fn a_request_that_waits_is_answered_when_something_has_changed_for_it() {
    let (app, mut mirror) = waiting().await;
    let client = app.client();
    let founder = app.signed_in("founder", &[]).await;
    let began = Instant::now();
    let change = async {
        until("it waits", async || app.state.feed.waiting() > 0).await;
        // What is for others wakes nobody for long.
        founder.post("/products", &crate::products::stories::draft()).await.expect(201);
        enter(&founder, &enterprise("Công ty Một")).await;
        app.sequenced().await;
    };
    let (pulled, ()) = join(mirror.pull(&client), change).await;
    assert_eq!(pulled.changes, 1);
    assert!(began.elapsed() < SOON);
    assert_eq!(app.state.feed.waiting(), 0);
}

#[actix_web::test]
async fn a_request_waits_no_longer_than_it_says_and_holds_no_connection_meanwhile() {
    let app = TestApp::start_with(|config| config.database.max_connections = 2).await;
    let began = Instant::now();
    let mut clients = Vec::new();
    for n in 0..4 {
        clients.push(app.signed_in(&format!("reader{n}"), &[]).await);
    }
    let mut mirrors: Vec<Mirror> = Vec::new();
    for client in &clients {
        let mut own = Mirror::of("types=organisation");
        own.catch_up(client).await;
        own.query = "types=organisation&wait=1".into();
        mirrors.push(own);
    }
    let waits = mirrors.iter_mut().zip(&clients).map(|(mirror, client)| mirror.pull(client));
    let (pulled, _) = join(join_all(waits), async {
        until("they wait", async || app.state.feed.waiting() > 0).await;
        // More requests wait than there are connections.
        for _ in 0..5 {
            app.client().get("/organisations").await.expect(200);
            enter(&clients[0], &enterprise("Công ty")).await;
        }
    })
    .await;
    assert!(pulled.iter().all(|one| one.is_whole && one.changes == 0), "nothing was numbered");
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[actix_web::test]
async fn the_third_request_that_waits_is_told_to_come_later() {
    let (app, mirror) = waiting().await;
    let client = app.client();
    let path = mirror.path();
    let two = join_all([client.get(&path), client.get(&path)]);
    let third = async {
        until("both wait", async || app.state.feed.waiting() == 2).await;
        let third = client.get(&path).await;
        assert_problem(&third, 429, "too_many_requests");
        assert!(!third.header("retry-after").is_empty());
        // Somebody else waits for themselves, and who does not wait is answered.
        client.get(&path.replace("&wait=30", "")).await.expect(200);
        app.state.drain();
    };
    let (answers, ()) = join(two, third).await;
    for answer in answers {
        let mut own = mirror.clone();
        assert!(own.take(&answer).is_whole, "what drains answers at once with what there is");
    }
}

#[actix_web::test]
async fn who_goes_away_waits_no_more() {
    let (app, mirror) = waiting().await;
    let client = app.client();
    let call = client.call(Method::GET, &mirror.path());
    let gone = tokio::time::timeout(Duration::from_millis(300), call.try_send()).await;
    assert!(gone.is_err());
    until("nobody waits", async || app.state.feed.waiting() == 0).await;
}

#[actix_web::test]
async fn a_change_at_one_server_wakes_who_waits_at_the_other() {
    let place = Installation::new();
    if !place.is_for_several_servers() {
        return;
    }
    let founder = place.people(&[("founder".to_owned(), vec![])]).await.remove(0);
    let (here, there) = tokio::join!(place.serve(), place.serve());
    let reader = crate::harness::Client::new(&there.address, None);
    let mut mirror = Mirror::of("types=organisation");
    mirror.catch_up(&reader).await;
    mirror.query = "types=organisation&wait=30".into();
    let began = Instant::now();
    let change = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        enter(&founder.at(&here.address), &enterprise("Công ty Một")).await;
    };
    let (pulled, ()) = join(mirror.pull(&reader), change).await;
    assert_eq!(pulled.changes, 1);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

#[actix_web::test]
async fn what_happened_before_a_request_begins_to_wait_is_not_waited_for() {
    let (app, mut mirror) = waiting().await;
    let founder = app.signed_in("founder", &[]).await;
    enter(&founder, &enterprise("Công ty Một")).await;
    feed::sequence_all(&app.state).await.expect("numbers");
    let began = Instant::now();
    assert_eq!(mirror.pull(&app.client()).await.changes, 1);
    assert!(began.elapsed() < SOON);
}
