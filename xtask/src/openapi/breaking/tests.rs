use serde_json::json;

use super::*;

fn released() -> Value {
    json!({
        "paths": {"/api/v1/things/{id}": {
            "get": {
                "operationId": "read_thing", "x-required-scope": "things:read",
                "security": [{}, {"bearer": []}],
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}}
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                    },
                    "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}}
                }
            },
            "patch": {
                "operationId": "edit_thing",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/EditThing"}}}},
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
            }
        }},
        "components": {"schemas": {
            "Known": {"type": "string", "enum": ["a", "b"]},
            "State": {"anyOf": [{"$ref": "#/components/schemas/Known"}, {"type": "string"}]},
            "Thing": {
                "type": "object", "required": ["name", "state"],
                "properties": {
                    "name": {"type": "string"},
                    "state": {"$ref": "#/components/schemas/State"},
                    "at": {"type": ["string", "null"], "format": "date-time"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
                }
            },
            "EditThing": {
                "type": "object", "required": ["name"],
                "properties": {
                    "name": {"type": ["string", "null"], "maxLength": 80},
                    "state": {"$ref": "#/components/schemas/Known"},
                    "note": {"oneOf": [{"type": "string"}, {"type": "null"}]}
                }
            }
        }}
    })
}

const READ: &str = "/paths/~1api~1v1~1things~1{id}/get";
const EDIT: &str = "/paths/~1api~1v1~1things~1{id}/patch";
const THING: &str = "/components/schemas/Thing";
const EDIT_THING: &str = "/components/schemas/EditThing";

/// What is found when the member `key` at `pointer` becomes `value`; null takes it away.
fn found(pointer: &str, key: &str, value: Value) -> String {
    let mut new = released();
    let place = new.pointer_mut(pointer).expect(pointer).as_object_mut().expect("an object");
    match value {
        Value::Null => drop(place.remove(key)),
        value => drop(place.insert(key.to_owned(), value)),
    }
    breaks(&released(), &new).into_iter().collect::<Vec<_>>().join("\n")
}

fn at(schema: &str, member: &str) -> String {
    format!("{schema}/properties/{member}")
}

#[test]
fn each_kind_of_break_is_found() {
    let parameter = |place: u8| format!("{READ}/parameters/{place}");
    let schema = format!("{}/schema", parameter(1));
    let cases: [(&str, &str, Value, &str); 27] = [
        ("/paths/~1api~1v1~1things~1{id}", "get", Value::Null, "GET /api/v1/things/{id} is gone"),
        (READ, "operationId", json!("get_thing"), "has another operationId"),
        (READ, "x-required-scope", json!("x"), "has another x-required-scope"),
        (READ, "security", json!([{"bearer": []}]), "can no longer be called with the security {}"),
        (&format!("{READ}/responses"), "404", Value::Null, "404 is gone"),
        (&format!("{READ}/responses/200/headers"), "ETag", Value::Null, "has no header ETag"),
        (
            &format!("{READ}/responses/200"),
            "content",
            json!({"text/csv": {}}),
            "is no longer application/json",
        ),
        (&parameter(1), "name", json!("size"), "query `limit` is gone"),
        (&parameter(1), "required", json!(true), "query `limit` is newly required"),
        (&schema, "maximum", json!(50), "has a narrower maximum"),
        (&schema, "minimum", json!(2), "has a narrower minimum"),
        (&schema, "type", json!("string"), "has another type"),
        (&format!("{EDIT}/requestBody"), "required", json!(true), "body is newly required"),
        (EDIT, "requestBody", Value::Null, "body is gone"),
        (THING, "required", json!(["name"]), "Thing in answers.state is no longer required"),
        (&format!("{THING}/properties"), "name", Value::Null, "Thing in answers.name is gone"),
        (
            &at(THING, "name"),
            "type",
            json!(["string", "null"]),
            "Thing in answers.name may be null",
        ),
        (&at(THING, "name"), "type", json!("integer"), "Thing in answers.name has another type"),
        (&at(THING, "at"), "format", json!("date"), "Thing in answers.at has another format"),
        (EDIT_THING, "additionalProperties", json!(false), "EditThing in requests is newly closed"),
        (
            EDIT_THING,
            "required",
            json!(["name", "note"]),
            "EditThing in requests.note is newly required",
        ),
        (
            &format!("{EDIT_THING}/properties"),
            "note",
            Value::Null,
            "EditThing in requests.note is gone",
        ),
        (
            &at(EDIT_THING, "name"),
            "type",
            json!("string"),
            "EditThing in requests.name may not be null",
        ),
        (&at(EDIT_THING, "name"), "maxLength", json!(10), "has a narrower maxLength"),
        (&at(EDIT_THING, "name"), "pattern", json!("^x"), "has another pattern"),
        (
            &at(EDIT_THING, "note"),
            "oneOf",
            json!([{"type": "string"}]),
            "EditThing in requests.note may not be null",
        ),
        ("/components/schemas/Known", "enum", json!(["a"]), "Known in requests has other values"),
    ];
    for (pointer, key, value, told) in cases {
        let found = found(pointer, key, value);
        assert!(found.contains(told), "{pointer} {key}: `{told}` is not in:\n{found}");
        assert_eq!(found.lines().count(), 1, "{pointer} {key}: one break is told once:\n{found}");
    }
}

