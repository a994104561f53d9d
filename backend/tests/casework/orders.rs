//! The orders of queue and register: page by page each of them meets every row once, and is a sort of all rows.

use chrono::Duration;
use nq57_platform::casework::{self, Assignee, Case, Work};
use nq57_platform::persistence::transaction;
use nq57_platform::subject::Subject;
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::casework::{CasePage, CaseSummary, WorkItem, WorkPage};
use uuid::Uuid;

use crate::harness::{Client, TestApp};

const CASES: usize = 36;
const STATES: [(&str, Option<&str>); 4] = [
    ("submitted", Some("intake")),
    ("under_evaluation", Some("panel")),
    ("published", None),
    ("declined", None),
];
const PROVINCES: [&str; 3] = ["01", "48", "92"];

/// Cases of which many stand alike: they share states, deadlines and instants, and some are never due.
async fn grow(app: &TestApp) {
    let state = &app.state;
    let first_day = state.clock.now() + Duration::days(3);
    for number in 0..CASES {
        let (is, holder) = STATES[number % STATES.len()];
        // Neither in the order of the ids nor of the instants.
        let days = [2, 0, 4, 2, 1][number * 7 % 5];
        let due_at = (number % 6 != 5).then(|| first_day + Duration::days(days));
        let id: Uuid = state.clock.new_id();
        let case = Case {
            subject: Subject::new("product", id),
            code: None,
            title: "Trạm quan trắc",
            sender: "Công ty",
            keeps_words: false,
            owner: None,
            organisation: None,
            province: Some(PROVINCES[number % PROVINCES.len()]),
            state: is,
            holder,
            due_at,
            submitted_at: Some(state.clock.now()),
        };
        let assignee = Assignee::Role(Role::IntakeOfficer);
        let work = Work { step: "check_eligibility", assignee, due_at };
        transaction::write(&state.db, async |tx| {
            casework::record(tx, state.clock.now(), &case).await?;
            let (clock, subject) = (&state.clock, case.subject);
            casework::replace_work(tx, clock, subject, id, case.province, &[work]).await
        })
        .await
        .expect("grown");
        if number % 3 == 2 {
            app.advance(Duration::minutes(1));
        }
    }
}

/// All rows in this order, and how many pages they were.
async fn walk<T>(
    who: &Client,
    path: &str,
    sort: &str,
    limit: usize,
    read: impl AsyncFn(&Client, &str) -> (Vec<T>, Option<String>),
) -> (Vec<T>, usize) {
    let (mut met, mut pages) = (Vec::new(), 0);
    let first = format!("{path}?limit={limit}&sort={sort}");
    let mut next = first.clone();
    loop {
        let (items, cursor) = read(who, &next).await;
        met.extend(items);
        pages += 1;
        let Some(cursor) = cursor else { return (met, pages) };
        next = format!("{first}&cursor={cursor}");
    }
}

async fn cases(who: &Client, path: &str) -> (Vec<CaseSummary>, Option<String>) {
    let page: CasePage = who.get(path).await.expect(200).read_as();
    (page.items, page.next_cursor)
}

async fn work(who: &Client, path: &str) -> (Vec<WorkItem>, Option<String>) {
    let page: WorkPage = who.get(path).await.expect(200).read_as();
    (page.items, page.next_cursor)
}

/// Walks in this order and against it, and compares with a sort of all rows.
async fn both_ways<T: Clone, K: Ord + std::fmt::Debug>(
    who: &Client,
    path: &str,
    sort: &str,
    read: impl AsyncFn(&Client, &str) -> (Vec<T>, Option<String>),
    key: impl Fn(&T) -> K,
) {
    let (all, pages) = walk(who, path, sort, 100, &read).await;
    let mut expected: Vec<K> = all.iter().map(&key).collect();
    assert!(pages == 1 && expected.len() > 20, "{path}");
    expected.sort();
    for (sort, is_reversed) in [(sort.to_owned(), false), (format!("-{sort}"), true)] {
        let (met, pages) = walk(who, path, &sort, 5, &read).await;
        let mut met: Vec<K> = met.iter().map(&key).collect();
        assert!(pages > 4, "{path} {sort}");
        if is_reversed {
            met.reverse();
        }
        assert_eq!(met, expected, "{path} {sort}");
    }
}

#[actix_web::test]
async fn every_order_is_a_sort_of_all_rows_page_by_page_and_both_ways() {
    let app = TestApp::start().await;
    grow(&app).await;
    let of = |province: Option<&str>| RoleGrant {
        role: Role::IntakeOfficer,
        organisation_id: None,
        province_code: province.map(str::to_owned),
    };
    let country = app.signed_in("country", &[of(None)]).await;
    // Whose queue is put together of two parts.
    let provinces = app.signed_in("provinces", &[of(Some("01")), of(Some("92"))]).await;
    for who in [&country, &provinces] {
        let due = |case: &CaseSummary| (case.due_at.is_none(), case.due_at, case.id);
        both_ways(who, "/cases", "due", cases, due).await;
        both_ways(who, "/cases", "changed_at", cases, |case| (case.changed_at, case.id)).await;
        both_ways(who, "/cases", "state", cases, |case| (case.state.clone(), due(case))).await;
        let due = |item: &WorkItem| (item.due_at.is_none(), item.due_at, item.id);
        both_ways(who, "/my-work", "due", work, due).await;
        both_ways(who, "/my-work", "since", work, |item| (item.since, item.id)).await;
    }
    for path in ["/cases?sort=since", "/my-work?sort=state", "/my-work?sort=--due"] {
        crate::harness::assert_problem(&country.get(path).await, 400, "invalid_parameter");
    }
}
