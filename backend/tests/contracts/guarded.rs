//! Every operation refuses callers without a token, and strangers with one, on things that exist. Walks the
//! document tag by tag: an operation that is added tomorrow is held to the same.

use reqwest::Method;
use serde_json::Value;

use super::document::{Operation, document, operations};
use super::sample;
use super::specimens::Specimens;
use crate::harness::{Answer, Call, Client, TestApp, assert_problem};

/// What anybody who has signed in may do without owning anything: reviewed, not generated.
const OPEN_TO_ANYBODY_SIGNED_IN: &[&str] = &[
    "change_password",
    "create_organisation",
    "create_product",
    "edit_me",
    "list_my_work",
    "list_notifications",
    "list_own_join_requests",
    "list_sessions",
    "mark_notifications_read",
    "read_me",
    "request_to_join",
];

/// What anybody may do without an account: reviewed, not generated.
const OPEN_TO_EVERYBODY: &[&str] = &[
    "confirm_case_letters",
    "issue_client_token",
    "list_organisations",
    "list_products",
    "list_reference_lists",
    "log_in",
    "log_out",
    "pull_changes",
    "read_change_schemas",
    "read_change_summary",
    "read_lineage",
    "read_organisation",
    "read_product_statistics",
    "read_reference_list",
    "read_site",
    "refresh_session",
    "register_account",
    "request_password_reset",
    "resend_verification",
    "reset_password",
    "stop_case_letters",
    "track",
    "verify_email",
];

/// A test for each tag of the document, so that they run side by side.
macro_rules! strangers_are_refused {
    ($($tag:ident)*) => {
        const TAGS: &[&str] = &[$(stringify!($tag)),*];
        $(mod $tag {
            #[actix_web::test]
            async fn strangers_are_refused() {
                super::walk(stringify!($tag)).await;
            }
        })*
    };
}

strangers_are_refused! {
    accounts administration auth changes clients evaluations notifications organisations platform products reference
    site tracking work
}

#[test]
fn every_operation_is_walked_and_every_exception_exists() {
    let operations = operations();
    for operation in &operations {
        let tag = tag(operation);
        assert!(TAGS.contains(&tag.as_str()), "add the tag {tag} of {}", operation.id);
        let is_open = OPEN_TO_EVERYBODY.contains(&operation.id.as_str());
        let names_a_thing = operation.path.contains('{');
        assert!(
            operation.is_guarded() || is_open || names_a_thing,
            "{} needs no token and names no thing: is it meant for everybody?",
            operation.id
        );
    }
    for open in OPEN_TO_ANYBODY_SIGNED_IN {
        let is_guarded = |one: &&Operation| one.id == *open && one.is_guarded();
        assert!(operations.iter().any(|one| is_guarded(&one)), "{open}: take it off the list");
    }
    for open in OPEN_TO_EVERYBODY {
        let is_free = |one: &&Operation| one.id == *open && !one.is_guarded();
        assert!(operations.iter().any(|one| is_free(&one)), "{open}: take it off the list");
    }
}

#[actix_web::test]
async fn every_operation_spends_a_token_of_the_limit() {
    let app = TestApp::start_with(|config| {
        config.limits.reads_per_minute = 1000;
        config.limits.writes_per_minute = 1000;
    })
    .await;
    let document = document();
    let mut counted = 0;
    for operation in operations() {
        let nothing = |_: &str| "01930000-0000-7000-8000-00000000dead".to_owned();
        let path = path(&operation, nothing);
        // Somebody who tries a token that is none pays as well, and gets nothing from memory.
        for token in [None, Some("Bearer x")] {
            let client = Client::new(&app.address, None);
            let mut call =
                fill(client.call(operation.method.clone(), &path), &operation, &document);
            if let Some(token) = token {
                call = call.header("Authorization", token);
            }
            let answer = call.send().await;
            let policy = answer.header("ratelimit-policy");
            assert!(!policy.is_empty(), "{} {} costs nothing", operation.id, answer.status);
        }
        counted += 1;
    }
    assert!(counted >= 66, "{counted}");
}