#[test]
fn a_closed_enumeration_in_answers_gets_no_new_value_and_an_open_one_does() {
    let mut closed = released();
    closed["components"]["schemas"]["State"] = json!({"type": "string", "enum": ["a", "b"]});
    let mut more = closed.clone();
    more["components"]["schemas"]["State"]["enum"] = json!(["a", "b", "c"]);
    assert!(breaks(&closed, &more).contains("State in answers has other values"));
    let more = found("/components/schemas/Known", "enum", json!(["a", "b", "c"]));
    assert_eq!(more, "", "an open one");
}

#[test]
fn null_beside_a_reference_is_found_at_each_place_of_use() {
    let or_null = json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/State"}]});
    let mut old = released();
    old["components"]["schemas"]["Thing"]["properties"]["a_before"] =
        json!({"$ref": "#/components/schemas/State"});
    let mut new = old.clone();
    new["components"]["schemas"]["Thing"]["properties"]["state"] = or_null;
    let found = breaks(&old, &new);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["Thing in answers.state may be null"]);
}

#[test]
fn what_is_added_breaks_nothing() {
    let added: [(&str, &str, Value); 8] = [
        ("/paths", "/api/v1/others", json!({"get": {"responses": {"200": {}}}})),
        (&format!("{READ}/responses"), "410", json!({})),
        (&format!("{READ}/responses/200/headers"), "Link", json!({})),
        (&format!("{THING}/properties"), "new", json!({"type": "string"})),
        (THING, "required", json!(["name", "state", "at"])),
        (&at(THING, "at"), "type", json!("string")),
        (&format!("{EDIT_THING}/properties"), "new", json!({"type": "string"})),
        (EDIT_THING, "required", json!([])),
    ];
    for (pointer, key, value) in added {
        assert_eq!(found(pointer, key, value), "", "{pointer} {key}");
    }
}

#[test]
fn a_break_is_accepted_with_a_reason_and_a_date_and_only_while_it_is_one() {
    let accepted = |finding: &str, reason: &str, date: &str| Accepted {
        finding: finding.to_owned(),
        reason: reason.to_owned(),
        date: date.to_owned(),
    };
    let found = || BTreeSet::from(["GET /x is gone".to_owned()]);
    let good = accepted("GET /x is gone", "nobody called it", "2026-11-28");
    assert_eq!(judge(found(), &[good]), Vec::<String>::new());
    assert_eq!(judge(found(), &[]), ["GET /x is gone"]);
    let silent = accepted("GET /x is gone", " ", "2026-11-28");
    assert!(judge(found(), &[silent]).join("").contains("needs a reason"));
    let stale = accepted("GET /y is gone", "x", "2026-11-28");
    assert!(judge(found(), &[stale]).join("").contains("`GET /y is gone` is no break"));
}
