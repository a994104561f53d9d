//! Texts that are made to be slow: thrown at every text member of every body, at the length that it takes and
//! beyond. No request may keep a thread that answers others from answering. What is measured is processor
//! time, which a busy machine does not lengthen.

use std::cell::RefCell;
use std::time::Duration;

use nq57_platform::markdown;
use nq57_shared::access::Role;
use nq57_shared::ids::AccountId;
use nq57_shared::products::draft::DESCRIPTION_MAX;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::document::{Operation, document, operations};
use super::sample;
use crate::harness::{Answer, Client, Installation, Process, role};
use crate::products::stories::draft_with;

/// Processor time of the answering threads for one request, unoptimised. Released it is a tenth at most.
const BUDGET: Duration = Duration::from_millis(400);
/// Characters of a text whose member states no maximum.
const LONG: usize = 4_000;
/// Bytes that no member takes.
const TOO_LONG: usize = 450_000;

/// What texts repeat.
const PATTERNS: [&str; 20] = [
    ">",
    "> - ",
    "1. ",
    "- > 1) ",
    "[",
    "![",
    "[a]: b\n[a]",
    "`",
    "<",
    "<b a>",
    "&",
    "*a ",
    "*a **b ",
    "|a",
    "\\",
    "a\n\n",
    "\u{301}",
    "a\u{323}\u{302}",
    "\u{202e}\u{5d0}",
    "\u{1ea1}\u{31b}\u{307}",
];

/// `pattern` again and again, `length` characters in all.
fn text(pattern: &str, length: usize) -> String {
    pattern.chars().cycle().take(length).collect()
}

/// A text member of a body: its pointer and the most characters that the document states.
type Place = (String, Option<usize>);

/// A value with every member that the schema knows, and the places of its free texts.
fn whole(schema: &Value, document: &Value, at: &str, places: &mut Vec<Place>) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("a target");
        return whole(target, document, at, places);
    }
    for choice in ["oneOf", "anyOf"] {
        let some = schema[choice].as_array();
        if let Some(first) = some.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            return whole(first, document, at, places);
        }
    }
    let mut members = Map::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        if let Value::Object(some) = whole(part, document, at, places) {
            members.extend(some);
        }
    }
    if let Some(properties) = schema["properties"].as_object() {
        for (name, schema) in properties {
            let value = whole(schema, document, &format!("{at}/{name}"), places);
            members.insert(name.clone(), value);
        }
    }
    if !members.is_empty() {
        return Value::Object(members);
    }
    let is = |kind: &str| {
        let kinds = &schema["type"];
        kinds == kind || kinds.as_array().is_some_and(|all| all.iter().any(|one| one == kind))
    };
    if is("array") {
        return json!([whole(&schema["items"], document, &format!("{at}/0"), places)]);
    }
    let format = schema["format"].as_str();
    let is_free = is("string")
        && schema.get("enum").is_none()
        && schema.get("const").is_none()
        && !format.is_some_and(|format| ["uuid", "date", "date-time"].contains(&format));
    if is_free {
        let most = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok());
        places.push((at.to_owned(), most));
    }
    sample::of(schema, document)
}

/// An operation with a body, ready to be called with any texts.
struct Written {
    operation: Operation,
    media_type: String,
    body: Value,
    places: Vec<Place>,
}

fn written() -> Vec<Written> {
    let document = document();
    let bodies = operations().into_iter().filter_map(|operation| {
        let content = operation.value["requestBody"]["content"].as_object()?.clone();
        let (media_type, body) = content.into_iter().find(|(kind, _)| kind.contains("json"))?;
        let mut places = Vec::new();
        let body = whole(&body["schema"], &document, "", &mut places);
        Some(Written { operation, media_type, body, places })
    });
    bodies.filter(|written| !written.places.is_empty()).collect()
}

/// Somebody with every role, a draft and an organisation.
struct Bench {
    server: Process,
    writer: Client,
    product: String,
    organisation: String,
    client: String,
    slow: Vec<String>,
}

