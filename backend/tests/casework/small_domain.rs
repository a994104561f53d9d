//! What a domain of a few lines has: everything that a case has.

use nq57_platform::casework::deadlines::{self, Bound, Due, Extension, NotExtended};
use nq57_platform::casework::{self, Issued};
use nq57_platform::error::ApiResult;
use nq57_platform::files;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_platform::subject::Subject;
use nq57_shared::access::{Actor, Role, RoleGrant};
use nq57_shared::casework::{CasePage, WorkItem, WorkPage};
use nq57_shared::files::Attachment;
use nq57_shared::tracking::TrackedCase;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::permits::{KIND, PILOT, REGISTRY, SERIES, send};
use crate::files::{PDF, form};
use crate::harness::{Answer, Client, TestApp, assert_problem, role};
use crate::organisations::handing_over::{ends, hand_over, provinces};

/// A permit that was applied for, its pilot and an officer.
struct Story {
    app: TestApp,
    id: Uuid,
    issued: Issued,
    pilot: Client,
    officer: Client,
}

impl Story {
    async fn begin() -> Self {
        let app = TestApp::start_on(&REGISTRY, |_| ()).await;
        let pilot = app.signed_in("pilot", &[]).await;
        let officer = app.signed_in("officer", &[role(Role::IntakeOfficer)]).await;
        let (id, owner) = (app.state.clock.new_id::<Uuid>(), pilot.account());
        let state = &app.state;
        let issued = write(state, async |tx| {
            let case = Subject::new(KIND, id);
            let issued = casework::issue_code(tx, &state.clock, SERIES, case).await?;
            send(tx, state, (id, &issued.code, owner), "apply").await?;
            let parts = [(owner, PILOT)];
            casework::replace_participants(tx, state.clock.now(), case, id, &parts).await?;
            Ok(issued)
        })
        .await;
        Self { app, id, issued, pilot, officer }
    }

    fn case(&self) -> Subject {
        Subject::new(KIND, self.id)
    }

    async fn grant(&self) {
        let (state, owner) = (&self.app.state, self.pilot.account());
        write(state, async |tx| {
            send(tx, state, (self.id, &self.issued.code, owner), "grant").await
        })
        .await;
    }

    async fn track(&self, secret: &str) -> Answer {
        let asked = json!({"code": "bay 2026 1", "secret": secret});
        self.app.client().post("/tracking", &asked).await
    }

    async fn upload(&self, who: &Client) -> Answer {
        who.call(Method::POST, &format!("/permits/{}/files", self.id))
            .header("Content-Type", "multipart/form-data; boundary=x")
            .body(form(&[("file", Some("a.pdf"), PDF)]))
            .send()
            .await
    }
}

async fn write<T>(state: &AppState, work: impl AsyncFn(&Tx) -> ApiResult<T>) -> T {
    transaction::write(&state.db, work).await.expect("written")
}

/// What waits for somebody, with the working days left.
async fn work(who: &Client) -> Vec<(String, Uuid, Option<i32>)> {
    let page: WorkPage = who.get("/my-work?type=permit").await.expect(200).read_as();
    let item = |item: WorkItem| (item.step, item.case.id, item.working_days_left);
    page.items.into_iter().map(item).collect()
}

async fn cases(who: &Client, query: &str) -> CasePage {
    who.get(&format!("/cases?{query}")).await.expect(200).read_as()
}

#[actix_web::test]
async fn a_case_of_a_small_domain_is_found_waits_and_is_done() {
    let story = Story::begin().await;
    assert_eq!(story.issued.code, "BAY-2026-000001");
    assert_eq!(work(&story.officer).await, [("decide_flight".to_owned(), story.id, Some(3))]);
    let found = cases(&story.officer, "q=bay+2026+1").await;
    assert_eq!((found.items[0].id, found.items[0].kind.as_str()), (story.id, KIND));
    story.grant().await;
    assert!(work(&story.officer).await.is_empty());
    let found = cases(&story.officer, "type=permit&open=false").await;
    assert_eq!((found.items[0].state.as_str(), found.items[0].due_at), ("granted", None));
}

#[actix_web::test]
async fn parts_and_recusals_hold_for_a_small_domain() {
    let story = Story::begin().await;
    let (state, pilot) = (&story.app.state, story.pilot.account());
    let standing = casework::standing_of(&state.db, story.id, pilot).await.expect("read");
    assert!(standing.plays(PILOT) && !standing.is_recused);
    let pilots = casework::participants_of(&state.db, story.id, &[PILOT]).await.expect("read");
    assert_eq!(pilots, [pilot]);
    // The officer who declares a conflict sees it no more.
    let (now, officer) = (state.clock.now(), story.officer.account());
    write(state, async |tx| casework::recuse(tx, now, story.case(), story.id, officer, None).await)
        .await;
    assert!(work(&story.officer).await.is_empty());
    let other = story.app.signed_in("other", &[role(Role::IntakeOfficer)]).await;
    assert_eq!(work(&other).await.len(), 1);
    write(state, async |tx| {
        casework::replace_participants(tx, now, story.case(), story.id, &[]).await
    })
    .await;
    let standing = casework::standing_of(&state.db, story.id, pilot).await.expect("read");
    assert!(standing.parts.is_empty());
}

