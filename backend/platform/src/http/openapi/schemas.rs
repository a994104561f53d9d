//! Schemas as integrators need them: what answers carry may grow, what requests carry may not.
//! A schema that both use and that is not the same in both becomes two: `Thing` and `ThingInput`,
//! for an enumeration `Thing`, which is open, and `KnownThing`, the values of today.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::walk;

const PLACE: &str = "#/components/schemas/";

/// Sets both kinds apart in the whole document and drops what nobody refers to.
pub fn set_apart(document: &mut Value) {
    let mut schemas = take(document);
    for schema in schemas.values_mut() {
        walk::each(schema, &mut lift_description);
    }
    name_items_of_pages(&mut schemas);
    for name in patches(document) {
        let Some(patch) = schemas.get_mut(&name) else { continue };
        let required = patch.get("required").cloned().unwrap_or_default();
        let is_required =
            |name: &str| required.as_array().is_some_and(|names| names.contains(&name.into()));
        let members = patch.get_mut("properties").and_then(Value::as_object_mut);
        for (name, member) in members.into_iter().flatten() {
            if !is_required(name) {
                allow_null(member);
            }
        }
    }
    let uses = Uses::of(document, &schemas);
    let mut finished = Map::new();
    for (name, schema) in &schemas {
        let is_enumeration = is_enumeration(schema);
        if uses.answers.contains(name) {
            let mut answer = schema.clone();
            if is_enumeration {
                answer = open(name, schema);
                finished.insert(format!("Known{name}"), schema.clone());
            }
            walk::each(&mut answer, &mut allow_more);
            finished.insert(name.clone(), answer);
        }
        let wanted = uses.in_requests(name);
        if uses.requests.contains(name) && !finished.contains_key(&wanted) {
            let mut request = schema.clone();
            walk::each(&mut request, &mut |part| uses.rename(part));
            finished.insert(wanted, request);
        }
    }
    for_each_request(document, &mut |request| {
        walk::each(request, &mut |part| uses.rename(part));
    });
    finished.sort_keys();
    if let Some(place) = document.pointer_mut("/components/schemas") {
        *place = Value::Object(finished);
    }
}

fn take(document: &mut Value) -> Map<String, Value> {
    let place = document.pointer_mut("/components/schemas").map(Value::take);
    place.and_then(|schemas| schemas.as_object().cloned()).unwrap_or_default()
}

fn is_enumeration(schema: &Value) -> bool {
    schema.get("enum").is_some()
}

/// The values of today, or whatever a later version adds.
fn open(name: &str, schema: &Value) -> Value {
    json!({
        "description": schema.get("description"),
        "anyOf": [{"$ref": format!("{PLACE}Known{name}")}, {"type": "string"}],
    })
}

fn allow_more(part: &mut Map<String, Value>) {
    if part.get("additionalProperties") == Some(&Value::Bool(false)) {
        part.remove("additionalProperties");
    }
}

/// The description of a member that may be `null` belongs to the member, not to one of its forms.
fn lift_description(part: &mut Map<String, Value>) {
    let forms = part.get_mut("oneOf").and_then(Value::as_array_mut);
    let [Value::Object(form), Value::Object(other)] = forms.map_or(&mut [][..], Vec::as_mut_slice)
    else {
        return;
    };
    if other.get("type").is_some_and(|kind| kind == "null")
        && form.contains_key("$ref")
        && let Some(description) = form.remove("description")
    {
        part.insert("description".into(), description);
    }
}

/// The items of `Page_Thing` are things.
fn name_items_of_pages(schemas: &mut Map<String, Value>) {
    let names: BTreeSet<String> = schemas.keys().cloned().collect();
    for (name, page) in schemas {
        let Some(item) = name.strip_prefix("Page_").filter(|item| names.contains(*item)) else {
            continue;
        };
        if let Some(items) = page.pointer_mut("/properties/items/items") {
            *items = json!({"$ref": format!("{PLACE}{item}")});
        }
    }
}

