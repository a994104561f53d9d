//! A domain made only for this test: permits to fly a drone. It gets code, register, history, deadline, work, parts and
//! recusals from the machinery without a line of its own there.

use nq57_platform::casework::{self, Assignee, Case, Transition, Work, deadlines};
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_platform::subject::Subject;
use nq57_shared::access::{Actor, Role};
use nq57_shared::casework::{CasePage, WorkPage};
use nq57_shared::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::harness::{Client, TestApp, role};

/// The whole domain: an application for a permit waits for an intake officer until it is decided.
struct Permit<'a> {
    subject: Subject,
    code: &'a str,
    owner: AccountId,
}

impl Permit<'_> {
    async fn stands(
        &self,
        tx: &Tx,
        state: &AppState,
        from: &'static str,
        to: &'static str,
    ) -> ApiResult<()> {
        let (clock, reference) = (&state.clock, state.reference.snapshot());
        let (calendar, now) = (reference.calendar(), state.clock.now());
        let is_open = to == "applied";
        let change = Transition {
            event: if is_open { "apply" } else { "grant" },
            from,
            to,
            version: 1,
            acted_as: None,
            held_by: (!is_open).then_some("intake"),
            since: now,
            reason: None,
        };
        casework::record_transition(tx, clock, calendar, &Actor::System, self.subject, &change)
            .await?;
        match is_open {
            true => deadlines::start(tx, clock, calendar, self.subject, "decision", 3).await?,
            false => deadlines::meet_all(tx, clock, self.subject).await?,
        }
        let due = deadlines::current(tx, self.subject.kind, &[self.subject.id]).await?;
        let due_at = due.get(&self.subject.id).map(|due| due.due_at);
        let case = Case {
            subject: self.subject,
            code: Some(self.code),
            title: "Bay khảo sát cánh đồng",
            sender: "Hợp tác xã Gò Me",
            keeps_words: false,
            owner: Some(self.owner),
            organisation: None,
            province: Some("92"),
            state: to,
            holder: is_open.then_some("intake"),
            due_at,
            submitted_at: Some(now),
        };
        casework::record(tx, now, &case).await?;
        let decide =
            Work { step: "decide_flight", assignee: Assignee::Role(Role::IntakeOfficer), due_at };
        let work = if is_open { vec![decide] } else { Vec::new() };
        casework::replace_work(tx, clock, self.subject, self.subject.id, case.province, &work).await
    }
}

async fn write<T>(state: &AppState, work: impl AsyncFn(&Tx) -> ApiResult<T>) -> T {
    transaction::write(&state.db, work).await.expect("written")
}

async fn work(who: &Client) -> Vec<(String, Uuid)> {
    let page: WorkPage = who.get("/my-work?type=permit").await.expect(200).read_as();
    page.items.into_iter().map(|item| (item.step, item.case.id)).collect()
}

#[actix_web::test]
async fn a_domain_of_a_few_lines_gets_everything_that_a_case_has() {
    let app = TestApp::start().await;
    let state = &app.state;
    let owner = app.account("owner", &[]).await;
    let officer = app.signed_in("officer", &[role(Role::IntakeOfficer)]).await;
    let id: Uuid = state.clock.new_id();
    let subject = Subject::new("permit", id);

    // Code and secret.
    let codes = write(state, async |tx| {
        let first = casework::next_code(tx, "BAY", state.clock.now()).await?;
        Ok([first, casework::next_code(tx, "BAY", state.clock.now()).await?])
    })
    .await;
    assert_eq!(codes, ["BAY-2026-000001", "BAY-2026-000002"]);
    let secret = casework::new_secret().expect("random bytes");
    let kept = casework::digest(&codes[0], &secret);
    assert!(casework::is_secret(&codes[0], &secret, Some(&kept)));
    assert!(!casework::is_secret(&codes[1], &secret, Some(&kept)));

    // Register, work, deadline and history in one transition.
    let permit = Permit { subject, code: &codes[0], owner };
    write(state, async |tx| permit.stands(tx, state, "draft", "applied").await).await;
    assert_eq!(work(&officer).await, [("decide_flight".to_owned(), id)]);
    let found: CasePage = officer.get("/cases?q=bay+2026+1").await.expect(200).read_as();
    assert_eq!((found.items[0].id, found.items[0].kind.as_str()), (id, "permit"));
    assert_eq!(found.items[0].working_days_left, Some(3));

    // Parts, and a recusal that nothing erases: the officer who declares a conflict sees it no more.
    let evaluator = app.account("evaluator", &[]).await;
    let pilot = [(evaluator, "pilot")];
    write(state, async |tx| {
        casework::replace_participants(tx, state.clock.now(), subject, id, &pilot).await?;
        casework::recuse(tx, state.clock.now(), subject, id, officer.account(), None).await
    })
    .await;
    let standing = casework::standing_of(&state.db, id, evaluator).await.expect("read");
    assert!(standing.plays("pilot") && !standing.is_recused);
    assert_eq!(
        casework::participants_of(&state.db, id, &["pilot"]).await.expect("read"),
        [evaluator]
    );
    assert!(work(&officer).await.is_empty());
    let other = app.signed_in("other", &[role(Role::IntakeOfficer)]).await;
    assert_eq!(work(&other).await.len(), 1);

    // Done: no work, no deadline, two entries of history.
    write(state, async |tx| {
        permit.stands(tx, state, "applied", "granted").await?;
        casework::replace_participants(tx, state.clock.now(), subject, id, &[]).await
    })
    .await;
    assert!(work(&other).await.is_empty());
    let found: CasePage = other.get("/cases?type=permit&open=false").await.expect(200).read_as();
    assert_eq!((found.items[0].state.as_str(), found.items[0].due_at), ("granted", None));
    let standing = casework::standing_of(&state.db, id, evaluator).await.expect("read");
    assert!(standing.parts.is_empty());
    let history = casework::transitions::Entity::find()
        .filter(casework::transitions::Column::CaseId.eq(id))
        .all(&state.db)
        .await
        .expect("read");
    let events: Vec<_> = history.iter().map(|row| row.event.as_str()).collect();
    assert_eq!(events, ["apply", "grant"]);
}
