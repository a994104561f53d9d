//! Ways through the document as JSON.

use serde_json::{Map, Value};

/// Every object within, outer ones first. Examples are data: they are not entered.
pub fn each(part: &mut Value, what: &mut impl FnMut(&mut Map<String, Value>)) {
    match part {
        Value::Object(members) => {
            what(members);
            let schemas = members.iter_mut().filter(|(key, _)| !is_data(key));
            schemas.for_each(|(_, member)| each(member, what));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, what)),
        _ => {}
    }
}

/// The same without changing anything.
pub fn look(part: &Value, what: &mut impl FnMut(&Map<String, Value>)) {
    match part {
        Value::Object(members) => {
            what(members);
            let schemas = members.iter().filter(|(key, _)| !is_data(key));
            schemas.for_each(|(_, member)| look(member, what));
        }
        Value::Array(items) => items.iter().for_each(|item| look(item, what)),
        _ => {}
    }
}

fn is_data(key: &str) -> bool {
    matches!(key, "example" | "examples" | "default" | "enum" | "const")
}

/// Every operation with its method.
pub fn operations(document: &mut Value, what: &mut impl FnMut(&str, &mut Map<String, Value>)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(Map::values_mut) {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                what(method, operation);
            }
        }
    }
}
