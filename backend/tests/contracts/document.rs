//! The document of the API is whole: it names every operation, and says what integrators need.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use nq57_backend::slices::REGISTRY;
use nq57_platform::http::openapi;
use reqwest::Method;
use serde_json::Value;

use crate::harness::TestApp;

/// An operation of the document.
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With `{placeholders}`, below `/api/v1`.
    pub path: String,
    pub value: Value,
}

impl Operation {
    /// Whether an access token is needed.
    pub fn is_guarded(&self) -> bool {
        self.value["security"].as_array().is_some_and(|schemes| !schemes.is_empty())
    }

    /// Its parameters: place and name.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let parameters = self.value["parameters"].as_array().cloned().unwrap_or_default();
        parameters.iter().map(|one| (text(&one["in"]), text(&one["name"]))).collect()
    }
}

/// The document as JSON.
pub fn document() -> Value {
    serde_json::from_str(REGISTRY.document().text()).expect("the document is JSON")
}

/// All operations.
pub fn operations() -> Vec<Operation> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths").clone();
    let mut found = Vec::new();
    for (path, item) in paths {
        for (method, value) in item.as_object().expect("an item") {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            found.push(Operation {
                id: value["operationId"].as_str().unwrap_or_default().to_owned(),
                method,
                path: path.strip_prefix(openapi::BASE).expect("below the base").to_owned(),
                value: value.clone(),
            });
        }
    }
    found
}

#[actix_web::test]
async fn it_is_served_as_it_is_committed() {
    let app = TestApp::start().await;
    let served = app.client().call_root(Method::GET, "/api/openapi.json").send().await.expect(200);
    assert_eq!(served.json()["openapi"], "3.1.0");
    let tag = served.header("etag").to_owned();
    let call =
        app.client().call_root(Method::GET, "/api/openapi.json").header("If-None-Match", tag);
    call.send().await.expect(304);
    let ui = app.client().call_root(Method::GET, "/docs/").send().await.expect(200);
    assert!(ui.text().contains("swagger-ui"));
    let ui = app.client().call_root(Method::GET, "/docs/swagger-ui.css").send().await.expect(200);
    assert!(ui.header("content-type").starts_with("text/css"));

    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/openapi.json");
    let committed = fs::read_to_string(committed).unwrap_or_default();
    // A server tells its own address and who runs it; the rest is the same everywhere.
    let mut expected: Value = serde_json::from_str(&committed).unwrap_or_default();
    expected["servers"][0]["url"] = app.address.as_str().into();
    expected["info"]["contact"]["url"] = format!("{}/docs", app.address).into();
    assert!(
        expected == served.json() && committed == REGISTRY.document().text(),
        "openapi/openapi.json is not what the handlers say: run `cargo xtask openapi` and commit it"
    );
}

#[test]
fn every_handler_is_in_the_document() {
    let documented: BTreeSet<(String, String)> = operations()
        .into_iter()
        .map(|operation| (operation.method.to_string(), operation.path))
        .collect();
    let mut handlers = Vec::new();
    for sources in ["src", "platform/src"] {
        read_handlers(&Path::new(env!("CARGO_MANIFEST_DIR")).join(sources), &mut handlers);
    }
    assert!(handlers.len() > 10, "the search for handlers finds nothing");
    for (file, method, path) in handlers {
        assert!(
            documented.contains(&(method.clone(), path.clone())),
            "{file}: {method} {path} is not in the document. Register the handler with \
             `routes.service(…)` in the `routes` of its slice, and the slice in slices.rs."
        );
    }
}

fn read_handlers(folder: &Path, handlers: &mut Vec<(String, String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        // `http`, `app.rs` and `server.rs` serve what is no operation: health, the document, the application.
        if path.is_dir() && !path.ends_with("http") {
            read_handlers(&path, handlers);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("app.rs")
            && !path.ends_with("server.rs")
        {
            let text = fs::read_to_string(&path).expect("a source");
            assert!(
                !text.contains("web::resource(") && !text.contains(".route("),
                "{}: routes made by hand are missing in the document; use #[get(…)] and the like",
                path.display()
            );
            for line in text.lines().map(str::trim) {
                for method in ["get", "post", "put", "patch", "delete"] {
                    let start = format!("#[{method}(\"");
                    if let Some(rest) = line.strip_prefix(&start) {
                        let route = rest.split('"').next().unwrap_or_default().to_owned();
                        let file = path.display().to_string();
                        handlers.push((file, method.to_uppercase(), plain(&route)));
                    }
                }
            }
        }
    }
}

/// Placeholders without their patterns: `{id:\d+}` is `{id}` in the document.
fn plain(route: &str) -> String {
    let mut plain = String::new();
    let mut is_pattern = false;
    for c in route.chars() {
        match c {
            ':' if plain.rfind('{') > plain.rfind('}') => is_pattern = true,
            '}' => {
                is_pattern = false;
                plain.push(c);
            }
            c if !is_pattern => plain.push(c),
            _ => {}
        }
    }
    plain
}

#[test]
fn every_operation_says_what_integrators_need() {
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for operation in operations() {
        let Operation { id, value, .. } = &operation;
        let mut fault = |text: &str| wrong.push(format!("{id}: {text}"));
        if !ids.insert(id.clone()) {
            fault("two operations have this id");
        }
        if !id.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit()) {
            fault("the id is not verb_noun in snake case");
        }
        if value["summary"].as_str().is_none_or(str::is_empty) {
            fault("no summary: give the handler a doc comment, its first line is the summary");
        }
        if value["tags"].as_array().is_none_or(Vec::is_empty) {
            fault("no tag: `#[utoipa::path(tag = \"…\")]`");
        }
        let responses = value["responses"].as_object().expect("responses");
        if !responses.keys().any(|status| status.starts_with('2') || status.starts_with('3')) {
            fault("no success is documented");
        }
        for (status, response) in responses {
            let has_text = response["description"].as_str().is_some_and(|text| !text.is_empty());
            if response["$ref"].is_null() && !has_text {
                fault(&format!("the response {status} has no description"));
            }
        }
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            if parameter["description"].as_str().is_none_or(str::is_empty) {
                fault(&format!("the parameter {} has no description", parameter["name"]));
            }
        }
        let placeholders = operation.path.matches('{').count();
        let described = operation.parameters().iter().filter(|(place, _)| place == "path").count();
        if placeholders != described {
            fault("`params(…)` does not describe every placeholder of the path");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = BTreeSet::new();
    collect_references(&document, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("inside of the document");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect_references(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                references.insert(reference.clone());
            }
            members.values().for_each(|member| collect_references(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, references)),
        _ => {}
    }
}

#[actix_web::test]
async fn unknown_parameters_are_refused_everywhere() {
    let app = TestApp::start().await;
    let mut wrong = Vec::new();
    for operation in operations() {
        if operation.method != Method::GET || operation.path.contains('{') || operation.is_guarded()
        {
            continue;
        }
        let answer = app.client().get(&format!("{}?no_such_parameter=1", operation.path)).await;
        if answer.status != 400
            || answer.json()["errors"][0]["pointer"] != "#query/no_such_parameter"
        {
            wrong.push(format!(
                "{}: {} {}. The frame refuses parameters that the document does not name.",
                operation.id,
                answer.status,
                answer.text()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
