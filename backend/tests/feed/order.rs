//! One order over transactions that commit in any: nothing is passed over, nothing comes twice, and writers do not wait
//! for each other.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use nq57_platform::clock::Clock;
use nq57_platform::error::ApiError;
use nq57_platform::feed::{self, Audiences, Entry, FeedType};
use nq57_platform::persistence::dialect::Engine;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::feed::Cause;
use nq57_shared::problem::ProblemCode;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tokio::sync::Notify;

use super::Mirror;
use crate::harness::{TestApp, until};

/// The type of this name.
pub fn kind(state: &AppState, name: &str) -> &'static FeedType {
    state.registry.feed().find(|kind| kind.name == name).expect("a type")
}

/// An invented object of a public type.
pub fn thing(state: &AppState, id: &str, revision: i64) -> Entry {
    let at = (revision, state.clock.now());
    let view = json!({"id": id, "text": format!("{revision} {}", "x".repeat(300))});
    Entry::of(kind(state, "organisation"), id, Audiences::public(None), at, &view).expect("JSON")
}

/// Writes these in one transaction.
pub async fn put(state: &AppState, entries: Vec<Entry>) {
    let now = state.clock.now();
    let put = async |tx: &_| feed::put(tx, now, entries.clone()).await;
    transaction::write(&state.db, put).await.expect("put");
}

/// So many invented objects, in one transaction.
pub async fn put_many(app: &TestApp, count: usize) {
    put(&app.state, (0..count).map(|n| thing(&app.state, &format!("{n:07}"), 1)).collect()).await;
}

/// A server whose feed holds nothing but what the test puts there.
async fn invented() -> (TestApp, Mirror) {
    let app = TestApp::start().await;
    app.writes_behind_the_server();
    (app, Mirror::of("types=organisation&limit=100000"))
}

