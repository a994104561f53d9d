//! Answers that are read slowly, or not to their end: they hold little memory, keep nobody else waiting, and end when the
//! server stops.

use std::time::{Duration, Instant};

use nq57_platform::clock::Clock;
use nq57_platform::feed;
use nq57_platform::persistence::transaction;
use nq57_shared::feed::Line;
use reqwest::Response;

use super::order::thing;
use super::{Mirror, scale};
use crate::harness::{Client, Installation, Process, TestApp, plain_http, say, until};

const CHANGES: u64 = 30_000;
/// Readers that have stopped reading: as many as one caller may have.
const STALLED: usize = 8;
/// Bytes that all of them may hold.
const MOST: u64 = 96 * 1024 * 1024;

/// A server with so many invented objects in its feed.
async fn filled(changes: u64) -> (Installation, Process, Client) {
    let place = Installation::new();
    let state = place.state(Clock::system()).await;
    // The nightly look would take out what no table has.
    feed::compare(state.clone()).await.expect("compared");
    let server = place.serve().await;
    for begin in (0..changes).step_by(5_000) {
        let all: Vec<_> =
            (begin..begin + 5_000).map(|n| thing(&state, &format!("{n:08}"), 1)).collect();
        let now = state.clock.now();
        let put = async |tx: &_| feed::put(tx, now, all.clone()).await;
        transaction::write(&state.db, put).await.expect("put");
    }
    // A million takes longer than anything else that is waited for.
    feed::sequence_all(&state).await.expect("numbered");
    state.db.clone().close().await.expect("closed");
    let reader = Client::new(&server.address, None);
    until("everything has its number", async || {
        let said = reader.get("/changes/summary?types=organisation").await.json();
        said["types"][0]["live"].as_u64() == Some(changes)
    })
    .await;
    (place, server, reader)
}

/// An answer of which the beginning was read.
async fn stalled(server: &Process) -> Response {
    let path = format!("{}/api/v1/changes?types=organisation&limit=100000", server.address);
    let mut answer = plain_http().get(path).send().await.expect("an answer");
    answer.chunk().await.expect("bytes").expect("some");
    answer
}

#[actix_web::test]
async fn readers_that_stop_reading_hold_little_and_keep_nobody_waiting() {
    let (_place, server, reader) = filled(CHANGES * scale()).await;
    let mut mirror = Mirror::of("types=organisation&limit=100000");
    mirror.catch_up(&reader).await;
    let before = server.memory();
    let mut slow = Vec::new();
    for _ in 0..STALLED {
        slow.push(stalled(&server).await);
    }
    // The next one is told to wait, instead of having the server hold its lines too.
    let refused = reader.get("/changes?types=organisation").await.expect(429);
    assert_eq!(refused.header("retry-after"), "30");
    for _ in 0..3 {
        // One reads a little now and then.
        tokio::time::sleep(Duration::from_millis(300)).await;
        slow[0].chunk().await.expect("bytes");
    }
    let held = server.memory().saturating_sub(before);
    say(&format!(
        "streams: {STALLED} stalled readers of {} changes hold {held} bytes",
        CHANGES * scale()
    ));
    assert!(held < MOST, "{held}");
    let began = Instant::now();
    reader.get("/organisations").await.expect(200);
    assert!(began.elapsed() < Duration::from_secs(5));
    // Who reads on gets everything; who goes away is gone.
    let mut last = slow.pop().expect("one");
    let mut body = 0;
    while let Some(bytes) = last.chunk().await.expect("bytes") {
        body += bytes.len();
    }
    assert!(body > 1_000_000);
    drop(slow);
    mirror.assert_equal(&reader).await;
}

#[actix_web::test]
async fn a_server_that_stops_ends_its_answers_with_a_place_to_go_on_from() {
    let (place, mut server, _) = filled(CHANGES).await;
    let mut answer = stalled(&server).await;
    server.ask_to_stop();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut body = Vec::new();
    while let Some(bytes) = answer.chunk().await.expect("bytes") {
        body.extend_from_slice(&bytes);
    }
    let body = String::from_utf8(body).expect("UTF-8");
    let end = body.lines().last().expect("a line");
    assert!(end.contains("\"trailer\"") && end.contains("\"more\":true"), "{end}");
    let next = end.split_once("\"next\":\"").expect("a place").1.split('"').next().expect("text");
    let began = Instant::now();
    while !server.has_ended_well() {
        assert!(began.elapsed() < Duration::from_secs(20), "it does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let server = place.serve().await;
    let mut mirror = Mirror::of("types=organisation&limit=100000");
    mirror.next = Some(next.to_owned());
    mirror.catch_up(&Client::new(&server.address, None)).await;
    let rest = u64::try_from(mirror.objects.len()).expect("a number");
    assert!(rest > 0 && rest < CHANGES, "{rest}");
}

#[actix_web::test]
async fn an_answer_that_fails_in_its_midst_says_so_and_has_no_trailer() {
    let app = TestApp::start().await;
    app.writes_behind_the_server();
    // More than lies in the buffers between server and reader.
    super::order::put_many(&app, 40_000).await;
    app.sequenced().await;
    let path = format!("{}/api/v1/changes?types=organisation&limit=100000", app.address);
    let mut answer = plain_http().get(path).send().await.expect("an answer");
    let mut body = Vec::new();
    let place = b"{\"checkpoint\"";
    while !body.windows(place.len()).any(|bytes| bytes == place) {
        body.extend_from_slice(&answer.chunk().await.expect("bytes").expect("some"));
    }
    app.state.db.clone().close().await.expect("the database is gone");
    while let Some(bytes) = answer.chunk().await.expect("bytes") {
        body.extend_from_slice(&bytes);
    }
    let text = String::from_utf8(body).expect("UTF-8");
    let end = text.lines().last().expect("a line");
    let Ok(Line::Error(problem)) = serde_json::from_str(end) else { panic!("{end}") };
    assert_eq!((problem.status, problem.code.as_str()), (503, "unavailable"));
    assert!(problem.request_id.is_some());
    // A reader keeps what came before the last checkpoint, and would go on from there.
    let mut mirror = Mirror::of("types=organisation");
    let pulled = mirror.take_lines(text.as_bytes());
    assert!(pulled.changes >= 1_000 && !pulled.is_whole && pulled.more);
}
