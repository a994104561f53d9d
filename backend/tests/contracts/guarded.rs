//! Every operation that needs a token refuses callers without one, and strangers with one.
//! Walks the document: an operation that is added tomorrow is held to the same.

use reqwest::Method;
use serde_json::Value;

use super::document::{Operation, document, operations};
use super::sample;
use crate::harness::{Client, TestApp, assert_problem};

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
];

/// An id that nothing has.
const NOBODY: &str = "01930000-0000-7000-8000-00000000dead";

#[actix_web::test]
async fn without_a_token_every_guarded_operation_is_401() {
    let app = TestApp::start().await;
    let document = document();
    let mut wrong = Vec::new();
    for operation in operations().iter().filter(|operation| operation.is_guarded()) {
        let answer = call(&app.client(), operation, &document).send().await;
        if answer.status != 401 {
            wrong.push(format!(
                "{} answers {} to nobody. Its first argument should be `SignedIn`: {}",
                operation.id,
                answer.status,
                answer.text()
            ));
        } else {
            assert_problem(&answer, 401, "unauthenticated");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[actix_web::test]
async fn a_stranger_is_refused_by_every_guarded_operation_that_is_not_open() {
    let app = TestApp::start().await;
    let document = document();
    let mut wrong = Vec::new();
    for operation in operations().iter().filter(|operation| operation.is_guarded()) {
        // A new stranger for each: what one operation does must not help at the next.
        let stranger = app.signed_in(&format!("stranger-{}", operation.id), &[]).await;
        let answer = call(&stranger, operation, &document).send().await;
        let is_open = OPEN_TO_ANYBODY_SIGNED_IN.contains(&operation.id.as_str());
        match answer.status {
            403 | 404 if !is_open => {}
            200..=299 | 409 | 422 if is_open => {}
            401 if is_open && answer.json()["code"] != "unauthenticated" => {}
            400 | 409 | 415 | 422 if !is_open => wrong.push(format!(
                "{} answers {} before it asks whether the caller may. Give the schema of its body an \
                 `example` that is valid, or ask the policy before looking at the content: {}",
                operation.id,
                answer.status,
                answer.text()
            )),
            status if is_open => {
                wrong.push(format!(
                    "{} is in the list of what is open, and answers {status}: {}",
                    operation.id,
                    answer.text()
                ));
            }
            status => wrong.push(format!(
                "{} answers {status} to a stranger. Ask its policy through access::permit, or, when it \
                 is meant for anybody who has signed in, add it to OPEN_TO_ANYBODY_SIGNED_IN: {}",
                operation.id,
                answer.text()
            )),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_list_of_what_is_open_names_operations_that_exist() {
    let operations = operations();
    for open in OPEN_TO_ANYBODY_SIGNED_IN {
        assert!(
            operations.iter().any(|operation| operation.id == *open && operation.is_guarded()),
            "{open} is no guarded operation any more: take it off the list"
        );
    }
}

fn call(client: &Client, operation: &Operation, document: &Value) -> crate::harness::Call {
    let mut path = operation.path.clone();
    let parameters = operation.value["parameters"].as_array().cloned().unwrap_or_default();
    let mut query = Vec::new();
    for parameter in &parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        match parameter["in"].as_str() {
            Some("path") => {
                let value = path_value(&parameter["schema"], document);
                path = path.replace(&format!("{{{name}}}"), &value);
            }
            Some("query") if parameter["required"] == true => {
                let value = sample::of(&parameter["schema"], document);
                query.push(format!("{name}={}", text(&value)));
            }
            _ => {}
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let mut call = client.call(operation.method.clone(), &path);
    if operation.parameters().contains(&("header".to_owned(), "If-Match".to_owned())) {
        call = call.header("If-Match", "*");
    }
    let content = &operation.value["requestBody"]["content"];
    if let Some(json) = content.get("application/json") {
        let example = json.get("example").cloned();
        let body = example.unwrap_or_else(|| sample::of(&json["schema"], document));
        call = call.json(&body);
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

fn path_value(schema: &Value, document: &Value) -> String {
    match text(&sample::of(schema, document)) {
        id if id.len() == NOBODY.len() && id.contains('-') => NOBODY.to_owned(),
        other => other,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
