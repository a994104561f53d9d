//! Deadlines count working days in Vietnam, stand still while somebody else owes something, and are
//! told of once.

use chrono::{DateTime, Duration, Utc};
use nq57_platform::casework::deadlines::{
    self, Bound, Due, Extension, NewDeadline, NotExtended, OpenDeadline,
};
use nq57_platform::error::ApiResult;
use nq57_platform::outbox;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_platform::subject::Subject;
use nq57_shared::access::Actor;
use nq57_shared::notifications::NotificationPage;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::harness::{Client, TestApp};
use crate::products::stories::Portal;

async fn write(state: &AppState, work: impl AsyncFn(&Tx) -> ApiResult<()>) {
    transaction::write(&state.db, work).await.expect("written");
}

async fn start(state: &AppState, id: Uuid, days: u32) {
    let subject = Subject::new("product", id);
    write(state, async |tx| {
        deadlines::start(tx, state, subject, "eligibility", Due::In(days)).await
    })
    .await;
}

/// More time, at most once and by three working days.
async fn extend(state: &AppState, id: Uuid, due: Due) -> Result<DateTime<Utc>, NotExtended> {
    let reason = "Chờ ý kiến của bộ.";
    let more = Extension { kind: "eligibility", due, reason, bound: Bound::once(3) };
    let subject = Subject::new("product", id);
    let given = transaction::write(&state.db, async |tx| {
        deadlines::extend(tx, state, &Actor::System, subject, more).await
    });
    given.await.expect("answered")
}

async fn current(state: &AppState, id: Uuid) -> Option<OpenDeadline> {
    deadlines::current(&state.db, "product", &[id]).await.expect("read").remove(&id)
}

fn end_of(day: &str) -> DateTime<Utc> {
    format!("{day}T16:59:59.999999Z").parse().expect("an instant")
}

/// Messages about deadlines that were pushed so far.
async fn told(state: &AppState) -> i64 {
    let db = &state.db;
    let sql = "SELECT count(*) AS n FROM outbox WHERE topic = 'product.deadline'";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.expect("read").expect("a row").try_get("", "n").expect("a number")
}

#[actix_web::test]
async fn a_deadline_leaves_out_holidays_and_weekends() {
    let app = TestApp::start().await;
    let id = app.state.clock.new_id();
    // Monday the 23rd; Tuesday the 24th is the Day of Vietnamese Culture.
    start(&app.state, id, 5).await;
    let clock = current(&app.state, id).await.expect("running");
    assert_eq!((clock.kind.as_str(), clock.due_at), ("eligibility", end_of("2026-12-01")));
    app.advance(Duration::days(1));
    start(&app.state, id, 50).await;
    assert_eq!(
        current(&app.state, id).await.expect("running").due_at,
        clock.due_at,
        "it runs already"
    );
}

#[actix_web::test]
async fn time_stands_still_while_somebody_else_owes_something() {
    let app = TestApp::start().await;
    let state = &app.state;
    let id = state.clock.new_id::<Uuid>();
    let subject = Subject::new("product", id);
    start(state, id, 5).await;
    app.advance(Duration::days(3));
    for _ in 0..2 {
        write(state, async |tx| deadlines::pause(tx, state, subject, "eligibility").await).await;
    }
    assert!(current(state, id).await.expect("paused").paused_at.is_some());
    app.advance(Duration::days(30));
    deadlines::tick(state.clone()).await.expect("ticked");
    assert_eq!(told(state).await, 0, "a paused deadline does not pass");
    for _ in 0..2 {
        write(state, async |tx| deadlines::resume(tx, state, subject, "eligibility").await).await;
    }
    // Three working days were left on Thursday the 26th; now it is Saturday, the 26th of December.
    let clock = current(state, id).await.expect("running");
    assert_eq!((clock.paused_at, clock.due_at), (None, end_of("2026-12-30")));
}

