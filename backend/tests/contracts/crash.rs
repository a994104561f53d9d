//! A server is killed amid 200 submissions: what it acknowledged is there once, what it did not
//! acknowledge can be sent again without becoming two.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::Duration as Span;
use futures_util::future::join_all;
use nq57_platform::clock::Clock;
use nq57_platform::outbox;
use nq57_shared::access::Role;
use nq57_shared::notifications::NotificationPage;
use nq57_shared::page::Page;
use nq57_shared::products::{HistoryEntry, Product, ProductEvent, ProductState};
use reqwest::Method;
use serde_json::json;
use tokio::sync::Notify;

use crate::harness::{Answer, Client, Installation, role};
use crate::products::stories::draft;

const SUBMITTERS: usize = 200;
/// Acknowledged submissions after which the server is killed.
const KILL_AFTER: usize = 40;
/// How often a submitter who is not answered comes again.
const TRIES: usize = 300;

/// One submitter with one product, who sends every request again until it is answered.
struct Submitter {
    client: Client,
    key: String,
    /// The draft that was acknowledged.
    draft: Option<Product>,
    /// The submission that was acknowledged, with its secret.
    receipt: Option<Product>,
}

impl Submitter {
    async fn create(&mut self) -> Option<()> {
        if self.draft.is_none() {
            let call = self.client.call(Method::POST, "/products").idempotency_key(&self.key);
            self.draft = Some(success(call.json(&draft()).try_send().await)?.read_as());
        }
        Some(())
    }

    /// Whether the submission is known to be in: by its answer, or because it was in already.
    async fn submit(&mut self) -> Option<()> {
        self.create().await?;
        let draft = self.draft.as_ref().expect("created");
        let path = format!("/products/{}", draft.id);
        let call = self.client.call(Method::POST, &format!("{path}/events"));
        let call = call.if_match(draft.revision.cast_signed()).json(&json!({"event": "submit"}));
        let answer = call.try_send().await?;
        if answer.status == 412 {
            let now: Product =
                success(self.client.call(Method::GET, &path).try_send().await)?.read_as();
            assert_eq!(now.state, ProductState::Submitted, "nobody else touches it");
            return Some(());
        }
        self.receipt = Some(success(Some(answer))?.read_as());
        Some(())
    }

    fn at(self, address: &str) -> Self {
        Self { client: self.client.at(address), ..self }
    }
}

/// A success; `None` when the connection broke or the server asks to come again.
fn success(answer: Option<Answer>) -> Option<Answer> {
    let answer = answer?;
    match answer.status {
        200 | 201 => Some(answer),
        // A request of the killed server may hold its key until the database notices; 503 is crowding.
        409 if answer.text().contains("idempotency_in_flight") => None,
        503 => None,
        _ => panic!("{} {}", answer.status, answer.text()),
    }
}