#[actix_web::test]
async fn one_line_lets_a_small_domain_be_followed_by_code_and_secret() {
    let story = Story::begin().await;
    let state = &story.app.state;
    let shown: TrackedCase = story.track(&story.issued.secret).await.expect(200).read_as();
    assert_eq!((shown.kind.as_str(), shown.code.as_str()), (KIND, "BAY-2026-000001"));
    assert_eq!((shown.title.as_str(), shown.state.as_str()), ("Bay khảo sát cánh đồng", "applied"));
    assert_eq!((shown.holder.as_deref(), shown.working_days_left), (Some("intake"), Some(3)));
    assert_eq!(shown.id, None, "nothing says that its page is public");
    assert_problem(&story.track("2222-2222-2222").await, 404, "not_found");

    let renewed = write(state, async |tx| casework::renew_secret(tx, story.case()).await).await;
    let renewed = renewed.expect("it has a code");
    assert_problem(&story.track(&story.issued.secret).await, 404, "not_found");
    story.grant().await;
    let shown: TrackedCase = story.track(&renewed.secret).await.expect(200).read_as();
    assert_eq!((shown.state.as_str(), shown.holder, shown.due_at), ("granted", None, None));
    let events: Vec<&str> = shown.timeline.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["apply", "grant"]);
}

#[actix_web::test]
async fn more_time_is_seen_at_once_in_queue_register_and_tracking() {
    let story = Story::begin().await;
    let state = &story.app.state;
    let extend = async || {
        let more = Extension {
            kind: "decision",
            due: Due::In(2),
            reason: "Chờ ý kiến của xã.",
            bound: Bound::once(2),
        };
        write(state, async |tx| {
            deadlines::extend(tx, state, &Actor::System, story.case(), more).await
        })
        .await
    };
    let due_at = extend().await.expect("given");
    assert_eq!(work(&story.officer).await[0].2, Some(5));
    assert_eq!(cases(&story.officer, "type=permit").await.items[0].due_at, Some(due_at));
    let shown: TrackedCase = story.track(&story.issued.secret).await.expect(200).read_as();
    assert_eq!(shown.due_at, Some(due_at));
    assert_eq!(extend().await, Err(NotExtended::UsedUp));
}

#[actix_web::test]
async fn files_are_attached_to_a_small_domain_listed_fetched_and_removed() {
    let story = Story::begin().await;
    let answer = story.upload(&story.pilot).await.expect(201);
    let file: Attachment = answer.read_as();
    let path = format!("/permits/{}/files", story.id);
    let one = format!("{path}/{}", file.id);
    assert_eq!(answer.header("location"), format!("/api/v1{one}"));
    let listed: Vec<Attachment> = story.pilot.get(&path).await.expect(200).read_as();
    assert_eq!(listed, [file]);
    assert_eq!(story.pilot.get(&one).await.expect(200).body, PDF);
    for stranger in [&story.officer, &story.app.client()] {
        stranger.get(&path).await.expect(404);
        stranger.get(&one).await.expect(404);
    }
    assert_problem(&story.upload(&story.officer).await, 404, "not_found");
    let elsewhere = format!("/permits/{}/files/{}", Uuid::nil(), listed[0].id);
    story.pilot.get(&elsewhere).await.expect(404);

    let standing = casework::standing_of(&story.app.state.db, story.id, story.pilot.account());
    assert!(standing.await.expect("read").is_author, "and never judges it");
    let gone = story.pilot.call(Method::DELETE, &one).if_match(1).send().await;
    gone.expect(204);
    story.pilot.get(&one).await.expect(404);
    let kept = files::find(&story.app.state.db, listed[0].id).await.expect("read");
    assert!(kept.is_none(), "nothing sealed names it");
}

#[actix_web::test]
async fn the_number_of_files_is_limited_for_a_small_domain_too() {
    let story = Story::begin().await;
    for _ in 0..story.app.state.config.files.max_files_per_case {
        story.upload(&story.pilot).await.expect(201);
    }
    assert_problem(&story.upload(&story.pilot).await, 409, "too_many_files");
}

#[actix_web::test]
async fn so_many_cases_go_over_at_once_as_a_request_may_and_the_next_one_goes_on() {
    let story = Story::begin().await;
    let (app, state) = (&story.app, &story.app.state);
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    write(state, async |tx| {
        for number in 2..=501 {
            let code = format!("{SERIES}-2026-{number:06}");
            let id = state.clock.new_id::<Uuid>();
            send(tx, state, (id, &code, story.pilot.account()), "apply").await?;
        }
        Ok(())
    })
    .await;
    ends(&admin, "92").await;
    app.advance(chrono::Duration::days(1));
    let admin = app.sign_in(admin.account()).await;
    let grant = RoleGrant { province_code: Some("01".to_owned()), ..role(Role::IntakeOfficer) };
    let new = app.signed_in("new", &[grant]).await;
    let counted = async || {
        let page: WorkPage = new.get("/my-work?count=true").await.expect(200).read_as();
        page.total
    };
    assert_eq!(counted().await, Some(0));
    let body = provinces("92", "01");
    assert_eq!(hand_over(&admin, &body).await, (500, 1));
    assert_eq!(counted().await, Some(500));
    let all = futures_util::future::join(hand_over(&admin, &body), hand_over(&admin, &body)).await;
    assert_eq!(all.0.0 + all.1.0, 1, "of two at the same moment one finds nothing left");
    assert_eq!(counted().await, Some(501));
}
