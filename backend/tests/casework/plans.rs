//! How the databases find what queue and register show. A page is read by an index: of what is looked for, or in the
//! order of the list. What no index holds is found on the way, and the way ends with the page.

use std::ops::Range;

use chrono::Duration;
use nq57_platform::casework::{self, Assignee, Case, Work};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_platform::subject::Subject;
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::Organisation;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use uuid::Uuid;

use self::Claim::{By, InOrder, InOrderOf, Indexed};
use crate::harness::{Client, TestApp};
use crate::organisations::{enter, enterprise};

/// Enough that no database reads all of them for a page.
const CASES: u32 = 4_000;
const STATES: [(&str, Option<&str>); 4] = [
    ("submitted", Some("intake")),
    ("under_evaluation", Some("panel")),
    ("published", None),
    ("declined", None),
];

/// A country of cases, half of them open, in 34 provinces and of 40 senders, each of which is due on a day of its own.
async fn grow(state: &AppState, organisations: &[OrganisationId]) {
    for from in (0..CASES).step_by(500) {
        grow_some(state, organisations, from..from + 500).await;
    }
}

async fn grow_some(state: &AppState, organisations: &[OrganisationId], numbers: Range<u32>) {
    transaction::write(&state.db, async |tx| {
        for number in numbers.clone() {
            let at = usize::try_from(number).expect("small");
            let (is, holder) = STATES[at % STATES.len()];
            let id: Uuid = state.clock.new_id();
            let (code, title) = (format!("SP-2026-{number:06}"), format!("Thiết bị số {number}"));
            let province = format!("{:02}", at % 34);
            let due_at = state.clock.now() + Duration::hours(i64::from(number) - 1_000);
            let case = Case {
                subject: Subject::new("product", id),
                code: Some(&code),
                title: &title,
                sender: "Công ty",
                keeps_words: false,
                owner: None,
                organisation: Some(organisations[at % organisations.len()]),
                province: Some(&province),
                state: is,
                holder,
                due_at: holder.map(|_| due_at),
                submitted_at: Some(state.clock.now()),
            };
            casework::record(tx, state.clock.now(), &case).await?;
            if holder.is_some() {
                let assignee = Assignee::Role(Role::IntakeOfficer);
                let work = Work { step: "check_eligibility", assignee, due_at: case.due_at };
                let (clock, subject) = (&state.clock, case.subject);
                casework::replace_work(tx, clock, subject, id, case.province, &[work]).await?;
            }
        }
        Ok(())
    })
    .await
    .expect("grown");
}

/// How the database reads for this answer: the steps of all statements about cases. And the cursor of the next page.
async fn steps(
    app: &TestApp,
    who: &Client,
    path: &str,
    claim: Claim,
) -> (Vec<String>, Option<String>) {
    let mut next = None;
    let asked = async {
        let page = who.get(path).await.expect(200).json();
        next = page["next_cursor"].as_str().map(str::to_owned);
    };
    let statements = app.statements_of(asked).await;
    let mut steps = Vec::new();
    for statement in statements.iter().filter(|one| one.sql.contains("\"cases\"")) {
        steps.extend(explained(app, statement, claim).await);
    }
    assert!(!steps.is_empty(), "{path} asks nothing");
    (steps, next)
}

/// SQLite says what it does. PostgreSQL reads a table of this size as a whole whatever indexes there are: it says what
/// it does when it may not, nor sort where an index gives the order.
async fn explained(app: &TestApp, statement: &Statement, claim: Claim) -> Vec<String> {
    let db = app.state.db.begin().await.expect("a transaction");
    let backend = db.get_database_backend();
    let (explain, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        _ => ("EXPLAIN (COSTS OFF)", "QUERY PLAN"),
    };
    if backend == DbBackend::Postgres {
        let ways = ["seqscan", "bitmapscan", "sort"];
        for way in
            ways.iter().filter(|way| **way != "sort" || matches!(claim, InOrderOf(_) | InOrder))
        {
            let off = format!("SET LOCAL enable_{way} = off");
            db.execute_unprepared(&off).await.expect("off");
        }
    }
    let asked = Statement {
        sql: format!("{explain} {}", statement.sql),
        values: statement.values.clone(),
        db_backend: backend,
    };
    let rows = db.query_all_raw(asked).await.expect("a plan");
    rows.iter().map(|row| row.try_get::<String>("", column).expect("a step")).collect()
}

fn reads_all(step: &str) -> bool {
    ["cases", "case_work_items"].iter().any(|table| {
        step.contains(&format!("Seq Scan on {table}"))
            || (step.contains(&format!("SCAN {table}")) && !step.contains("USING INDEX"))
    })
}

fn sorts(step: &str) -> bool {
    step.contains("Sort Key") || step.contains("TEMP B-TREE FOR")
}