/// The schemas of merge patches.
fn patches(document: &mut Value) -> Vec<String> {
    let mut names = Vec::new();
    walk::operations(document, &mut |method, operation| {
        let content = operation.get("requestBody").and_then(|body| body.get("content"));
        let bodies = content.and_then(Value::as_object).into_iter().flat_map(Map::values);
        let schemas = bodies.filter_map(|body| body.get("schema")?.as_object());
        if method == "patch" {
            names.extend(schemas.filter_map(target));
        }
    });
    names
}

/// `null` empties a member of a merge patch.
fn allow_null(member: &mut Value) {
    let Some(members) = member.as_object_mut() else { return };
    if let Some(kind) = members.get("type").filter(|kind| kind.is_string()).cloned() {
        members.insert("type".into(), json!([kind, "null"]));
    } else if let Some(reference) = members.remove("$ref") {
        members.insert("oneOf".into(), json!([{"$ref": reference}, {"type": "null"}]));
    }
}

/// Which schemas requests and answers reach.
struct Uses {
    requests: BTreeSet<String>,
    answers: BTreeSet<String>,
    /// Those of which requests have a form of their own, with its name.
    renamed: BTreeMap<String, String>,
}

impl Uses {
    fn of(document: &mut Value, schemas: &Map<String, Value>) -> Self {
        let mut requests = BTreeSet::new();
        for_each_request(document, &mut |request| reach(request, schemas, &mut requests));
        let mut answers = BTreeSet::new();
        for_each_answer(document, &mut |answer| reach(answer, schemas, &mut answers));
        let mut renamed = BTreeMap::new();
        loop {
            let before = renamed.len();
            for name in requests.intersection(&answers) {
                let Some(schema) = schemas.get(name) else { continue };
                if is_enumeration(schema) {
                    renamed.insert(name.clone(), format!("Known{name}"));
                } else if is_closed(schema) || refers_to(schema, &renamed) {
                    renamed.insert(name.clone(), format!("{name}Input"));
                }
            }
            if renamed.len() == before {
                return Self { requests, answers, renamed };
            }
        }
    }

    fn in_requests(&self, name: &str) -> String {
        self.renamed.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    fn rename(&self, part: &mut Map<String, Value>) {
        if let Some(name) = target(part)
            && let Some(other) = self.renamed.get(&name)
        {
            part.insert("$ref".into(), format!("{PLACE}{other}").into());
        }
    }
}

fn target(part: &Map<String, Value>) -> Option<String> {
    Some(part.get("$ref")?.as_str()?.strip_prefix(PLACE)?.to_owned())
}

fn reach(part: &Value, schemas: &Map<String, Value>, found: &mut BTreeSet<String>) {
    let mut next = Vec::new();
    walk::look(part, &mut |part| next.extend(target(part)));
    for name in next {
        if found.insert(name.clone())
            && let Some(schema) = schemas.get(&name)
        {
            reach(schema, schemas, found);
        }
    }
}

fn is_closed(schema: &Value) -> bool {
    let mut is_closed = false;
    walk::look(schema, &mut |part| {
        is_closed |= part.get("additionalProperties") == Some(&Value::Bool(false));
    });
    is_closed
}

fn refers_to(schema: &Value, names: &BTreeMap<String, String>) -> bool {
    let mut does = false;
    walk::look(schema, &mut |part| {
        does |= target(part).is_some_and(|name| names.contains_key(&name))
    });
    does
}

fn for_each_request(document: &mut Value, what: &mut impl FnMut(&mut Value)) {
    walk::operations(document, &mut |_, operation| {
        for part in ["parameters", "requestBody"] {
            operation.get_mut(part).map(&mut *what);
        }
    });
}

fn for_each_answer(document: &mut Value, what: &mut impl FnMut(&mut Value)) {
    walk::operations(document, &mut |_, operation| {
        operation.get_mut("responses").map(&mut *what);
    });
    document.pointer_mut("/components/responses").map(what);
}