#[actix_web::test]
async fn reminders_and_breaches_are_told_once_by_two_servers() {
    let app = TestApp::start().await;
    let other = app.sibling().await;
    let id = app.state.clock.new_id();
    start(&app.state, id, 2).await;
    let tick_both = || async {
        let (here, there) =
            tokio::join!(deadlines::tick(app.state.clone()), deadlines::tick(other.state.clone()));
        here.expect("ticked");
        there.expect("ticked");
        told(&app.state).await
    };
    assert_eq!(tick_both().await, 0, "two working days are left");
    app.advance(Duration::days(2));
    assert_eq!(tick_both().await, 1, "one is left");
    assert_eq!(tick_both().await, 1);
    app.advance(Duration::days(2));
    assert_eq!(tick_both().await, 2, "it has passed");
    assert_eq!(tick_both().await, 2);
    let clock = current(&app.state, id).await.expect("still owed");
    assert!(clock.breached_at.is_some());
}

#[actix_web::test]
async fn ten_thousand_deadlines_start_at_once_and_are_all_told_of_in_slices() {
    const MANY: i64 = 10_000;
    let app = TestApp::start().await;
    let state = &app.state;
    let all: Vec<NewDeadline> = (0..MANY)
        .map(|_| NewDeadline {
            subject: Subject::new("product", state.clock.new_id::<Uuid>()),
            kind: "eligibility",
            due: Due::In(2),
        })
        .collect();
    for _ in 0..2 {
        // Those that are open stay as they are.
        write(state, async |tx| deadlines::start_many(tx, state, &all).await).await;
    }
    let ids: Vec<Uuid> = all.iter().map(|new| new.subject.id).collect();
    let open = deadlines::current(&state.db, "product", &ids).await.expect("read");
    assert_eq!(open.len(), ids.len());
    assert!(open.values().all(|deadline| deadline.due_at == end_of("2026-11-26")));
    app.advance(Duration::days(2));
    deadlines::tick(state.clone()).await.expect("ticked");
    assert_eq!(told(state).await, MANY, "one day is left");
    app.advance(Duration::days(2));
    deadlines::tick(state.clone()).await.expect("ticked");
    assert_eq!(told(state).await, 2 * MANY, "they have passed");
    deadlines::tick(state.clone()).await.expect("ticked");
    assert_eq!(told(state).await, 2 * MANY, "and are told of once");
}

#[actix_web::test]
async fn nobody_is_told_late_of_a_deadline_that_was_met_meanwhile() {
    let mut portal = Portal::open().await;
    let (met, owed) = (portal.submitted().await, portal.submitted().await);
    portal.app.advance(Duration::days(14));
    portal.people.intake = portal.app.sign_in(portal.intake.account()).await;
    portal.people.chair = portal.app.sign_in(portal.chair.account()).await;
    let state = &portal.app.state;
    deadlines::tick(state.clone()).await.expect("ticked");
    assert_eq!(told(state).await, 2, "both wait in the outbox");

    portal.accept(&met).await;
    while outbox::deliver_due(state).await.expect("delivered") > 0 {}
    let about = async |who: &Client| -> Vec<Uuid> {
        let page: NotificationPage = who.get("/notifications?limit=100").await.read_as();
        let breached = page.items.into_iter().filter(|item| item.kind == "deadline_breached");
        breached.filter_map(|item| item.subject_id).collect()
    };
    assert_eq!(about(&portal.intake).await, [owed.id.0], "the one that is still owed");
    assert!(about(&portal.chair).await.is_empty(), "the next one has a deadline of their own");
}

#[actix_web::test]
async fn a_met_deadline_is_over() {
    let app = TestApp::start().await;
    let state = &app.state;
    let id: Uuid = state.clock.new_id();
    let subject = Subject::new("product", id);
    start(state, id, 1).await;
    write(state, async |tx| deadlines::meet(tx, state, subject, "evaluation").await).await;
    assert!(current(state, id).await.is_some(), "another kind");
    write(state, async |tx| deadlines::meet_all(tx, state, subject).await).await;
    assert_eq!(current(state, id).await, None);
    app.advance(Duration::days(30));
    deadlines::tick(state.clone()).await.expect("ticked");
    assert_eq!(told(state).await, 0);
    start(state, id, 1).await;
    assert!(current(state, id).await.is_some(), "the next one has its own");
}

