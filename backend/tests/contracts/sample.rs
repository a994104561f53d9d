//! Values that a schema of the document accepts: the example when it has one, else the smallest.

use serde_json::{Value, json};

/// A value for this schema of the document.
pub fn of(schema: &Value, document: &Value) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(example) = schema["examples"].get(0) {
        return example.clone();
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("a target");
        return of(target, document);
    }
    if let Some(value) = schema.get("const").or_else(|| schema["enum"].get(0)) {
        return value.clone();
    }
    for choice in ["oneOf", "anyOf"] {
        let first =
            schema[choice].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"));
        if let Some(first) = first {
            return of(first, document);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = serde_json::Map::new();
        for part in parts {
            if let Value::Object(members) = of(part, document) {
                whole.extend(members);
            }
        }
        return Value::Object(whole);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned(),
        kind => Some(kind.clone()),
    };
    match kind.as_ref().and_then(Value::as_str) {
        Some("object") => object(schema, document),
        Some("array") => {
            let least = schema["minItems"].as_u64().unwrap_or(0);
            (0..least).map(|_| of(&schema["items"], document)).collect()
        }
        Some("string") => string(schema),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        _ => Value::Null,
    }
}

fn object(schema: &Value, document: &Value) -> Value {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let members = required
        .iter()
        .filter_map(Value::as_str)
        .map(|name| (name.to_owned(), of(&schema["properties"][name], document)));
    Value::Object(members.collect())
}

fn string(schema: &Value) -> Value {
    match schema["format"].as_str() {
        Some("uuid") => json!("01930000-0000-7000-8000-000000000000"),
        Some("date") => json!("2026-12-31"),
        Some("date-time") => json!("2026-12-31T00:00:00Z"),
        Some("email") => json!("somebody@test.example"),
        Some("uri") => json!("https://test.example"),
        Some("password") => json!("a long enough password"),
        _ => {
            let least = schema["minLength"].as_u64().unwrap_or(1).max(1);
            json!("x".repeat(usize::try_from(least).expect("small")))
        }
    }
}