/// How a page is read.
#[derive(Clone, Copy)]
enum Claim {
    /// By this index, in whose order it is shown.
    InOrderOf(&'static str),
    /// In the order of the list, by whichever index gives it.
    InOrder,
    /// By this index; the little that is found is sorted.
    By(&'static str),
    /// By some index; what the filters leave is sorted, or work of several parts is put together.
    Indexed,
}

/// For each official and list.
const CLAIMS: [(&str, &str, Claim); 53] = [
    ("country", "/cases?limit=5", InOrderOf("cases_due")),
    ("country", "/cases?limit=5&due=late", InOrder),
    ("country", "/cases?limit=5&due=today", InOrder),
    ("country", "/cases?limit=5&due=soon", InOrder),
    ("country", "/cases?limit=5&open=true", InOrderOf("cases_open_due")),
    ("country", "/cases?limit=5&sort=-due", InOrderOf("cases_due")),
    ("country", "/cases?limit=5&sort=-due&open=true", InOrderOf("cases_open_due")),
    ("country", "/cases?limit=5&sort=state", InOrderOf("cases_state_due")),
    ("country", "/cases?limit=5&sort=-state", InOrderOf("cases_state_due")),
    ("country", "/cases?limit=5&sort=state&due=soon", Indexed),
    ("country", "/cases?limit=5&sort=changed_at", InOrderOf("cases_changed")),
    ("country", "/cases?limit=5&sort=-changed_at", InOrderOf("cases_changed")),
    ("country", "/cases?limit=5&sort=-changed_at&open=false", InOrder),
    ("country", "/cases?limit=5&province=07", InOrderOf("cases_province_due")),
    ("country", "/cases?limit=5&province=07&due=late", InOrderOf("cases_province_due")),
    ("country", "/cases?limit=5&holder=intake", InOrderOf("cases_holder_due")),
    ("country", "/cases?limit=5&holder=intake&due=late", Indexed),
    ("country", "/cases?limit=5&state=submitted", InOrderOf("cases_state_due")),
    ("country", "/cases?limit=5&state=submitted&sort=state", InOrderOf("cases_state_due")),
    // Words are found on the way through the list.
    ("country", "/cases?limit=5&q=thiet+bi", InOrderOf("cases_due")),
    ("country", "/cases?limit=5&q=sp-2026-3999", By("cases_code")),
    ("country", "/cases?limit=5&q=sp3999", By("cases_code")),
    ("country", "/cases?limit=5&q=2026-3999&sort=-changed_at", By("cases_code")),
    ("province", "/cases?limit=5", InOrderOf("cases_province_due")),
    ("province", "/cases?limit=5&due=late", InOrderOf("cases_province_due")),
    ("province", "/cases?limit=5&due=soon", InOrderOf("cases_province_due")),
    ("province", "/cases?limit=5&sort=-due", InOrderOf("cases_province_due")),
    ("province", "/cases?limit=5&sort=state", Indexed),
    ("province", "/cases?limit=5&sort=-changed_at", Indexed),
    ("unit", "/cases?limit=5", InOrderOf("cases_organisation_due")),
    ("unit", "/cases?limit=5&due=late", Indexed),
    ("unit", "/cases?limit=5&holder=intake", Indexed),
    ("country", "/my-work?limit=5", By("case_work_items_due")),
    ("country", "/my-work?limit=5&sort=-due", By("case_work_items_due")),
    ("country", "/my-work?limit=5&sort=since", By("case_work_items_since")),
    ("country", "/my-work?limit=5&sort=-since", By("case_work_items_since")),
    ("country", "/my-work?limit=5&due=late", Indexed),
    ("country", "/my-work?limit=5&due=today", Indexed),
    ("country", "/my-work?limit=5&due=soon", Indexed),
    ("country", "/my-work?limit=5&step=check_eligibility", Indexed),
    ("country", "/my-work?limit=5&type=product", Indexed),
    ("country", "/my-work?limit=5&q=thiet+bi", Indexed),
    ("country", "/my-work?limit=5&q=sp3996", By("cases_code")),
    ("country", "/my-work?limit=5&province=08", By("case_work_items_province")),
    ("country", "/my-work?limit=5&province=08&sort=-since", By("case_work_items_province_since")),
    ("country", "/my-work?limit=5&province=08&province=09&count=true", Indexed),
    ("province", "/my-work?limit=5", By("case_work_items_province")),
    ("province", "/my-work?limit=5&sort=-due", By("case_work_items_province")),
    ("province", "/my-work?limit=5&sort=since", By("case_work_items_province_since")),
    ("province", "/my-work?limit=5&sort=-since", By("case_work_items_province_since")),
    ("unit", "/my-work?limit=5&sort=since", Indexed),
    ("province", "/my-work?limit=5&due=late", Indexed),
    ("unit", "/my-work?limit=5&due=soon", Indexed),
];

#[actix_web::test]
async fn no_page_of_queue_or_register_reads_all_cases_whatever_is_looked_for() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let mut organisations = Vec::new();
    for number in 0..40 {
        let made: Organisation = enter(&founder, &enterprise(&format!("Công ty {number}"))).await;
        organisations.push(made.id);
    }
    grow(&app.state, &organisations).await;
    let of = |province: Option<&str>, organisation_id| RoleGrant {
        role: Role::IntakeOfficer,
        organisation_id,
        province_code: province.map(str::to_owned),
    };
    let country = app.signed_in("country", &[of(None, None)]).await;
    let province = app.signed_in("province", &[of(Some("06"), None)]).await;
    let unit = app.signed_in("unit", &[of(None, Some(organisations[8]))]).await;
    // As it is run, and as the operator of a large database keeps it.
    for statistics in [false, true] {
        if statistics {
            app.state.db.execute_unprepared("ANALYZE").await.expect("statistics");
        }
        for (official, path, claim) in CLAIMS {
            let who = match official {
                "country" => &country,
                "province" => &province,
                _ => &unit,
            };
            let (first, next) = steps(&app, who, path, claim).await;
            let mut pages = vec![first];
            if let Some(cursor) = next {
                let path = format!("{path}&cursor={cursor}");
                pages.push(steps(&app, who, &path, claim).await.0);
            }
            for page in pages {
                let told = format!("{official} {path}, {statistics}:\n{}", page.join("\n"));
                assert!(!page.iter().any(|step| reads_all(step)), "reads all: {told}");
                if let InOrderOf(index) | By(index) = claim {
                    let word = |step: &String| step.split(' ').any(|word| word == index);
                    assert!(page.iter().any(word), "not by {index}: {told}");
                }
                if let InOrderOf(_) | InOrder = claim {
                    assert!(!page.iter().any(|step| sorts(step)), "sorts: {told}");
                }
            }
        }
    }
}