#[actix_web::test]
async fn more_time_is_given_within_bounds_and_nothing_erases_who_gave_it_and_why() {
    let app = TestApp::start().await;
    let state = &app.state;
    let id: Uuid = state.clock.new_id();
    let subject = Subject::new("product", id);
    assert_eq!(extend(state, id, Due::In(1)).await, Err(NotExtended::NotRunning));
    start(state, id, 5).await;
    let due_on = |day: &str| Due::On(day.parse().expect("a day"));
    assert_eq!(extend(state, id, due_on("2026-12-01")).await, Err(NotExtended::NotLater));
    for too_late in [Due::In(4), Due::In(u32::MAX), due_on("2026-12-07"), due_on("9999-12-31")] {
        assert_eq!(extend(state, id, too_late).await, Err(NotExtended::UsedUp));
    }
    write(state, async |tx| deadlines::pause(tx, state, subject, "eligibility").await).await;
    assert_eq!(extend(state, id, Due::In(1)).await, Err(NotExtended::NotRunning));
    write(state, async |tx| deadlines::resume(tx, state, subject, "eligibility").await).await;

    app.advance(Duration::days(7));
    deadlines::tick(state.clone()).await.expect("ticked");
    assert_eq!(told(state).await, 1, "one day is left");
    assert_eq!(extend(state, id, due_on("2026-12-04")).await, Ok(end_of("2026-12-04")));
    assert_eq!(current(state, id).await.expect("running").due_at, end_of("2026-12-04"));
    assert_eq!(extend(state, id, Due::In(1)).await, Err(NotExtended::UsedUp));
    app.advance(Duration::days(3));
    deadlines::tick(state.clone()).await.expect("ticked");
    assert_eq!(told(state).await, 2, "again one day is left");

    write(state, async |tx| deadlines::meet_all(tx, state, subject).await).await;
    let given = deadlines::extensions_of(&state.db, subject).await.expect("read");
    assert_eq!((given.len(), given[0].days), (1, 3));
    assert_eq!((given[0].from, given[0].to), (end_of("2026-12-01"), end_of("2026-12-04")));
    assert_eq!((given[0].by, given[0].reason.as_str()), (None, "Chờ ý kiến của bộ."));
    for sql in ["UPDATE deadline_extensions SET days = 1", "DELETE FROM deadline_extensions"] {
        let error = state.db.execute_unprepared(sql).await.expect_err("refused").to_string();
        assert!(error.contains("append-only"), "{sql}: {error}");
    }
}

#[actix_web::test]
async fn what_is_late_gets_no_more_time() {
    let app = TestApp::start().await;
    let id = app.state.clock.new_id();
    start(&app.state, id, 1).await;
    app.advance(Duration::days(3));
    assert!(current(&app.state, id).await.expect("owed").is_late(app.state.clock.now()));
    assert_eq!(extend(&app.state, id, Due::In(3)).await, Err(NotExtended::Late));
}

#[actix_web::test]
async fn of_two_who_give_more_time_at_once_the_second_is_refused() {
    let app = TestApp::start().await;
    let other = app.sibling().await;
    let id = app.state.clock.new_id();
    start(&app.state, id, 5).await;
    let (here, there) =
        tokio::join!(extend(&app.state, id, Due::In(1)), extend(&other.state, id, Due::In(1)));
    let refused = [here, there].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(refused, [NotExtended::UsedUp]);
    let due_at = current(&app.state, id).await.expect("running").due_at;
    assert_eq!(due_at, end_of("2026-12-02"), "one day, not two");
}