async fn count(state: &AppState, sql: &str) -> i64 {
    let statement = Statement::from_string(state.db.get_database_backend(), sql);
    let row = state.db.query_one_raw(statement).await.expect("read").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

#[actix_web::test]
async fn what_commits_late_is_seen_and_keeps_nobody_waiting() {
    const OTHERS: usize = 200;
    let (app, mut mirror) = invented().await;
    if Engine::of(&app.state.db) == Engine::Sqlite {
        // Writers take turns there: none commits while another one is at it.
        return;
    }
    let (is_written, may_commit) = (Notify::new(), Notify::new());
    let late = async {
        let outcome =
            transaction::write_within(&app.state.db, Duration::from_secs(60), async |tx| {
                feed::put(tx, app.state.clock.now(), [thing(&app.state, "late", 1)]).await?;
                is_written.notify_one();
                may_commit.notified().await;
                Ok(())
            });
        outcome.await.expect("committed");
    };
    let others = async {
        is_written.notified().await;
        let began = Instant::now();
        for n in 0..OTHERS {
            put(&app.state, vec![thing(&app.state, &format!("other {n}"), 1)]).await;
            app.sequenced().await;
        }
        let took = began.elapsed();
        mirror.catch_up(&app.client()).await;
        assert_eq!(mirror.objects.len(), OTHERS, "they are there, the late one is not");
        assert!(took < Duration::from_secs(30), "{took:?}");
        may_commit.notify_one();
    };
    join(late, others).await;
    app.sequenced().await;
    assert_eq!(mirror.pull(&app.client()).await.changes, 1);
    assert!(mirror.ids("organisation").contains(&"late"));
    mirror.assert_equal(&app.client()).await;
}

#[actix_web::test]
async fn of_a_thousand_changes_of_one_object_the_last_one_counts() {
    let (app, mut mirror) = invented().await;
    put(&app.state, (1..=1_000).map(|n| thing(&app.state, "one", n)).collect()).await;
    let head = app.state.feed.seen();
    app.sequenced().await;
    mirror.catch_up(&app.client()).await;
    let [change] = mirror.changes.as_slice() else { panic!("{:?}", mirror.changes) };
    assert_eq!(change.revision, 1_000);
    assert_ne!(app.state.feed.seen(), head);
    // The same once more is nothing new, also together with what came between.
    put(&app.state, vec![thing(&app.state, "one", 1_000)]).await;
    app.sequenced().await;
    assert_eq!(mirror.pull(&app.client()).await.changes, 0);
    let kind = kind(&app.state, "organisation");
    let gone = Entry::gone(kind, "one", Cause::Removed, (1_001, app.state.clock.now()));
    put(&app.state, vec![gone.clone(), thing(&app.state, "one", 1_000)]).await;
    app.sequenced().await;
    assert_eq!(mirror.pull(&app.client()).await.changes, 0);
    put(&app.state, vec![gone.clone(), gone]).await;
    app.sequenced().await;
    assert_eq!(mirror.pull(&app.client()).await.changes, 1);
    assert!(mirror.objects.is_empty());
}

#[actix_web::test]
async fn an_import_of_ten_thousand_and_two_sequencers_at_once_number_each_change_once() {
    const IMPORTED: usize = 10_000;
    let (app, mut mirror) = invented().await;
    let second = app.sibling().await;
    put_many(&app, IMPORTED).await;
    let writes = join_all(
        (0..20).map(|n| put(&app.state, vec![thing(&app.state, &format!("beside {n}"), 1)])),
    );
    let numbered =
        join_all([&app, &second, &app, &second].map(|one| feed::sequence_all(&one.state)));
    let (_, numbered) = join(writes, numbered).await;
    let numbered: u64 = numbered.into_iter().map(|one| one.expect("numbers")).sum();
    app.sequenced().await;
    assert!(numbered >= IMPORTED as u64);
    mirror.catch_up(&second.client()).await;
    mirror.assert_in_order();
    assert_eq!(mirror.objects.len(), IMPORTED + 20);
    mirror.assert_equal(&app.client()).await;
    assert_eq!(count(&app.state, "SELECT count(*) FROM change_inbox").await, 0);
    let numbers = "SELECT count(*) - count(DISTINCT seq) FROM change WHERE audience = 'public'";
    assert_eq!(count(&app.state, numbers).await, 0);
}

#[actix_web::test]
async fn what_was_rolled_back_has_no_number_and_what_was_numbered_before_an_end_is_not_numbered_again()
 {
    let (app, mut mirror) = invented().await;
    let refused = transaction::write(&app.state.db, async |tx| {
        feed::put(tx, app.state.clock.now(), [thing(&app.state, "never", 1)]).await?;
        Err::<(), _>(ApiError::problem(ProblemCode::Forbidden))
    });
    assert!(refused.await.is_err());
    put(&app.state, vec![thing(&app.state, "one", 1)]).await;
    app.sequenced().await;
    let head = count(&app.state, "SELECT seq FROM change_head").await;
    // Another server goes on after the end of the first.
    let second = app.sibling().await;
    second.sequenced().await;
    assert_eq!(count(&app.state, "SELECT seq FROM change_head").await, head);
    put(&second.state, vec![thing(&second.state, "two", 1)]).await;
    second.sequenced().await;
    mirror.catch_up(&second.client()).await;
    assert_eq!(mirror.ids("organisation"), ["one", "two"]);
}

/// A sequencer whose connection is cut at its COMMIT: before it, or after it without an answer.
#[actix_web::test]
async fn a_sequencer_that_is_cut_off_before_or_after_its_commit_loses_and_doubles_nothing() {
    use crate::harness::{Cut, Cutter, Installation};
    let place = Installation::new();
    if !place.is_for_several_servers() {
        return;
    }
    let state = place.state(Clock::system()).await;
    let cutter = Cutter::start(&place.database().address()).await;
    let cut_off = place.state_over(&place.database().url_through(&cutter.address)).await;
    for (n, mode) in [Cut::Before, Cut::After].into_iter().cycle().take(8).enumerate() {
        put(&state, vec![thing(&state, &format!("{n}"), 1)]).await;
        let before = count(&state, "SELECT seq FROM change_head").await;
        cutter.set(mode);
        // Every second COMMIT meets it.
        let _ = feed::sequence_all(&cut_off).await;
        put(&state, vec![thing(&state, &format!("beside {n}"), 1)]).await;
        let _ = feed::sequence_all(&cut_off).await;
        cutter.set(Cut::Nothing);
        until("the cut transaction has ended", async || feed::sequence_all(&state).await.is_ok())
            .await;
        assert_eq!(count(&state, "SELECT seq FROM change_head").await, before + 2);
    }
    assert!(cutter.cuts() > 2);
    let of_type = "type = 'organisation' AND audience = 'public'";
    assert_eq!(count(&state, &format!("SELECT count(*) FROM change WHERE {of_type}")).await, 16);
    let numbers = format!("SELECT count(DISTINCT seq) FROM change WHERE {of_type}");
    assert_eq!(count(&state, &numbers).await, 16);
    for state in [state, cut_off] {
        state.db.clone().close().await.expect("closed");
    }
}