#[actix_web::test]
async fn a_kill_amid_200_submissions_loses_and_doubles_nothing() {
    let place = Installation::new();
    let mut names: Vec<_> = (0..SUBMITTERS).map(|n| (format!("submitter{n}"), vec![])).collect();
    names.push(("intake".to_owned(), vec![role(Role::IntakeOfficer)]));
    let mut people = place.people(&names).await;
    let officer = people.pop().expect("the officer");

    let mut server = place.serve().await;
    let submitters = people.into_iter().enumerate().map(|(n, client)| Submitter {
        client: client.at(&server.address),
        key: format!("key-{n}"),
        draft: None,
        receipt: None,
    });
    // Every second one has the draft ready, so that the kill meets drafts as well as submissions.
    let prepared = submitters.enumerate().map(|(n, mut submitter)| async move {
        if n % 2 == 0 {
            for _ in 0..TRIES {
                if submitter.create().await.is_some() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            assert!(submitter.draft.is_some(), "a draft");
        }
        submitter
    });
    let submitters = join_all(prepared).await;

    let (acknowledged, enough) = (AtomicUsize::new(0), Notify::new());
    let is_killed = AtomicBool::new(false);
    let at_work = submitters.into_iter().map(|mut submitter| async {
        // Who is turned away by the crowd comes again; nobody after the kill.
        for _ in 0..TRIES {
            if submitter.submit().await.is_some() || is_killed.load(Ordering::Acquire) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        if submitter.receipt.is_some()
            && acknowledged.fetch_add(1, Ordering::AcqRel) + 1 == KILL_AFTER
        {
            enough.notify_one();
        }
        submitter
    });
    let (submitters, ()) = tokio::join!(join_all(at_work), async {
        enough.notified().await;
        is_killed.store(true, Ordering::Release);
        server.kill();
    });
    let receipts = submitters.iter().filter(|one| one.receipt.is_some()).count();
    assert!((KILL_AFTER..SUBMITTERS).contains(&receipts), "{receipts} were acknowledged");

    let mut server = place.serve().await;
    let again = submitters.into_iter().map(|submitter| async {
        let mut submitter = submitter.at(&server.address);
        for _ in 0..TRIES {
            if submitter.receipt.is_some() || submitter.submit().await.is_some() {
                return submitter;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{} is never answered", submitter.key);
    });
    let submitters = join_all(again).await;

    let codes = join_all(submitters.iter().map(submitted_once)).await;
    assert_eq!(codes.into_iter().collect::<HashSet<_>>().len(), SUBMITTERS, "codes are unique");
    assert_eq!(told(&officer.at(&server.address), "task_waiting").await, SUBMITTERS);

    // What the servers held when they were killed comes back when their leases have ended.
    server.kill();
    let later = Clock::fixed(Clock::system().now() + Span::minutes(2));
    let state = place.state(later).await;
    while outbox::deliver_due(&state).await.expect("delivered") > 0 {}
    state.db.clone().close().await.expect("closed");
    let letters = place.letters();
    assert_eq!(letters.len(), 2 * SUBMITTERS, "one to each submitter, and as many to the officer");
    for n in 0..SUBMITTERS {
        let to = format!("<submitter{n}@test.example>");
        assert_eq!(letters.iter().filter(|letter| letter.contains(&to)).count(), 1, "{to}");
    }
    let (is_whole, said) = place.audit();
    assert!(is_whole, "{said}");
}

/// Checks that this submitter has one product, submitted once, as acknowledged; its code.
async fn submitted_once(submitter: &Submitter) -> String {
    let client = &submitter.client;
    let mine: Vec<serde_json::Value> =
        client.get("/products?mine=true").await.read_as::<Page<_>>().items;
    let [product] = mine.as_slice() else { panic!("{} has {mine:?}", submitter.key) };
    assert_eq!(product["state"], "submitted");
    let code = product["code"].as_str().expect("a code").to_owned();
    let path = format!("/products/{}/history", product["id"].as_str().expect("an id"));
    let history: Page<HistoryEntry> = client.get(&path).await.read_as();
    let events: Vec<_> = history.items.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [ProductEvent::Submit], "{}", submitter.key);
    assert_eq!(told(client, "submission_received").await, 1, "{}", submitter.key);
    if let Some(receipt) = &submitter.receipt {
        assert_eq!(receipt.code.as_ref(), Some(&code), "the code that was acknowledged");
        let ask = json!({"code": code, "secret": receipt.secret.as_ref().expect("a secret")});
        client.post("/tracking", &ask).await.expect(200);
    }
    code
}

/// How many messages of this kind the inbox holds.
async fn told(client: &Client, kind: &str) -> usize {
    let (mut found, mut path) = (0, "/notifications?limit=100".to_owned());
    loop {
        let page: NotificationPage = client.get(&path).await.read_as();
        found += page.items.iter().filter(|item| item.kind == kind).count();
        let Some(cursor) = page.next_cursor else { return found };
        path = format!("/notifications?limit=100&cursor={cursor}");
    }
}