impl Bench {
    async fn open(installation: &Installation) -> Self {
        // Who audits writes nothing, and holds no other role.
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::Auditor);
        let roles: Vec<_> = roles.map(role).collect();
        let people = installation.people(&[("writer".to_owned(), roles)]).await;
        let server = installation.serve().await;
        let writer = people[0].at(&server.address);
        let product = writer.post("/products", &draft_with(&[])).await.expect(201).json();
        let organisation = json!({"name": "Công ty Đồng Bưng", "kind": "enterprise"});
        let organisation = writer.post("/organisations", &organisation).await.expect(201).json();
        let id = |thing: &Value| thing["id"].as_str().expect("an id").to_owned();
        let (product, organisation) = (id(&product), id(&organisation));
        let path = format!("/organisations/{organisation}");
        let confirm = writer.call(Method::POST, &format!("{path}/verify"));
        confirm.header("If-Match", "*").send().await.expect(200);
        let client = json!({"name": "Kho", "purpose": "Sao chép.", "scopes": ["products:read"]});
        let client = writer.post(&format!("{path}/api-clients"), &client).await.expect(201).json();
        Self { server, writer, product, organisation, client: id(&client), slow: Vec::new() }
    }

    async fn call(&mut self, written: &Written, body: &Value, what: &str) -> Answer {
        let Operation { id, method, path, value } = &written.operation;
        let mut path = path.clone();
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["in"] == "path" {
                let own = match path.split('/').nth(1) {
                    Some("products") => Some(self.product.clone()),
                    Some("organisations") => Some(self.organisation.clone()),
                    Some("api-clients") => Some(self.client.clone()),
                    _ => None,
                };
                let value = match (name, own) {
                    ("id", Some(own)) => own,
                    _ => "01930000-0000-7000-8000-00000000dead".to_owned(),
                };
                path = path.replace(&format!("{{{name}}}"), &value);
            }
        }
        let call = self.writer.call(method.clone(), &path).header("If-Match", "*");
        let call = call.header("Content-Type", &written.media_type).body(body.to_string());
        let (before, _) = self.server.used();
        let answer = call.send().await;
        let (after, _) = self.server.used();
        self.judge(&format!("{id} {what}"), after - before);
        answer
    }

    fn judge(&mut self, what: &str, took: Duration) {
        if took > BUDGET {
            self.slow.push(format!("{what}: {took:?} of a thread that answers"));
        }
    }
}

#[actix_web::test]
async fn every_text_member_takes_any_text_in_bounded_time_and_refuses_what_is_too_long() {
    let installation = Installation::new();
    let mut bench = Bench::open(&installation).await;
    let all = written();
    assert!(all.len() > 20, "only {} operations have texts", all.len());
    let mut taken = Vec::new();
    for (number, written) in all.iter().enumerate() {
        // All members at once, by a few of the patterns, others for each operation.
        for turn in 0..4 {
            let pattern = PATTERNS[(number * 4 + turn) % PATTERNS.len()];
            let mut body = written.body.clone();
            for (place, most) in &written.places {
                if let Some(member) = body.pointer_mut(place) {
                    *member = text(pattern, most.unwrap_or(LONG)).into();
                }
            }
            let answer = bench.call(written, &body, &format!("{pattern:?}")).await;
            assert!(answer.status < 500, "{}: {}", written.operation.id, answer.text());
        }
        for (turn, (place, _)) in written.places.iter().enumerate() {
            let pattern = PATTERNS[(number + turn) % PATTERNS.len()];
            let mut body = written.body.clone();
            let Some(member) = body.pointer_mut(place) else { continue };
            *member = text(pattern, TOO_LONG / pattern.len() * pattern.chars().count()).into();
            let answer = bench.call(written, &body, &format!("{place}, too long")).await;
            if !matches!(answer.status, 400 | 413 | 422) {
                taken.push(format!("{} {place}: {}", written.operation.id, answer.status));
            }
        }
    }
    assert!(taken.is_empty(), "these take {TOO_LONG} bytes:\n{}", taken.join("\n"));
    assert!(bench.slow.is_empty(), "{}", bench.slow.join("\n"));
}

