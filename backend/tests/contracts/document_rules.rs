//! Rules that hold over the whole document, so that generated clients work and go on working.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Map, Value};

use super::document::{document, operations};
use crate::harness::TestApp;

/// Every object within, with the way to it. Examples are data and not entered.
fn walk(way: &str, part: &Value, what: &mut impl FnMut(&str, &Map<String, Value>)) {
    match part {
        Value::Object(members) => {
            what(way, members);
            for (key, member) in members {
                if !matches!(key.as_str(), "example" | "examples" | "default" | "enum") {
                    walk(&format!("{way}/{key}"), member, what);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(&format!("{way}/{index}"), item, what);
            }
        }
        _ => {}
    }
}

const SCHEMAS: &str = "#/components/schemas/";

/// The names of the schemas that these parts lead to, directly or not.
fn reached(parts: &[Value], document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = parts.to_vec();
    while let Some(part) = waiting.pop() {
        walk("", &part, &mut |_, members| {
            let target = members.get("$ref").and_then(Value::as_str);
            if let Some(name) = target.and_then(|target| target.strip_prefix(SCHEMAS))
                && found.insert(name.to_owned())
            {
                waiting.push(document["components"]["schemas"][name].clone());
            }
        });
    }
    found
}

fn answers(document: &Value) -> Vec<Value> {
    let mut parts: Vec<Value> =
        operations().into_iter().map(|operation| operation.value["responses"].clone()).collect();
    parts.push(document["components"]["responses"].clone());
    parts
}

fn requests() -> Vec<Value> {
    let both = |operation: super::document::Operation| {
        [operation.value["parameters"].clone(), operation.value["requestBody"].clone()]
    };
    operations().into_iter().flat_map(both).collect()
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_value_that_comes_tomorrow_breaks_no_client() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let in_answers = reached(&answers(&document), &document);
    let mut faults = Vec::new();
    let mut open = 0;
    for name in &in_answers {
        let schema = &schemas[name];
        if let Some(forms) = schema["anyOf"].as_array() {
            let known = format!("Known{name}");
            assert_eq!(forms[0]["$ref"], format!("{SCHEMAS}{known}"), "{name}");
            assert_eq!(forms[1]["type"], "string", "{name}");
            assert!(schemas[&known]["enum"].is_array(), "{known}");
            open += 1;
        }
        walk(name, schema, &mut |way, members| {
            if members.contains_key("enum") && !name.starts_with("Known") {
                faults.push(format!("{way} is a closed enumeration in an answer"));
            }
            let target = members.get("$ref").and_then(Value::as_str).unwrap_or_default();
            if target.starts_with(&format!("{SCHEMAS}Known")) && schema.get("anyOf").is_none() {
                faults.push(format!("{way} takes only the values of today"));
            }
        });
    }
    assert!(open > 15, "only {open} open enumerations: the rule is looking at nothing");
    let in_requests = reached(&requests(), &document);
    for name in in_requests.iter().filter(|name| !schemas[*name]["anyOf"].is_null()) {
        faults.push(format!("{name} is open in a request: a misspelt value must be refused"));
    }
    assert_none(&faults);
}

#[test]
fn a_member_that_comes_tomorrow_breaks_no_client() {
    let document = document();
    let mut faults = Vec::new();
    for name in reached(&answers(&document), &document) {
        walk(&name, &document["components"]["schemas"][&name], &mut |way, members| {
            if members.get("additionalProperties") == Some(&Value::Bool(false)) {
                faults.push(format!("{way} is closed in an answer"));
            }
        });
    }
    assert_none(&faults);
    // What is closed in requests stays so: a misspelt member is refused.
    let in_requests = reached(&requests(), &document);
    assert!(in_requests.contains("ContactInput") && in_requests.contains("ProductDraft"));
    for name in ["ContactInput", "ProductDraft"] {
        assert_eq!(document["components"]["schemas"][name]["additionalProperties"], false);
    }
}

#[test]
fn every_schema_and_every_member_is_described() {
    let document = document();
    let mut faults = Vec::new();
    let is_told = |value: &Value| value["description"].as_str().is_some_and(|text| text.len() > 5);
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        if !is_told(schema) {
            faults.push(format!("{name}: no doc comment"));
        }
        walk(name, schema, &mut |way, members| {
            for (member, value) in
                members.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                if !is_told(value) {
                    faults.push(format!("{way}: `{member}` has no doc comment"));
                }
            }
        });
    }
    for operation in operations() {
        if !is_told(&operation.value) {
            faults.push(format!("{}: nothing but a summary: say when to use it", operation.id));
        }
    }
    assert_none(&faults);
}

#[test]
fn every_body_parameter_and_problem_has_an_example() {
    let document = document();
    let mut faults = Vec::new();
    let mut bodies = 0;
    for operation in operations() {
        let id = &operation.id;
        for (media, body) in
            operation.value["requestBody"]["content"].as_object().into_iter().flatten()
        {
            bodies += 1;
            if media.ends_with("json") && body["example"].is_null() {
                faults.push(format!("{id}: no example of its body"));
            }
        }
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            if parameter.get("example").is_none() {
                faults.push(format!("{id}: no example of {}", parameter["name"]));
            }
        }
        for (status, answer) in operation.value["responses"].as_object().expect("responses") {
            let answer = match answer["$ref"].as_str() {
                Some(reference) => {
                    document.pointer(reference.trim_start_matches('#')).expect("a response")
                }
                None => answer,
            };
            for (media, body) in answer["content"].as_object().into_iter().flatten() {
                bodies += 1;
                let has_some = match media.as_str() {
                    "application/problem+json" => {
                        let problems = body["examples"].as_object().cloned().unwrap_or_default();
                        let fits =
                            |one: &Value| one["value"]["status"].as_u64() == status.parse().ok();
                        !problems.is_empty() && problems.values().all(fits)
                    }
                    "application/octet-stream" => true,
                    "application/x-ndjson" => body["example"].is_string(),
                    _ => body["example"].is_object(),
                };
                if !has_some {
                    faults.push(format!("{id}: no example of {status}"));
                }
            }
        }
    }
    assert!(bodies > 100, "only {bodies} bodies looked at");
    assert_none(&faults);
    let text = document.to_string();
    assert!(
        !text.contains("\"…\""),
        "a member has a dummy as its example: name it in http/openapi/examples.rs"
    );
}

