//! No day and no instant of years that the databases compare differently comes in, by whichever parameter or body of
//! the document: each that has one is tried.

use serde_json::{Value, json};

use super::document::{Operation, document, operations};
use super::guarded::path;
use super::sample;
use super::specimens::Specimens;
use crate::harness::{Answer, Client, TestApp};

/// Before the first year, after the last, with more digits, before the common era.
const YEARS: [&str; 5] = ["1899", "3000", "9999", "+12026", "-0044"];

/// A place in a body that takes a day or an instant.
struct Place {
    pointer: String,
    is_instant: bool,
}

fn is_day(schema: &Value) -> Option<bool> {
    match schema["format"].as_str() {
        Some("date") => Some(false),
        Some("date-time") => Some(true),
        _ => None,
    }
}

/// All places of a schema, and what a body needs so that they are there.
fn places(schema: &Value, document: &Value, pointer: &str, found: &mut Vec<Place>) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = document.pointer(name.trim_start_matches('#')).expect("a schema");
        return places(target, document, pointer, found);
    }
    if let Some(is_instant) = is_day(schema) {
        found.push(Place { pointer: pointer.to_owned(), is_instant });
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        for form in schema[key].as_array().into_iter().flatten() {
            places(form, document, pointer, found);
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        places(member, document, &format!("{pointer}/{name}"), found);
    }
    if schema["items"].is_object() {
        places(&schema["items"], document, &format!("{pointer}/0"), found);
    }
}

/// A schema by its place, to make what stands around a day.
fn at<'a>(schema: &'a Value, document: &'a Value, name: &str) -> &'a Value {
    let schema = match schema["$ref"].as_str() {
        Some(target) => document.pointer(target.trim_start_matches('#')).expect("a schema"),
        None => schema,
    };
    if name == "0" { &schema["items"] } else { &schema["properties"][name] }
}

/// Puts the value at the place; lists and objects on the way are made.
fn put(body: &mut Value, schema: &Value, document: &Value, way: &[&str], value: &str) {
    let [first, rest @ ..] = way else {
        *body = json!(value);
        return;
    };
    let inner = at(schema, document, first);
    let next = match body {
        Value::Array(items) => {
            if items.is_empty() {
                items.push(sample::of(inner, document));
            }
            &mut items[0]
        }
        Value::Object(members) => {
            members.entry(*first).or_insert_with(|| sample::of(inner, document))
        }
        _ => panic!("{way:?} leads nowhere"),
    };
    put(next, inner, document, rest, value);
}

fn spoken(year: &str, is_instant: bool) -> String {
    let time = if is_instant { "T00:00:00Z" } else { "" };
    format!("{year}-01-01{time}")
}

async fn refused(answer: &Answer, statuses: &[u16], what: &str) {
    assert!(statuses.contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
}

#[actix_web::test]
async fn no_parameter_and_no_body_takes_a_day_of_another_age() {
    let specimens = Specimens::collect().await;
    let app: &TestApp = &specimens.portal.app;
    let roles = [nq57_shared::access::Role::Administrator, nq57_shared::access::Role::PanelChair];
    let admin: Client = app.signed_in("keeper-of-days", &roles.map(crate::harness::role)).await;
    let document = document();
    let (mut parameters, mut bodies) = (0, 0);
    for operation in operations() {
        let of = |operation: &Operation| {
            path(operation, |name| specimens.value(operation, name).to_owned())
        };
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let Some(is_instant) = is_day(&parameter["schema"]) else { continue };
            let (name, at) = (parameter["name"].as_str().expect("a name"), of(&operation));
            for year in YEARS {
                let value = spoken(year, is_instant).replace('+', "%2B");
                let what = format!("{} {name}={value}", operation.id);
                refused(&admin.get(&format!("{at}?{name}={value}")).await, &[400], &what).await;
            }
            parameters += 1;
        }
        let content = operation.value["requestBody"]["content"].as_object();
        let json = content.into_iter().flatten().find(|(kind, _)| kind.ends_with("json"));
        let Some((kind, json)) = json else { continue };
        let (schema, mut found) = (&json["schema"], Vec::new());
        places(schema, &document, "", &mut found);
        for place in found {
            let way: Vec<&str> = place.pointer.split('/').skip(1).collect();
            for year in YEARS {
                let example = json.get("example").cloned();
                let mut body = example.unwrap_or_else(|| sample::of(schema, &document));
                let value = spoken(year, place.is_instant);
                put(&mut body, schema, &document, &way, &value);
                let call = admin.call(operation.method.clone(), &of(&operation));
                let call = call.header("If-Match", "*").header("Content-Type", kind);
                let answer = call.body(body.to_string()).send().await;
                let what = format!("{} {} {value}", operation.id, place.pointer);
                refused(&answer, &[400, 422], &what).await;
                let text = answer.text();
                assert!(text.contains(&place.pointer), "{what}: {text}");
            }
            bodies += 1;
        }
    }
    assert!(parameters >= 2 && bodies >= 9, "{parameters} parameters, {bodies} places of bodies");
}
