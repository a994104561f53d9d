//! Two servers as two processes that share nothing but a PostgreSQL and the data folder behave as one.
//! The embedded database is for one server: on SQLite there is nothing to show here.

use std::time::Duration;

use futures_util::future::join_all;
use nq57_platform::clock::Clock;
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::accounts::{AccessToken, Session};
use nq57_shared::page::Page;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::harness::{Client, Installation, PASSWORD, Process, assert_problem, role, until};
use crate::products::stories::{People, draft};

/// Less than anything is kept in memory: whoever knows by then was told.
const PROMPT: Duration = Duration::from_secs(3);

/// Two servers over one database; none on SQLite.
async fn two_servers() -> Option<(Installation, Process, Process)> {
    let place = Installation::new();
    if !place.is_for_several_servers() {
        return None;
    }
    let (here, there) = tokio::join!(place.serve(), place.serve());
    Some((place, here, there))
}

fn people(names: &[(&str, &[Role])]) -> Vec<(String, Vec<RoleGrant>)> {
    let named = names
        .iter()
        .map(|(name, roles)| ((*name).to_owned(), roles.iter().map(|one| role(*one)).collect()));
    named.collect()
}

#[actix_web::test]
async fn a_session_of_one_server_is_one_of_the_other_until_it_is_revoked() {
    let Some((place, here, there)) = two_servers().await else { return };
    place.people(&people(&[("traveller", &[])])).await;
    let nobody = Client::new(&here.address, None);
    let who = json!({"email": "traveller@test.example", "password": PASSWORD});
    let opened: AccessToken = nobody.post("/auth/login", &who).await.expect(200).read_as();
    let here = nobody.signed_in_as(opened.account.id, opened.access_token);
    let there = here.at(&there.address);
    there.get("/me").await.expect(200);

    let sessions: Page<Session> = there.get("/me/sessions").await.read_as();
    let current = sessions.items.iter().find(|one| one.is_current).expect("this one");
    here.delete(&format!("/me/sessions/{}", current.id)).await.expect(204);
    assert_problem(&here.get("/me").await, 401, "unauthenticated");
    let took = until("the other server refuses it", async || there.get("/me").await.status == 401);
    let took = took.await;
    assert!(took < PROMPT, "the other server let it in for {took:?}");
}

#[actix_web::test]
async fn what_was_created_at_one_server_is_answered_again_by_the_other() {
    let Some((place, here, there)) = two_servers().await else { return };
    let company = place.people(&people(&[("company", &[])])).await.remove(0);
    let create = async |server: &Process| {
        let call = company.at(&server.address).call(Method::POST, "/products");
        call.idempotency_key("once").json(&draft()).send().await.expect(201)
    };
    let (first, again) = (create(&here).await, create(&there).await);
    assert_eq!(first.json(), again.json());
    assert_eq!(first.header("location"), again.header("location"));
    let mine = company.at(&there.address).get("/products?mine=true").await.json();
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn what_is_published_at_one_server_is_public_at_the_other_promptly() {
    let Some((place, here, there)) = two_servers().await else { return };
    let names: [(&str, &[Role]); 6] = [
        ("company", &[]),
        ("intake", &[Role::IntakeOfficer]),
        ("chair", &[Role::PanelChair]),
        ("evaluator1", &[Role::Evaluator]),
        ("evaluator2", &[Role::Evaluator]),
        ("publisher", &[Role::Publisher]),
    ];
    let everybody = place.people(&people(&names)).await;
    let mut everybody = everybody.into_iter().map(|one| one.at(&here.address));
    let mut next = || everybody.next().expect("one more");
    let people = People {
        company: next(),
        intake: next(),
        chair: next(),
        evaluators: [next(), next()],
        publisher: next(),
    };
    let decided = people.decided().await;

    let visitor = Client::new(&there.address, None);
    let listed = async || -> usize {
        let page = visitor.get("/products").await.expect(200).json();
        page["items"].as_array().expect("items").len()
    };
    assert_eq!(listed().await, 0, "and now this answer is kept");
    let published = people.publish(&decided).await;
    let took = until("the other server lists it", async || listed().await == 1).await;
    assert!(took < PROMPT, "the other server did not list it for {took:?}");
    assert_eq!(people.send(&people.publisher, &published, "suspend").await.status, 200);
    let took = until("the other server hides it", async || listed().await == 0).await;
    assert!(took < PROMPT, "the other server listed it for {took:?}");
}

#[actix_web::test]
async fn two_servers_at_work_deliver_every_message_once() {
    const SUBMITTERS: usize = 40;
    let Some((place, here, there)) = two_servers().await else { return };
    let names: Vec<_> = (0..SUBMITTERS).map(|n| (format!("submitter{n}"), vec![])).collect();
    let submitters = place.people(&names).await;
    let submissions = submitters.iter().enumerate().map(async |(n, client)| {
        let client = client.at(&if n % 2 == 0 { &here } else { &there }.address);
        let draft: Value = client.post("/products", &draft()).await.expect(201).json();
        let path = format!("/products/{}/events", draft["id"].as_str().expect("an id"));
        client.send_event(&path, 1, &json!({"event": "submit"})).await.expect(200);
    });
    join_all(submissions).await;

    let state = place.state(Clock::system()).await;
    let count = async |condition: &str| -> i64 {
        let sql = format!("SELECT count(*) AS n FROM outbox WHERE {condition}");
        let row =
            state.db.query_one_raw(Statement::from_string(state.db.get_database_backend(), sql));
        row.await.expect("read").expect("a row").try_get("", "n").expect("a number")
    };
    until("everything is delivered", async || count("state <> 'done'").await == 0).await;
    let all = i64::try_from(SUBMITTERS).expect("a number");
    assert_eq!(count("topic = 'notifications.mail'").await, all);
    assert_eq!(count("attempts <> 1").await, 0, "one server took each message, once");
    let letters = place.letters();
    assert_eq!(letters.len(), SUBMITTERS);
    state.db.clone().close().await.expect("closed");
}

#[actix_web::test]
async fn a_log_that_is_no_terminal_has_no_colours() {
    let log = Installation::new().text_log().await;
    assert!(!log.contains('\u{1b}'), "{log:?}");
}