/// Everything of a tag, as nobody, as a stranger, and, to be sure that the things are there, as those
/// who may.
async fn walk(tag_name: &str) {
    let document = document();
    let mut operations = operations();
    operations.retain(|operation| tag(operation) == tag_name);
    assert!(!operations.is_empty(), "no operation has the tag {tag_name}");
    let names_things = operations.iter().any(|operation| operation.path.contains('{'));
    let (specimens, fresh) = match names_things {
        true => (Some(Specimens::collect().await), None),
        false => (None, Some(TestApp::start().await)),
    };
    let app = specimens.as_ref().map(|specimens| &specimens.portal.app).or(fresh.as_ref());
    let app = app.expect("one of both");
    let send = async |client: &Client, operation: &Operation| -> Answer {
        let find =
            |name: &str| specimens.as_ref().expect("collected").value(operation, name).to_owned();
        let path = path(operation, find);
        fill(client.call(operation.method.clone(), &path), operation, &document).send().await
    };
    let mut wrong = Vec::new();
    let guarded = |one: &&Operation| !OPEN_TO_EVERYBODY.contains(&one.id.as_str());
    for operation in operations.iter().filter(guarded) {
        let answer = send(&app.client(), operation).await;
        match answer.status {
            401 => drop(assert_problem(&answer, 401, "unauthenticated")),
            403 | 404 if !operation.is_guarded() => {}
            status => wrong.push(format!("{} answers {status} to nobody", operation.id)),
        }
        // A new stranger for each: what one operation does must not help at the next.
        let stranger = app.signed_in(&format!("stranger-{}", operation.id), &[]).await;
        let answer = send(&stranger, operation).await;
        let is_open = OPEN_TO_ANYBODY_SIGNED_IN.contains(&operation.id.as_str());
        match answer.status {
            403 | 404 if !is_open => {}
            200..=299 | 409 | 422 if is_open => {}
            401 if is_open && answer.json()["code"] != "unauthenticated" => {}
            status => wrong.push(format!(
                "{} answers {status} to a stranger. Ask its policy through access::permit before looking \
                 at the content, give its body an `example` that is valid, or, when it is meant for \
                 anybody who has signed in, add it to OPEN_TO_ANYBODY_SIGNED_IN: {}",
                operation.id,
                answer.text()
            )),
        }
    }
    // Whoever reads leaves things where they are, whoever deletes does not.
    operations.sort_by_key(|operation| {
        (operation.method == Method::DELETE, operation.method != Method::GET)
    });
    for operation in operations.iter().filter(|one| guarded(one) && one.path.contains('{')) {
        let mut statuses = Vec::new();
        for insider in specimens.iter().flat_map(|specimens| &specimens.insiders) {
            statuses.push(send(insider, operation).await.status);
            if !matches!(statuses.last(), Some(401 | 403 | 404)) {
                break;
            }
        }
        if statuses.iter().all(|status| matches!(status, 401 | 403 | 404)) {
            wrong.push(format!("{}: the specimen is not there: {statuses:?}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn tag(operation: &Operation) -> String {
    operation.value["tags"][0].as_str().unwrap_or_default().to_owned()
}

/// The address with all that it needs.
pub fn path(operation: &Operation, find: impl Fn(&str) -> String) -> String {
    let mut path = operation.path.clone();
    let parameters = operation.value["parameters"].as_array().cloned().unwrap_or_default();
    let mut query = Vec::new();
    for parameter in &parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        match parameter["in"].as_str() {
            Some("path") => path = path.replace(&format!("{{{name}}}"), &find(name)),
            Some("query") if parameter["required"] == true => {
                query.push(format!("{name}={}", find(name)));
            }
            _ => {}
        }
    }
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// The call with all that it needs.
pub fn fill(mut call: Call, operation: &Operation, document: &Value) -> Call {
    if operation.parameters().contains(&("header".to_owned(), "If-Match".to_owned())) {
        call = call.header("If-Match", "*");
    }
    let content = &operation.value["requestBody"]["content"];
    let json = content.as_object().into_iter().flatten().find(|(kind, _)| kind.ends_with("json"));
    if let Some((kind, json)) = json {
        let example = json.get("example").cloned();
        let body = example.unwrap_or_else(|| sample::of(&json["schema"], document));
        call = call.header("Content-Type", kind).body(body.to_string());
    } else if content.get("multipart/form-data").is_some() {
        call = call.header("Content-Type", "multipart/form-data; boundary=x").body(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nmột tệp\r\n--x--\r\n",
        );
    } else if operation.method == Method::POST {
        call = call.header("Content-Length", "0");
    }
    call
}