#[test]
fn a_body_has_one_media_type_and_bytes_are_binary() {
    let mut faults = Vec::new();
    for operation in operations() {
        let content =
            operation.value["requestBody"]["content"].as_object().cloned().unwrap_or_default();
        if content.len() > 1 {
            faults.push(format!("{}: {} media types", operation.id, content.len()));
        }
        if operation.method == "PATCH" && !content.contains_key("application/merge-patch+json") {
            faults.push(format!("{}: not a merge patch", operation.id));
        }
        for answer in operation.value["responses"].as_object().into_iter().flat_map(Map::values) {
            let bytes = &answer["content"]["application/octet-stream"]["schema"];
            if !bytes.is_null() && bytes["format"] != "binary" {
                faults.push(format!("{}: bytes as {bytes}", operation.id));
            }
        }
    }
    assert_none(&faults);
    let download = operations().into_iter().find(|one| one.id == "download_product_file");
    let content = &download.expect("the operation").value["responses"]["200"]["content"];
    assert_eq!(content["application/octet-stream"]["schema"]["type"], "string");
}

#[test]
fn what_a_merge_patch_may_clear_may_be_null() {
    let document = document();
    let members = document["components"]["schemas"]["ProductPatch"]["properties"].clone();
    let members = members.as_object().expect("members");
    assert!(members.len() > 10);
    for (name, member) in members {
        let kinds = member["type"].as_array().into_iter().flatten();
        let forms = member["oneOf"].as_array().into_iter().flatten().map(|form| &form["type"]);
        assert!(
            kinds.chain(forms).any(|kind| kind == "null"),
            "{name} cannot be cleared: {member}"
        );
    }
}

#[test]
fn a_read_with_a_tag_can_be_conditional() {
    let mut conditional = 0;
    for operation in operations().iter().filter(|operation| operation.method == "GET") {
        let answers = &operation.value["responses"];
        // The tag of an evaluation is for `If-Match` alone.
        if answers["200"]["headers"]["ETag"].is_null() || operation.id == "read_evaluation" {
            continue;
        }
        conditional += 1;
        let wanted = ("header".to_owned(), "If-None-Match".to_owned());
        assert!(operation.parameters().contains(&wanted), "{}", operation.id);
        assert!(!answers["304"]["headers"]["ETag"].is_null(), "{}", operation.id);
        assert!(answers["304"]["content"].is_null(), "{}", operation.id);
    }
    assert!(conditional >= 12, "only {conditional} conditional reads");
}

#[actix_web::test]
async fn a_conditional_read_sends_nothing_twice() {
    let app = TestApp::start().await;
    let reader = app.signed_in("reader", &[]).await;
    let mut asked = 0;
    for operation in operations() {
        if operation.value["responses"]["304"].is_null() || operation.path.contains('{') {
            continue;
        }
        for caller in [app.client(), reader.clone()] {
            let first = caller.get(&operation.path).await;
            if first.header("etag").is_empty() {
                continue;
            }
            let call = caller.call(Method::GET, &operation.path);
            let again = call.header("If-None-Match", first.header("etag")).send().await;
            asked += 1;
            assert_eq!((again.status, again.body.len()), (304, 0), "{}", operation.id);
        }
    }
    assert!(asked >= 6, "only {asked} conditional reads without a parameter");
}

#[actix_web::test]
async fn a_server_gives_the_document_away_with_its_own_address_and_operator() {
    let app = TestApp::start_with(|config| {
        config.http.public_url = Some("https://cong.test.example".into());
        config.operator.name = "Văn phòng Kiểm thử".into();
        config.operator.email = Some("ho-tro@test.example".into());
    })
    .await;
    let served = app.client().call_root(Method::GET, "/api/openapi.json").send().await.expect(200);
    let served = served.json();
    assert_eq!(served["servers"][0]["url"], "https://cong.test.example");
    let contact = &served["info"]["contact"];
    assert_eq!(contact["name"], "Văn phòng Kiểm thử");
    assert_eq!(contact["email"], "ho-tro@test.example");
    assert_eq!(contact["url"], "https://cong.test.example/docs");
}

#[test]
fn groups_are_described_the_contact_is_an_address_and_nothing_is_left_over() {
    let document = document();
    let told: BTreeSet<&str> = document["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    assert!(
        document["tags"].as_array().expect("tags").iter().all(|tag| tag["description"].is_string())
    );
    let operations = operations();
    let used: BTreeSet<&str> = operations
        .iter()
        .flat_map(|operation| operation.value["tags"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(told, used, "TAGS in http/openapi.rs names the groups that exist");
    let contact = document["info"]["contact"]["url"].as_str().expect("an address");
    assert!(contact.starts_with("https://"), "{contact}");

    let mut parts = answers(&document);
    parts.extend(requests());
    let reached = reached(&parts, &document);
    let left_over: Vec<&String> = document["components"]["schemas"]
        .as_object()
        .expect("schemas")
        .keys()
        .filter(|name| !reached.contains(*name))
        .collect();
    assert!(left_over.is_empty(), "nobody refers to {left_over:?}");
}