#[actix_web::test]
async fn many_items_cost_no_more_than_reading_them() {
    let installation = Installation::new();
    let mut bench = Bench::open(&installation).await;
    let different = |n: usize| format!("{n:x}");
    let sectors: Vec<String> = (0..60_000).map(different).collect();
    let links = vec!["a"; 120_000];
    let verdict = |n| json!({"code": different(n), "verdict": "pass"});
    let items: Vec<Value> = (0..12_000).map(verdict).collect();
    let score = |n| json!({"criterion": different(n), "score": 1});
    let scores: Vec<Value> = (0..14_000).map(score).collect();
    let nobody = "01930000-0000-7000-8000-00000000dead";
    let product = format!("/products/{}/eligibility", bench.product);
    let sheet = format!("/evaluations/{nobody}/score-sheets/me");
    for (method, path, body) in [
        (Method::POST, "/products", draft_with(&[("sectors", json!(sectors))])),
        (Method::POST, "/products", draft_with(&[("links", json!(links))])),
        (Method::PUT, &product, json!({"items": items})),
        (Method::PUT, &sheet, json!({"scores": scores})),
    ] {
        let (before, _) = bench.server.used();
        let call = bench.writer.call(method, path).header("If-Match", "*");
        let answer = call.json(&body).send().await;
        let (after, _) = bench.server.used();
        assert_eq!(answer.status, 422, "{path}: {}", answer.text());
        let errors = answer.json()["errors"].as_array().map_or(0, Vec::len);
        assert!((1..=100).contains(&errors), "{path}: {errors} errors");
        bench.judge(path, after - before);
    }
    assert!(bench.slow.is_empty(), "{}", bench.slow.join("\n"));
}

#[actix_web::test]
async fn descriptions_are_rendered_once_and_away_from_the_threads_that_answer() {
    let installation = Installation::new();
    let mut bench = Bench::open(&installation).await;
    let mut lines = Vec::new();
    for pattern in PATTERNS {
        // White space at the ends does not count, and a text of marks only shrinks.
        let mut written = Vec::new();
        for length in [DESCRIPTION_MAX / 2, DESCRIPTION_MAX] {
            let body = draft_with(&[("description", text(pattern, length).into())]);
            let (answering, all) = bench.server.used();
            let answer = bench.writer.post("/products", &body).await;
            let (answering_after, all_after) = bench.server.used();
            assert_eq!(answer.status, 201, "{pattern:?}: {}", answer.text());
            bench.judge(&format!("create {pattern:?}"), answering_after - answering);
            written.push((answer, answering_after - answering, all_after - all));
        }
        let path = format!("/products/{}", written[1].0.json()["id"].as_str().expect("an id"));
        let (before, _) = bench.server.used();
        bench.writer.get(&path).await.expect(200);
        let read = bench.server.used().0 - before;
        bench.judge(&format!("read {pattern:?}"), read);
        let [(_, _, half), (_, answering, full)] = &written[..] else { unreachable!("two") };
        // Twice the text, at most three times the work; below that the jobs of the server weigh more.
        let most = *half * 3 + Duration::from_millis(300);
        assert!(*full <= most, "{pattern:?}: {half:?} for the half, {full:?} for the whole");
        lines.push(format!(
            "{pattern:>24?}  write {answering:>12.1?} of {full:>12.1?}  read {read:>12.1?}"
        ));
    }
    println!("answering threads, of all threads:\n{}", lines.join("\n"));
    assert!(bench.slow.is_empty(), "{}", bench.slow.join("\n"));
}

#[actix_web::test]
async fn who_sends_many_texts_keeps_nobody_else_waiting_for_all_of_them() {
    let account = |n| Some(AccountId(uuid::Uuid::from_u128(n)));
    let (long, short) = (text("**a** ", DESCRIPTION_MAX), "Một câu.".to_owned());
    let texts = [(1, &long); 12].into_iter().chain([(2, &short)]);
    let ready = RefCell::new(Vec::new());
    let renders = texts.map(async |(author, text)| {
        markdown::render(text, DESCRIPTION_MAX, account(author)).await.expect("rendered");
        ready.borrow_mut().push(author);
    });
    futures_util::future::join_all(renders).await;
    let place = ready.borrow().iter().position(|author| *author == 2);
    assert!(place.is_some_and(|place| place < 6), "{:?}", ready.borrow());
}
